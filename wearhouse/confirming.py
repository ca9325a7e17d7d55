"""How late live sources last spoke of days that they left as they were.

What a live source says again without a change is not written again, so its samples keep the
`as_of` of the payload that first said them. When it confirmed them since stands in the registry,
with its attempts. Before another source's samples come to such a day, those of the live source
are written anew as of that confirmation: so the payload that speaks later wins, as if every
re-read had been written.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.metrics import METRICS
from wearhouse.registry import Registry
from wearhouse.sources.live import Family
from wearhouse.store import Store
from wearhouse.window import DAY_MS, HOUR_MS, civil_days

EPOCH, DAY = date(1970, 1, 1), timedelta(days=1)
FURTHEST_MS = 15 * HOUR_MS
"""How far a civil day may reach beyond the same day in UTC."""
TABLES: tuple[Literal["samples", "shadowed"], ...] = ("samples", "shadowed")

Families = Mapping[str, Sequence[Family]]
"""What each live source offers."""

Spoken = dict[int, int]
"""When a source last spoke of civil days (as days since 1970-01-01), as `as_of`."""


def confirm(
    store: Store,
    registry: Registry,
    families: Families,
    incoming: pa.Table,
    besides: str | None = None,
) -> None:
    """See to the metric-days of samples or episodes that are about to come from elsewhere: what
    live sources (but `besides`) have there gets the `as_of` of their last confirmation."""
    granting = registry.syncs.sources_read()
    days = days_of(incoming)
    people = incoming["participant"].to_numpy()
    names = incoming["metric"].cast(pa.string())
    for participant in np.intersect1d(people, [*granting]).tolist():
        of_them = people == participant
        for metric in pc.unique(names.filter(pa.array(of_them))).to_pylist():
            touched = np.unique(days[of_them & pc.equal(names, metric).to_numpy()])
            for source in sorted(granting[participant] - {besides}):
                spoken = _spoken(registry, participant, source, families, metric, touched)
                if spoken:
                    _say_again(store, participant, metric, source, spoken)


def days_of(rows: pa.Table) -> NDArray[np.int32]:
    """The civil day of each sample or episode, as days since 1970-01-01."""
    if "day" in rows.column_names:
        dated: NDArray[np.int32] = rows["day"].cast(pa.int32()).to_numpy()
        return dated
    return civil_days(rows["t"].cast(pa.int64()).to_numpy(), rows["offset"].to_numpy())


def _spoken(
    registry: Registry,
    participant: int,
    source: str,
    families: Families,
    metric: str,
    days: NDArray[np.int32],
) -> Spoken:
    wanted, spoken = set(days.tolist()), Spoken()
    for family in families.get(source, ()):
        if metric in family.metrics:
            first, last = (EPOCH + int(day) * DAY for day in (days[0], days[-1]))
            said = registry.runs.spoken(participant, source, family.name, first, last)
            for begins, ends, at in said:
                span = range((begins - EPOCH).days, (ends - EPOCH).days + 1)
                for day in wanted.intersection(span):
                    spoken[day] = max(spoken.get(day, 0), int(at.timestamp()))
    return spoken


def _say_again(store: Store, participant: int, metric: str, source: str, spoken: Spoken) -> None:
    if METRICS[metric].kind == "episode":
        nights = _confirmed_logs(store, participant, metric, source, spoken)
        if nights.num_rows:
            store.write_episodes(nights)
        return
    for rows in _confirmed(store, participant, metric, source, spoken):
        if rows.num_rows:
            store.write(rows)


def _confirmed(
    store: Store, participant: int, metric: str, source: str, spoken: Spoken
) -> Iterator[pa.Table]:
    low, high = min(spoken) * DAY_MS - FURTHEST_MS, (max(spoken) + 1) * DAY_MS + FURTHEST_MS
    for table in TABLES:
        rows = store.whole(table, metric, [participant], low, high)
        yield _later(rows.filter(pc.equal(rows["source"].cast(pa.string()), source)), spoken)


def _confirmed_logs(
    store: Store, participant: int, metric: str, source: str, spoken: Spoken
) -> pa.Table:
    """Whole logs: one that is written replaces all that is kept of it."""
    first, last = EPOCH + (min(spoken) - 1) * DAY, EPOCH + (max(spoken) + 1) * DAY
    names = ["exercise"] if metric == "exercise" else ["sleep", "sleep_stage"]
    rows = store.episodes(names, [participant], first, last)
    rows = rows.filter(pc.equal(rows["source"].cast(pa.string()), source))
    newest: dict[str, int] = defaultdict(int)
    for log, day in zip(rows["log"].to_pylist(), days_of(rows).tolist(), strict=True):
        newest[log] = max(newest[log], spoken.get(day, 0))
    return _raised(rows, np.array([newest[log] for log in rows["log"].to_pylist()], np.int64))


def _later(rows: pa.Table, spoken: Spoken) -> pa.Table:
    days = days_of(rows)
    distinct, place = np.unique(days, return_inverse=True)
    return _raised(rows, np.array([spoken.get(d, 0) for d in distinct.tolist()], np.int64)[place])


def _raised(rows: pa.Table, as_of: NDArray[np.int64]) -> pa.Table:
    """The rows that were confirmed after they were written, as of that confirmation."""
    later = as_of > rows["as_of"].to_numpy()
    at = rows.column_names.index("as_of")
    confirmed = rows.set_column(at, rows.schema.field(at), pa.array(as_of.astype(np.uint32)))
    return confirmed.filter(pa.array(later))
