"""What Wearipedia saves: the Fitbit Web API's shapes inside further lists and objects."""

import re
from collections.abc import Iterator

from wearhouse.samples import Parsed
from wearhouse.sources.documents import Json, Outline, keyed, listed, outline
from wearhouse.sources.files import File, Head
from wearhouse.sources.fitbit_web import KEYS, FitbitWeb, read_documents
from wearhouse.sources.values import number

PERSON = re.compile(r"_([^_/!]+?)\.json(?:\.gz)?$")
ISO_DAY = re.compile(rb'"dateTime"\s*:\s*"\d{4}-\d\d-\d\d"')
LONGEST_DAY_MIN = 25 * 60


class Wearipedia:
    """Reads Wearipedia's JSON; the person is named by the file: steps_user1.json."""

    name = "wearipedia"
    refines = "fitbit-web"

    def recognises(self, head: Head) -> bool:
        found = outline(head.content)
        if found is None or not found.array:
            return False
        named = PERSON.search(head.name) is not None
        return (
            _nested(found) or _bare(found, head.content) or (named and FitbitWeb().recognises(head))
        )

    def read(self, file: File) -> Iterator[Parsed]:
        named = PERSON.search(file.name)
        return read_documents(file, named[1] if named else "", _unwrapped)


def _nested(found: Outline) -> bool:
    return any(
        len(path) > 1 and path[-1] in KEYS and path[-1] not in ("weight", "fat")
        for path in found.paths
    )


def _bare(found: Outline, content: bytes) -> bool:
    """Days of steps that nothing calls steps."""
    return found.paths == {("dateTime",), ("value",)} and ISO_DAY.search(content) is not None


def _unwrapped(node: Json) -> Iterator[Json]:
    if isinstance(node, list):
        for item in node:
            yield from _unwrapped(item)
        return
    entry = keyed(node)
    wrapped = [key for key, value in entry.items() if any(map(_wraps, listed(value)))]
    for key in wrapped:
        yield from _unwrapped(entry[key])
    rest = {key: value for key, value in entry.items() if key not in wrapped}
    if "dateTime" in rest and not isinstance(rest.get("value", {}), dict):
        yield {"activities-steps": [node]}
    elif rest or not wrapped:
        _zones_in_minutes(rest.get("activities-heart"))
        yield rest


def _wraps(node: Json) -> bool:
    entry = keyed(node)
    return any(key in KEYS and isinstance(value, list) for key, value in entry.items())


def _zones_in_minutes(days: Json) -> None:
    """Corrects the days of heart rate whose zones hold seconds."""
    for day in map(keyed, listed(days)):
        zones = [keyed(zone) for zone in listed(keyed(day.get("value")).get("heartRateZones"))]
        minutes = [number(zone.get("minutes")) for zone in zones]
        if sum(filter(None, minutes)) > LONGEST_DAY_MIN:
            for zone, seconds in zip(zones, minutes, strict=True):
                zone["minutes"] = None if seconds is None else seconds / 60
