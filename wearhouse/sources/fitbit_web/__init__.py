"""Answers of the Fitbit Web API, as files: one JSON object, or an array of them."""

from collections.abc import Callable, Iterator

from wearhouse.errors import Invalid, Unwanted
from wearhouse.samples import Parsed
from wearhouse.sources.batches import Batches
from wearhouse.sources.documents import Document, Json, documents, keyed, listed, outline
from wearhouse.sources.files import File, Head
from wearhouse.sources.fitbit_web.days import DAYS, Part, read_days
from wearhouse.sources.fitbit_web.exercise import read_exercise
from wearhouse.sources.fitbit_web.intraday import INTRADAY, read_minutes, read_of_day
from wearhouse.sources.fitbit_web.sleep import read_sleep

SPO2 = (
    Part("avg", "daily_spo2"),
    Part("min", "daily_spo2_low"),
    Part("max", "daily_spo2_high"),
)

# A key, and a key that stands under it where it holds anything at all.
KEYS = {
    **dict.fromkeys(DAYS, "dateTime"),
    **dict.fromkeys(INTRADAY, "dataset"),
    "activities-active-zone-minutes-intraday": "dateTime",
    "weight": "date",
    "fat": "date",
    "sleep": "logId",
    "activities": "logId",
}

# Answers that are recognised but hold no samples.
OTHERS = {
    ("errors", "errorType"): "an error message",
    ("goals", "steps"): "goals",
    ("goal", "weight"): "a goal",
    ("goal", "minDuration"): "a goal",
    ("deviceVersion",): "a list of devices",
    ("user", "encodedId"): "a profile",
    ("best", "total"): "lifetime totals",
    ("body", "bmi"): "body measurements without a date",
}


class FitbitWeb:
    """Reads the Fitbit Web API's own JSON. It names no one, so its samples have no person."""

    name = "fitbit-web"
    refines = ""

    def recognises(self, head: Head) -> bool:
        found = outline(head.content)
        return found is not None and (
            any(_is_data(key, found.paths) for key in KEYS)
            or {("dateTime",), ("minutes",)} <= found.paths
            or {("dateTime",), ("value", "avg")} <= found.paths
            or any(path in found.paths for path in OTHERS)
        )

    def read(self, file: File) -> Iterator[Parsed]:
        return read_documents(file, "", lambda node: iter((node,)))


def read_documents(
    file: File, person: str, unwrapped: Callable[[Json], Iterator[Json]]
) -> Iterator[Parsed]:
    """What a file's documents hold, each of them first unwrapped into the API's own shapes."""
    batches = Batches(person)
    for document in documents(file):
        try:
            nodes = list(unwrapped(document.tree))
        except RecursionError:
            raise Invalid(f"{file.name} is nested too deeply to be data of Fitbit.") from None
        for node in nodes:
            _read(document, node, batches)
            if batches.full:
                yield batches.take()
    if not batches.empty:
        yield batches.take()


def _is_data(key: str, paths: frozenset[tuple[str, ...]]) -> bool:
    under = {path[1] for path in paths if len(path) > 1 and path[0] == key}
    return (key,) in paths and (not under or KEYS[key] in under)


def _read(document: Document, node: Json, batches: Batches) -> None:
    tree = keyed(node)
    if "dateTime" in tree and "minutes" in tree:
        read_minutes(document, "spo2", [tree], batches)
    elif "dateTime" in tree and isinstance(tree.get("value"), dict):
        read_days(SPO2, [tree], batches)
    elif node != {} and not any(key in KEYS for key in tree):
        raise Unwanted(f"{document.file} holds {_other(tree)}, nothing to import.")
    for key, entries in tree.items():
        if key in KEYS and key not in INTRADAY and not isinstance(entries, list):
            raise Invalid(f"{document.file} is not as Fitbit writes it: {key!r} is not a list.")
        if key in INTRADAY:
            read_of_day(document, key, tree, batches)
        elif key in ("hrv", "activities-active-zone-minutes-intraday"):
            bulky = [entry for entry in listed(entries) if "minutes" in keyed(entry)]
            read_minutes(document, key, bulky, batches)
        if key in DAYS:
            daily = [entry for entry in listed(entries) if "minutes" not in keyed(entry)]
            read_days(DAYS[key], daily, batches)
        elif key == "sleep":
            read_sleep(listed(entries), batches)
        elif key == "activities":
            read_exercise(listed(entries), batches)


def _other(tree: dict[str, Json]) -> str:
    for path, title in OTHERS.items():
        node: Json = tree
        for key in path:
            inner = listed(node)
            node = keyed(inner[0] if inner else node).get(key)
        if node is not None:
            # The message of an error may quote an access token, so only its kind is shown.
            kind = f" ({node})" if path[0] == "errors" else ""
            return f"{title} of Fitbit{kind}"
    return "no data that Fitbit sends"
