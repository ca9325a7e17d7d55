"""Whatever is archived between loads, what stands is what would stand without an archive."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from builders import FOREVER, beats, read, slices, somebody
from hypothesis import given, settings
from hypothesis import strategies as st

from wearhouse.care.archiving import archive_before
from wearhouse.levels import LEVELS
from wearhouse.registry import Registry
from wearhouse.store import Store

Op = tuple[str, int, int, int]
"""What happens: a load, a restatement or an archiving; day, how many samples, how late."""

OPS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "state", "csv", "archive"]),
        st.integers(24, 28), st.integers(0, 4), st.integers(1, 5),
    ),
    min_size=2, max_size=10,
)  # fmt: skip


@settings(max_examples=20)
@given(ops=OPS)
def test_whatever_is_archived_in_between_loads_come_to_the_same(
    store: Store, registry: Registry, tmp_path: Path, ops: list[Op]
) -> None:
    plain, kept = somebody(), somebody()

    for what, day, many, as_of in ops:
        start = datetime(2026, 2, day, 18, tzinfo=UTC)
        source = "csv" if what == "csv" else "oura"
        rows = pa.concat_tables(
            beats(
                who, *range(60, 60 + many), step=7_200, start=start, source=source, as_of=as_of,
                zone="Asia/Kathmandu",
            )
            for who in (plain, kept)
        )  # fmt: skip
        if what in ("merge", "csv") and many:
            store.write(rows)
        elif what == "state":
            days = {start.date(), start.date() + timedelta(days=1)}
            both = ((who, "heart_rate", one) for who in (plain, kept) for one in days)
            store.write(rows, slices(*both, source="oura"))
        elif what == "archive":
            archive_before(store, registry, str(tmp_path), date(2026, 2, day), [kept])

    assert answers(store, kept) == answers(store, plain)


def answers(store: Store, who: int) -> str:
    """Everything that a store answers of somebody, but for whom."""
    found = [read(store, "heart_rate", level, who) for level in LEVELS]
    shadowed = store.whole("shadowed", "heart_rate", [who], *FOREVER).to_pylist()
    found.append(sorted(shadowed, key=lambda row: (row["t"], row["source"])))
    found.append(store.extent([who]).to_pylist())
    rows = [{k: v for k, v in row.items() if k != "participant"} for one in found for row in one]
    return json.dumps(rows, default=str)
