"""Slots, nights and events of a participant as tables, a row each, for files."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from wearhouse.desk.rhythm import Slept
from wearhouse.desk.timeline import Timeline
from wearhouse.wear.slots import Grid

SLOTS = pa.schema(
    [
        ("participant", pa.string()),
        ("day", pa.date32()),
        ("clock", pa.string()),  # the beginning of the slot, as the clock shows it
        ("lasts", pa.int32()),  # minutes
        ("worn", pa.int32()),  # minutes
        ("steps", pa.float64()),
        ("heart_rate", pa.float64()),
    ]
)
NIGHTS = pa.schema(
    [
        ("participant", pa.string()),
        ("day", pa.date32()),
        ("start", pa.string()),
        ("end", pa.string()),
        ("offset_minutes", pa.int32()),
        ("kind", pa.string()),
        ("midpoint", pa.float64()),
        ("asleep_minutes", pa.float64()),
        ("efficiency", pa.float64()),
    ]
)
EVENTS = pa.schema(
    [("participant", pa.string()), ("at", pa.string()), ("what", pa.string()),
     ("device", pa.string()), ("value", pa.string())]
)  # fmt: skip


def slot_table(code: str, grid: Grid) -> pa.Table:
    """One row a slot (schema SLOTS)."""
    days, per_day = grid.worn.shape
    clock = [f"{m // 60:02}:{m % 60:02}" for m in range(0, 1440, grid.slot)]
    calendar = np.datetime64(grid.first, "D") + np.arange(days)
    lasts = [grid.lasts[n] or [grid.slot] * per_day for n in range(days)]
    return pa.table(
        {
            "participant": [code] * (days * per_day),
            "day": np.repeat(calendar, per_day),
            "clock": clock * days,
            "lasts": np.array(lasts, np.int32).ravel(),
            "worn": grid.worn.ravel().astype(np.int32),
            "steps": pa.array(grid.steps.ravel(), from_pandas=True),
            "heart_rate": pa.array(grid.heart_rate.ravel().round(1), from_pandas=True),
        },
        schema=SLOTS,
    )


def night_table(code: str, nights: Sequence[Slept]) -> pa.Table:
    """One row a night (schema NIGHTS), times in UTC."""
    rows = [
        {name: getattr(night, name) for name in NIGHTS.names if name != "participant"}
        | {"participant": code, "start": _text(night.start), "end": _text(night.end)}
        for night in nights
    ]
    return pa.Table.from_pylist(rows, schema=NIGHTS)


def event_table(
    code: str, of: Timeline, messages: Sequence[Mapping[str, Any]] | None
) -> pa.Table:  # fmt: skip
    """One row an event (schema EVENTS) in the order of time, times in UTC."""
    events = [(sync.at, "sync", sync.device, "") for sync in of.syncs]
    events += [
        (one.at, "battery", one.device, one.level or "" if one.percent is None
         else f"{one.percent:g}")
        for one in of.batteries
    ]  # fmt: skip
    events += [
        (one["finished_at"] or one["due_at"], "message", "", f"{one['template']}: {one['state']}")
        for one in messages or ()
    ]
    columns = [
        [code] * len(events),
        *zip(*[(_text(at), *rest) for at, *rest in sorted(events)], strict=True),
    ]
    return pa.Table.from_arrays(
        [pa.array(column, pa.string()) for column in (columns if events else [[]] * 5)],
        schema=EVENTS,
    )


def _text(at: Any) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")  # type: ignore[no-any-return]
