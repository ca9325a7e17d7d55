"""The pieces that the fleet's statements are put together from."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from string import Template
from typing import Any

import pyarrow as pa

from wearhouse.store.clickhouse.layout import text
from wearhouse.store.fleets import Among, By, Folded
from wearhouse.store.spans import HOUR_S, Stretch

VERSION = "if(software = '', version, concat(software, ' ', version))"
COLUMN: dict[By, str] = {
    "cohort": "cohort",
    "version": VERSION,
    "hardware": "hardware",
    "project": "project",
    "device": "device",
    "hour": "formatDateTime(toStartOfHour(t), '%Y-%m-%dT%H:%i:%SZ', 'UTC')",
    "day": "toString(toDate(t, 'UTC'))",
    "week": "toString(toMonday(t, 'UTC'))",
}
PLACES = {"project", "cohort", "version", "hardware", "type", "device"}
NOBODY = ("\0", "\0")
NOTHING = "CAST(NULL, 'Nullable(Float64)')"
DEEP = 8
"""How many metrics may lie within each other; those that lie deeper are kept as text."""
PIECE = re.compile(r"\$(\w+)")


def column(metric: Folded) -> str:
    """The value of a metric in a heartbeat, as a Nullable(Float64)."""
    named = text(metric.name)
    return f"if(mapContains(numbers, {named}), numbers[{named}], NULL)"


def told(name: str) -> str:
    """A metric as people write it: text without its quotation marks."""
    other = f"trim(BOTH '\"' FROM others[{name}])"
    return (
        f"if(mapContains(others, {name}), {other}, if(mapContains(numbers, {name}), "
        f"toString(numbers[{name}]), ''))"
    )


def within(hours: Sequence[int]) -> str:
    """The condition of some hours, the parameter `hours`, in the order of time."""
    return (
        "toStartOfHour(captured_at) IN {hours:Array(DateTime('UTC'))} "
        f"AND captured_at >= {second(hours[0])} AND captured_at < {second(hours[-1] + HOUR_S)}"
    )


def groups(by: Sequence[By]) -> dict[str, str]:
    """What a statement selects and groups by."""
    named = [f"{COLUMN[name]} AS by_{name}" for name in by]
    return {
        "names": "".join(f"by_{name}, " for name in by),
        "groups": "".join(f"{one}, " for one in named),
        "group_by": f"GROUP BY {', '.join(f'by_{name}' for name in by)}" if by else "",
    }


def where(among: Among, timed: str | None = "captured_at") -> tuple[str, dict[str, Any]]:
    """The condition of which heartbeats are asked about, and its parameters."""
    parts, given = ["1"], dict[str, Any]()
    if among.projects is not None:
        parts.append("project IN {in_reach:Array(String)}")
        given["in_reach"] = list(among.projects)
    for name, value in among.equal.items():
        assert name in PLACES, name
        named = VERSION if name == "version" else name
        parts.append(f"{named} = {{is_{name}:String}}")
        given[f"is_{name}"] = value
    if timed:
        for sign, at in ((">=", among.span.start), ("<", among.span.end)):
            if at is not None:
                parts.append(f"{timed} {sign} {instant(at)}")
    return " AND ".join(parts), given


def literals(rows: Iterable[Sequence[object]], otherwise: Sequence[object] = NOBODY) -> str:
    """Rows as a set that stands in parentheses; a set of none holds `otherwise`, which is none."""
    every = [", ".join(map(_literal, row)) for row in rows] or [", ".join(map(_literal, otherwise))]
    return ", ".join(f"({row})" for row in every)


def _literal(value: object) -> str:
    if isinstance(value, datetime):
        return instant(value)
    return text(value) if isinstance(value, str) else f"{value:d}"


def instant(at: datetime) -> str:
    """An instant as a literal."""
    return f"fromUnixTimestamp64Milli({round(at.timestamp() * 1000):d}, 'UTC')"


def filled(statements: Mapping[str, str], name: str, **pieces: str) -> str:
    """A named statement with its $pieces, which may be named statements themselves."""
    whole = statements[name]
    while found := set(PIECE.findall(whole)):
        whole = Template(whole).substitute(
            {one: pieces[one] if one in pieces else statements[f"fleet_{one}"] for one in found}
        )
    return whole


def unfolded(statements: Mapping[str, str]) -> str:
    """The metrics of an event, those within metrics by their path."""
    inner = statements["fleet_said"]
    for _ in range(DEEP):
        inner = filled(statements, "fleet_unfold", inner=inner)
    return inner


def ranges(metrics: Sequence[Folded]) -> dict[str, list[Any]]:
    """The metrics with their ranges, as parameters."""
    if not metrics:
        return {"metrics": [""], "lows": [None], "highs": [None]}
    return {
        "metrics": [one.name for one in metrics],
        "lows": [one.low for one in metrics],
        "highs": [one.high for one in metrics],
    }


def spans(stretches: Sequence[Stretch]) -> str:
    """The condition of some stretches of rollups."""
    every = []
    for one in stretches:
        parts = [f"level = '{one.level}'"]
        if one.low is not None:
            parts.append(f"t >= {second(one.low)}")
        if one.high is not None:
            parts.append(f"t < {second(one.high)}")
        every.append(f"({' AND '.join(parts)})")
    return " OR ".join(every)


def second(at: int) -> str:
    """An instant of epoch seconds as a literal."""
    return f"toDateTime({at:d}, 'UTC')"


def plain(rows: pa.Table) -> pa.Table:
    """Answers of rollups and of heartbeats in one schema."""
    kinds = {"bins": pa.list_(pa.int16()), "counts": pa.list_(pa.uint64())}
    kinds |= {"count": pa.uint64(), "outside": pa.uint64()}
    kinds |= dict.fromkeys(("sum", "sumsq", "min", "max"), pa.float64())
    return pa.table({n: rows[n].cast(kinds.get(n, pa.string())) for n in rows.column_names})
