"""The roster as a table: the columns that the dashboard shows, each figure with its counts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from wearhouse.desk.board import Row
from wearhouse.desk.facts import WEEK, Day
from wearhouse.errors import Invalid
from wearhouse.study import State
from wearhouse.wear.action import Action
from wearhouse.wear.reasons import REASONS, Reason

TEXT, WHOLE, SHARE = pa.string(), pa.int32(), pa.float64()
TOLD = frozenset({Reason.VALID, Reason.BELOW_THRESHOLD, Reason.NOT_WORN})
"""Days without a worn minute of which that is known; of others there may have been some."""
BEST = (State.ACTIVE, State.PARTIAL, State.EXPIRED, State.REVOKED, State.INVITED, State.NONE)
FORMULA = tuple("=+-@\t\r")
ACTIONS = tuple(Action)

Cells = Callable[[Row], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the roster: the fields that tell it in a file, and what it is sorted by (the
    first of them, unless something else is)."""

    fields: Mapping[str, pa.DataType]
    cells: Cells
    by: Callable[[Row], Any] | None = None

    def place(self, row: Row) -> Any:
        return self.by(row) if self.by else self.cells(row)[0]


def roster_table(rows: Sequence[Row], columns: Sequence[str]) -> pa.Table:
    """The named columns of these rows; who it is always comes first."""
    wanted = [name for name in COLUMNS if name in {"code", *columns}]
    schema = pa.schema([field for name in wanted for field in COLUMNS[name].fields.items()])
    lines = [[cell for name in wanted for cell in COLUMNS[name].cells(row)] for row in rows]
    told = zip(*lines, strict=True) if lines else [()] * len(schema)
    arrays = [
        pa.array(list(column), field.type) for column, field in zip(told, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def sorted_by(rows: Sequence[Row], column: str) -> list[Row]:
    """The rows by a column, from last to first with a minus before its name; those without a value
    at the end, whichever way."""
    name = column.removeprefix("-")
    if name not in COLUMNS:
        raise Invalid(f"No column is called {name!r}. Known: {', '.join(COLUMNS)}.", "sort")
    place = COLUMNS[name].place
    some = [row for row in rows if place(row) is not None]
    without = [row for row in rows if place(row) is None]
    return sorted(some, key=place, reverse=column.startswith("-")) + without


def _day(row: Row) -> tuple[int | None, int | None]:
    return row.fact.study_day, row.fact.study_days


def _far(row: Row) -> float | None:
    day, days = _day(row)
    return day / days if days and day is not None else day


def _worn(day: Day) -> int | None:
    return day.worn_minutes if day.worn_minutes or day.reason in TOLD else None


def _yesterday(row: Row) -> Sequence[Any]:
    return [_worn(row.fact.week[-1]) if row.fact.week else None]


def _week(row: Row) -> Sequence[Any]:
    worn = [_worn(day) for day in row.fact.week]
    return [*[None] * (WEEK - len(worn)), *worn]


def _counted(span: str, *names: str) -> Cells:
    def cells(row: Row) -> Sequence[Any]:
        of = row.fact.spans.get(span, {})
        return [of.get(name) for name in names]

    return cells


def _adherence(span: str) -> Column:
    def cells(row: Row) -> Sequence[Any]:
        share, *counts = _counted(span, "adherence", "band", "valid", "closed", "pending")(row)
        return [share if share is None else round(share, 4), *counts]

    counts = {f"{name}_{span}": WHOLE for name in ("valid", "closed", "pending")}
    return Column({f"adherence_{span}": SHARE, f"band_{span}": TEXT, **counts}, cells)


def _nights(row: Row) -> Sequence[Any]:
    uploaded, due = _counted("28d", "nights_uploaded", "nights_due")(row)
    return uploaded or 0, due or 0


def _share_of_nights(row: Row) -> float | None:
    uploaded, due = _nights(row)
    return uploaded / due if due else None


def _permission(row: Row) -> State | None:
    states = {grant.state for grant in row.fact.grants}
    return next((state for state in BEST if state in states), None)


def _next(row: Row) -> Sequence[Any]:
    seen_to = row.handled
    by = [_plain(seen_to.by), seen_to.until_on] if seen_to else [None, None]
    return row.action.action.value, row.action.sentence, *by


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _instant(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


COLUMNS: Mapping[str, Column] = {
    "code": Column({"participant": TEXT}, lambda row: [row.fact.who.code]),
    "site": Column({"site": TEXT}, lambda row: [row.fact.who.site]),
    "arm": Column({"arm": TEXT}, lambda row: [row.fact.who.arm]),
    "status": Column({"status": TEXT}, lambda row: [row.fact.status.value]),
    "day": Column({"study_day": WHOLE, "study_days": WHOLE}, _day, _far),
    "sync": Column(
        {"synced_at": TEXT, "sync_band": TEXT},
        lambda row: [_instant(row.fact.standing.synced_at), row.sync_band],
    ),
    "battery": Column(
        {"battery_percent": SHARE, "battery_level": TEXT},
        lambda row: [row.fact.standing.battery_percent, row.fact.standing.battery_level],
    ),
    "yesterday": Column(
        {"worn_minutes_yesterday": WHOLE},
        _yesterday,
        lambda row: row.fact.week[-1].worn_minutes if row.fact.week else None,
    ),
    "week": Column(
        {f"worn_minutes_{ago}d_ago": WHOLE for ago in range(WEEK, 0, -1)},
        _week,
        lambda row: sum(day.worn_minutes for day in row.fact.week),
    ),
    "valid": Column(
        {"valid_days": WHOLE, "expected_days": WHOLE}, _counted("whole", "valid", "expected")
    ),
    "week_share": _adherence("7d"),
    "month_share": _adherence("28d"),
    "whole_share": _adherence("whole"),
    "nights": Column(
        {"nights_uploaded": WHOLE, "nights_due": WHOLE}, _nights, _share_of_nights
    ),
    "permission": Column(
        {"permission": TEXT},
        lambda row: [_permission(row)],
        lambda row: BEST.index(state) if (state := _permission(row)) else None,
    ),
    "contact": Column({"contacted_at": TEXT}, lambda row: [_instant(row.contacted_at)]),
    "reason": Column(
        {"reason": TEXT},
        lambda row: [row.fact.reason],
        lambda row: REASONS.index(row.fact.reason) if row.fact.reason else None,
    ),
    "action": Column(
        {"next_action": TEXT, "next_action_sentence": TEXT, "seen_to_by": TEXT,
         "seen_to_until": pa.date32()},
        _next,
        lambda row: ACTIONS.index(row.action.action),
    ),
}  # fmt: skip
"""Every column in the order in which they stand."""
