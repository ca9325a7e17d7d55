"""Small archives made by the tests, and what is read from them."""

import json
import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from wearhouse.sources import Prepared, Preparing, recognise
from wearhouse.sources.files import File, walk

ROOT = "Takeout/Fitbit"
EXPORT = f"{ROOT}/Global Export Data"
GOOGLE = f"{ROOT}/Physical Activity_GoogleData"
HEALTH = f"{ROOT}/Health Fitness Data_GoogleData"


def zipped(path: Path, members: dict[str, str]) -> Path:
    """An archive of texts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in members.items():
            opened.writestr(name, text)
    return path


def prepared(path: Path) -> tuple[Prepared, list[File]]:
    """The source that has seen an archive, and the files that it knows."""
    files = list(walk(path))
    source = recognise(files[0])
    assert isinstance(source, Preparing)
    return source.prepare(files), files


def rows(path: Path) -> list[dict]:
    """All samples and episodes of an archive, times in UTC where they are known to be."""
    source, files = prepared(path)
    found = []
    for file in files:
        for parsed in source.read(file):
            for table in (parsed.samples, parsed.episodes):
                found += [row | {"clock": parsed.clock} for row in table.to_pylist()]
    return found


def rejects(path: Path) -> list[str]:
    """The reasons of all that an archive's files had refused."""
    source, files = prepared(path)
    return [
        reason
        for file in files
        for parsed in source.read(file)
        for reason in parsed.rejects["reason"].to_pylist()
    ]


def notes(path: Path) -> str:
    return "\n".join(prepared(path)[0].notes)


def minutes(first: str, values: Iterable[object]) -> list[tuple[datetime, object]]:
    """Values a minute apart."""
    start = datetime.fromisoformat(first)
    return [(start + timedelta(minutes=i), value) for i, value in enumerate(values)]


def series(points: Iterable[tuple[datetime, object]]) -> str:
    """Points as the archive's JSON writes them."""
    return json.dumps([{"dateTime": f"{t:%m/%d/%y %H:%M:%S}", "value": v} for t, v in points])


def table(header: str, points: Iterable[tuple[datetime, object]], *more: str) -> str:
    """Points as the archive's newer tables write them."""
    return "\n".join(
        [header, *(",".join([f"{t:%Y-%m-%dT%H:%M:%SZ}", str(v), *more]) for t, v in points), ""]
    )
