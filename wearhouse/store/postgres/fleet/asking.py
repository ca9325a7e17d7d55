"""The pieces that the fleet's statements are put together from."""

from collections.abc import Sequence
from datetime import UTC, datetime

from psycopg.sql import SQL, Composable, Identifier, Literal

from wearhouse.store.fleets import Among, By, Folded
from wearhouse.store.spans import Stretch

VERSION = SQL("curated.version_of(software, version)")
COLUMN: dict[By, SQL] = {
    "cohort": SQL("cohort"),
    "version": VERSION,
    "hardware": SQL("hardware"),
    "project": SQL("project"),
    "device": SQL("device"),
    "hour": SQL("to_char(date_bin('1 hour', t, 'epoch'), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"),
    "day": SQL("to_char(t, 'YYYY-MM-DD')"),
    "week": SQL("to_char(date_trunc('week', t), 'YYYY-MM-DD')"),
}
PLACES = {"project", "cohort", "version", "hardware", "type", "device"}


def group(by: Sequence[By]) -> Composable:
    """What a statement groups by, as one array of texts."""
    return SQL("ARRAY[{}]::text[]").format(SQL(", ").join(COLUMN[name] for name in by))


def where(among: Among, timed: bool = True) -> Composable:
    """The condition of which heartbeats are asked about."""
    parts: list[Composable] = [SQL("true")]
    if among.projects is not None:
        parts.append(SQL("project = ANY ({}::text[])").format(list(among.projects)))
    for name, value in among.equal.items():
        assert name in PLACES, name
        column = VERSION if name == "version" else Identifier(name)
        parts.append(SQL("{} = {}").format(column, value))
    if timed and among.span.start is not None:
        parts.append(SQL("captured_at >= {}").format(among.span.start))
    if timed and among.span.end is not None:
        parts.append(SQL("captured_at < {}").format(among.span.end))
    return SQL(" AND ").join(parts)


def spans(stretches: Sequence[Stretch]) -> Composable:
    """The condition of some stretches of rollups."""
    every: list[Composable] = []
    for one in stretches:
        parts: list[Composable] = [SQL("level = {}").format(one.level)]
        if one.low is not None:
            parts.append(SQL("t >= {}").format(moment(one.low)))
        if one.high is not None:
            parts.append(SQL("t < {}").format(moment(one.high)))
        every.append(SQL("({})").format(SQL(" AND ").join(parts)))
    return SQL(" OR ").join(every)


def value(metric: Folded | None) -> Composable:
    """The value of a metric in a heartbeat."""
    if metric is None:
        return SQL("NULL::float8")
    return SQL("curated.value_of(metrics, {})").format(Literal(metric.name))


def moment(at: int) -> datetime:
    """An instant of epoch seconds."""
    return datetime.fromtimestamp(at, UTC)
