"""The official description of the Google Health API, and whether a request agrees with it."""

import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Json = Any

STANDARD = {"prettyPrint", "fields", "alt", "quotaUser"}
TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool}


@cache
def document() -> Json:
    """The discovery document, revision of the installed google-api-python-client."""
    spec = find_spec("googleapiclient")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "discovery_cache" / "documents"
    return json.loads((folder / "health.v4.json").read_text(encoding="utf-8"))


def faults(method: str, path: str, query: dict[str, str], body: Json) -> list[str]:
    """What is wrong with a request; nothing if the API is described to take it."""
    known = [
        one
        for one in _methods(document())
        if one["httpMethod"] == method and _template(one).fullmatch(path)
    ]
    if not known:
        return [f"no method answers {method} {path}"]
    (one,) = known
    found = [_wrong_query(one, name, text) for name, text in query.items()]
    reference = one.get("request", {}).get("$ref")
    if reference:
        found += _wrong_body(reference, body, "body")
    elif body is not None:
        found.append("there should be no body")
    return [fault for fault in found if fault]


def has_path(schema: str, path: str) -> bool:
    """Whether objects of a schema have a field at a dotted path, lists looked into."""
    for name in path.split(".") if path else ():
        field = document()["schemas"][schema]["properties"].get(name)
        if field is None:
            return False
        schema = field.get("$ref") or field.get("items", {}).get("$ref", "")
    return True


def _methods(node: Json) -> list[Json]:
    found = list(node.get("methods", {}).values())
    for inner in node.get("resources", {}).values():
        found += _methods(inner)
    return found


def _template(one: Json) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/:]+", re.escape("/" + one["flatPath"])))


def _wrong_query(one: Json, name: str, text: str) -> str:
    if name in STANDARD:
        return ""
    known = one["parameters"].get(name)
    if known is None or known["location"] != "query":
        return f"there is no parameter {name}"
    if known["type"] == "integer" and not text.isdigit():
        return f"{name} is not a number"
    return ""


def _wrong_body(schema: str, node: Json, at: str) -> list[str]:
    if not isinstance(node, dict):
        return [f"{at} is not an object"]
    known = document()["schemas"][schema]["properties"]
    found = []
    for name, value in node.items():
        field = known.get(name)
        if field is None:
            found.append(f"{at} has no field {name}")
        elif "$ref" in field:
            found += _wrong_body(field["$ref"], value, f"{at}.{name}")
        elif not isinstance(value, TYPES[field["type"]]):
            found.append(f"{at}.{name} is not a {field['type']}")
    return found
