"""The pieces that the fleet's statements are put together from."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from string import Template
from typing import Any

import pyarrow as pa

from wearhouse.store.clickhouse.layout import quoted
from wearhouse.store.fleets import Among, By, Folded
from wearhouse.store.spans import Stretch

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
NUMERIC = ("Float64", "Int64", "UInt64", "Bool")
NOTHING = "CAST(NULL, 'Nullable(Float64)')"
PIECE = re.compile(r"\$(\w+)")


def column(metric: Folded) -> str:
    """The value of a metric in a heartbeat, as a Nullable(Float64)."""
    path = f"metrics.{quoted(metric.name)}"
    found = [f"toFloat64({path}.:{kind})" for kind in NUMERIC if kind in metric.kinds]
    return f"coalesce({', '.join(found)})" if found else NOTHING


def groups(by: Sequence[By]) -> dict[str, str]:
    """What a statement selects and groups by."""
    named = [f"{COLUMN[name]} AS by_{name}" for name in by]
    return {
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


def instant(at: datetime) -> str:
    """An instant as a literal."""
    return f"fromUnixTimestamp64Milli({round(at.timestamp() * 1000):d}, 'UTC')"


def filled(statements: Mapping[str, str], name: str, **pieces: str) -> str:
    """A named statement with its $pieces, which may be named statements themselves."""
    text = statements[name]
    while found := set(PIECE.findall(text)):
        text = Template(text).substitute(
            {one: pieces[one] if one in pieces else statements[f"fleet_{one}"] for one in found}
        )
    return text


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
