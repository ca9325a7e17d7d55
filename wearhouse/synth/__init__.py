"""A made-up study with known truth, in the vendor's own formats.

OUT/study.json                       the study and its participants
OUT/payloads/P-001/Europe/Berlin/    documents whose times are on the clock of that zone
OUT/truth/                           minutes, days, syncs, devices (Parquet), seed.json
"""

import gzip
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from wearhouse.errors import Conflict, Invalid
from wearhouse.synth import truth
from wearhouse.synth.calendar import calendar
from wearhouse.synth.cast import Person, person
from wearhouse.synth.documents import documents
from wearhouse.synth.life import live

__all__ = ["write_study"]


def write_study(
    out: Path,
    participants: int,
    days: int,
    seed: int,
    end_on: date,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write a study of so many participants and days up to `end_on`; the same bytes for a seed.

    `progress` is told how many participants are done.
    """
    _check(out, participants, days, seed)
    starts_on = end_on - timedelta(days=days - 1)
    (out / "truth").mkdir(parents=True)
    people: list[Person] = []
    tables: dict[str, list[pa.Table]] = defaultdict(list)
    for index in range(participants):
        rng = np.random.default_rng([seed, index])
        someone = person(index, starts_on, end_on, rng)
        life = live(someone, calendar(someone.stays, starts_on, end_on), rng)
        for path, content in documents(life, rng):
            file = out / "payloads" / someone.code / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(gzip.compress(content, 1, mtime=0))
        people.append(someone)
        tables["minutes"].append(truth.minutes(life))
        tables["days"].append(truth.days(life))
        tables["syncs"].append(truth.syncs(life))
        tables["devices"].append(truth.device(life))
        if progress:
            progress(index + 1)
    for name, parts in tables.items():
        truth.write(out / "truth", name, parts)
    made = {"seed": seed, "participants": participants, "days": days, "end_on": end_on}
    _write_json(out / "truth" / "seed.json", made)
    _write_json(out / "study.json", _study(people, starts_on, end_on))


def _check(out: Path, participants: int, days: int, seed: int) -> None:
    for name, number, least in (
        ("participants", participants, 1),
        ("days", days, 1),
        ("seed", seed, 0),
    ):
        if number < least:
            raise Invalid(f"{name} is {number}; write {least} or more.", name)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Conflict(f"{out} is not empty; name a new directory for the study.", "out")


def _study(people: list[Person], starts_on: date, ends_on: date) -> dict[str, Any]:
    return {
        "code": "DEMO",
        "title": "Example study with known truth",
        "starts_on": starts_on,
        "ends_on": ends_on,
        "participants": [
            {
                "code": one.code,
                "time_zone": one.stays[0].zone,
                "zones": [{"from": stay.since, "zone": stay.zone} for stay in one.stays],
                "enrolled_on": one.enrolled_on,
                "withdrawn_on": one.withdrawn_on,
                "arm": one.arm,
                "site": one.site,
                "scenarios": [one.scenario],
            }
            for one in people
        ],
    }


def _write_json(file: Path, content: Any) -> None:
    file.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
