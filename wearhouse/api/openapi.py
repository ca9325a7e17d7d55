"""`python -m wearhouse.api.openapi` prints the OpenAPI document."""

import json

from wearhouse.api import create_app

if __name__ == "__main__":
    print(json.dumps(create_app(None).openapi(), indent=1))
