"""Runs in the Python that Wearipedia is installed in, with nothing of Wearhouse's:

wearipedia_script.py FOLDER PERSON DEVICE SEED FIRST LAST
"""

import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import wearipedia


def _plain(number: Any) -> Any:
    """A number of numpy's as one of Python's."""
    return number.item()


def main(folder: str, person: str, name: str, seed: str, first: str, last: str) -> None:
    """Write what the device made up, a file for each kind of data that there is any of."""
    # Some of it is drawn past the device's own seed.
    random.seed(int(seed))
    np.random.seed(int(seed))
    device = wearipedia.get_device(
        name, seed=int(seed), synthetic_start_date=first, synthetic_end_date=last
    )
    made = {
        kind: device.get_data(kind, {"start_date": first, "end_date": last})
        for kind in device.valid_data_types
    }
    for kind, data in made.items():
        if data not in (None, []):
            file = Path(folder) / f"{kind}_{person}.json"
            file.write_text(json.dumps(data, default=_plain), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
