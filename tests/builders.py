"""What tests write into stores: samples on a participant's clock."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import count
from zoneinfo import ZoneInfo

import pyarrow as pa

from wearhouse.levels import Level
from wearhouse.metrics import METRICS
from wearhouse.samples import EPISODES, SAMPLES
from wearhouse.store import Ask, Slices, Store
from wearhouse.window import millis, offset_minutes

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FOREVER = (millis(datetime(1990, 1, 1, tzinfo=UTC)), millis(datetime(2100, 1, 1, tzinfo=UTC)))
EPOCH = date(1970, 1, 1)

Row = tuple[int, str, int, int, float, str, int]
"""participant, metric, t in ms, offset in minutes, value, source, as_of."""

_numbers = count(1)


def somebody() -> int:
    """A participant of whom no store has heard."""
    return next(_numbers)


def table(rows: Iterable[Row]) -> pa.Table:
    """Rows as the store takes them."""
    columns = zip(*rows, strict=True)
    names = [f.name for f in SAMPLES]
    given = dict(zip(names, columns, strict=False)) or dict.fromkeys(names, ())
    return pa.Table.from_pydict({name: list(given[name]) for name in names}, schema=SAMPLES)


def samples(
    who: int,
    metric: str,
    values: Iterable[float],
    start: datetime = NOON,
    step: float = 60,
    zone: str = "UTC",
    source: str = "csv",
    as_of: int = 1,
) -> pa.Table:
    """Samples of one metric, `step` seconds apart."""
    began, clock = millis(start), ZoneInfo(zone)
    times = (began + round(number * step * 1000) for number in count())
    return table(
        (who, metric, t, offset(t, clock), value, source, as_of)
        for t, value in zip(times, values, strict=False)
    )


def beats(who: int, *values: float, step: float = 1, **kind: object) -> pa.Table:
    """Heart rates, a second apart."""
    return samples(who, "heart_rate", values, step=step, **kind)  # type: ignore[arg-type]


def offset(t: int, clock: ZoneInfo) -> int:
    """Minutes east of UTC on a clock at an instant in ms."""
    return offset_minutes(datetime.fromtimestamp(t / 1000, UTC), clock)


def slices(*days: tuple[int, str, date], source: str = "csv") -> Slices:
    """Metric-days that a source states in full."""
    kinds = (pa.uint32(), pa.string(), pa.date32())
    names = ("participant", "metric", "day")
    columns = zip(*days, strict=True)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    return Slices(pa.table(dict(zip(names, arrays, strict=True))), source)


def episode(
    who: int,
    label: str,
    start: datetime,
    end: datetime,
    day: date,
    log: str,
    metric: str = "sleep_stage",
    as_of: int = 1,
    main: bool = True,
) -> pa.Table:
    """One episode of a log."""
    row = {
        "participant": who, "metric": metric, "t": start, "end": end, "offset": 0, "day": day,
        "label": label, "log": log, "main": main, "source": "csv", "as_of": as_of,
    }  # fmt: skip
    return pa.Table.from_pylist([row], schema=EPISODES)


def ask(metric: str, level: Level, *who: int, **narrower: object) -> Ask:
    """Everything of a metric at a level."""
    low, high = FOREVER
    wide = {
        "metric": METRICS[metric],
        "level": level,
        "participants": who,
        "low": low,
        "high": high,
    }
    return Ask(**(wide | narrower))  # type: ignore[arg-type]


def read(store: Store, metric: str, level: Level, *who: int, **narrower: object) -> list[dict]:
    """The rows of a page, t as ms on the level's clock."""
    rows = store.page(ask(metric, level, *who, **narrower)).rows
    return rows.set_column(
        rows.column_names.index("t"), "t", rows["t"].cast(pa.int64())
    ).to_pylist()


def values(store: Store, metric: str, who: int) -> list[float]:
    """The raw values of a participant in the order of time."""
    return [row["value"] for row in read(store, metric, "raw", who)]
