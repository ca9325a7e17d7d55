"""Nights: a sleep log with its stages, as the device told them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from wearhouse.store import Store
from wearhouse.study import Participant

ASLEEP = {"light", "deep", "rem", "asleep"}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of one stage, in UTC."""

    stage: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Night:
    """One sleep log of one participant, dated by the civil day on which it ended."""

    participant: str
    day: date
    start: datetime
    end: datetime
    offset_minutes: int
    main: bool
    kind: str
    minutes_asleep: float
    stages: tuple[Stage, ...]


def nights(
    store: Store, participants: Sequence[Participant], first: date, last: date
) -> list[Night]:
    """The nights that ended on the civil days from first to last, both included."""
    codes = {participant.id: participant.code for participant in participants}
    rows = store.episodes(("sleep", "sleep_stage"), sorted(codes), first, last).to_pylist()
    stages: dict[tuple[int, str], list[Stage]] = {}
    for row in rows:
        if row["metric"] == "sleep_stage":
            stage = Stage(row["label"], row["t"], row["end"])
            stages.setdefault((row["participant"], row["log"]), []).append(stage)
    logs = {(row["participant"], row["log"]): row for row in rows if row["metric"] == "sleep"}
    for key in stages.keys() - logs.keys():  # the log itself was refused
        logs[key] = _log_of(stages[key], key, rows)
    found = [_night(row, codes[key[0]], stages.get(key, [])) for key, row in logs.items()]
    return sorted(found, key=lambda night: (night.participant, night.start))


def _log_of(
    stages: list[Stage], key: tuple[int, str], rows: list[dict[str, object]]
) -> dict[str, object]:
    one = next(row for row in rows if (row["participant"], row["log"]) == key)
    kind = "classic" if {"asleep", "restless"} & {stage.stage for stage in stages} else "stages"
    start, end = min(stage.start for stage in stages), max(stage.end for stage in stages)
    return one | {"t": start, "end": end, "label": kind}


def _night(row: dict[str, object], code: str, stages: list[Stage]) -> Night:
    asleep = sum(((s.end - s.start).total_seconds() for s in stages if s.stage in ASLEEP), 0.0)
    return Night(
        participant=code,
        day=row["day"],  # type: ignore[arg-type]
        start=row["t"],  # type: ignore[arg-type]
        end=row["end"],  # type: ignore[arg-type]
        offset_minutes=row["offset"],  # type: ignore[arg-type]
        main=bool(row["main"]),
        kind=str(row["label"]),
        minutes_asleep=asleep / 60,
        stages=tuple(sorted(stages, key=lambda stage: stage.start)),
    )
