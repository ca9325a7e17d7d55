"""A made-up study with known truth, in the vendor's own formats.

OUT/study.json                       the study and its participants
OUT/payloads/P-001/Europe/Berlin/    documents whose times are on the clock of that zone
OUT/truth/                           minutes, days, syncs, devices (Parquet), seed.json
"""

import gzip
from collections import defaultdict
from collections.abc import Callable, Iterable
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

    `progress` is told how many participants are done. study.json comes last: without it the
    study is not complete.
    """
    _check(participants, days, seed)
    _make_room(out)
    starts_on = end_on - timedelta(days=days - 1)
    people: list[Person] = []
    tables: dict[str, list[pa.Table]] = defaultdict(list)
    with truth.minutes_file(out / "truth") as minutes:
        for index in range(participants):
            rng = np.random.default_rng([seed, index])
            someone = person(index, starts_on, end_on, rng)
            life = live(someone, calendar(someone.stays, starts_on, end_on), rng)
            _write_payloads(out / "payloads" / someone.code, documents(life, rng))
            minutes.write_table(truth.minutes(life))
            people.append(someone)
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


def _check(participants: int, days: int, seed: int) -> None:
    for name, number, least, most in (
        ("participants", participants, 1, 100_000),
        ("days", days, 1, 3_660),
        ("seed", seed, 0, 2**63 - 1),
    ):
        if not least <= number <= most:
            raise Invalid(f"{name} is {number}; write {least} to {most}.", name)


def _make_room(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise Conflict(f"{out} is not empty; name a new directory for the study.", "out")
        (out / "truth").mkdir()
    except OSError as error:
        raise Invalid(f"{out} cannot be written: {error.strerror}.", "out") from error


def _write_payloads(home: Path, found: Iterable[tuple[str, bytes]]) -> None:
    for path, content in found:
        file = home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # Without a time in its header a gzip of the same bytes is the same.
        file.write_bytes(gzip.compress(content, 1, mtime=0))


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
