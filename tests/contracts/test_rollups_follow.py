"""Whatever is loaded, in whatever order: every level is the fold of what sources say now."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from builders import Row, read, somebody
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Told, day_of, fold
from telling import FAMILY, METRICS, TURNS, loads, refreshes, replacements

from wearhouse.levels import ROLLUPS
from wearhouse.store import Store
from wearhouse.window import millis


@pytest.mark.parametrize("family", FAMILY)
@given(data=st.data())
@settings(max_examples=8)
def test_every_level_is_the_fold_of_what_sources_say_now(
    store: Store, family: str, data: st.DataObject
) -> None:
    sources, zones = FAMILY[family]
    homes = data.draw(st.tuples(*[st.sampled_from(sorted(TURNS))] * 2))
    kinds = [kind(sources, zones) for kind in (loads, loads, loads, replacements, refreshes)]
    steps = data.draw(st.lists(st.one_of(kinds), min_size=1, max_size=6))
    who, told = (somebody(), somebody()), Told()
    clocks = [ZoneInfo(home) for home in homes]

    for step in steps:
        step(store, told, who, clocks.__getitem__, TURNS[homes[0]])

    served = told.served()
    for metric in METRICS:
        theirs = [row for row in served if row[1] == metric]
        raw = read(store, metric, "raw", *who)
        assert [(r["participant"], r["t"], r["offset"], r["value"]) for r in raw] == [
            (r[0], r[2], r[3], r[4]) for r in theirs
        ]
        for level in ROLLUPS:
            assert read(store, metric, level, *who) == fold(theirs, level), (metric, level)
    assert extents(store, who) == expected_extents(served)


def extents(store: Store, who: tuple[int, int]) -> dict[tuple[int, str], tuple[object, ...]]:
    return {
        (row["participant"], row["metric"]): (
            row["days"], row["samples"], millis(row["first_at"]), millis(row["last_at"])
        )
        for row in store.extent(who).to_pylist()
    }  # fmt: skip


def expected_extents(served: list[Row]) -> dict[tuple[int, str], tuple[object, ...]]:
    expected: dict[tuple[int, str], tuple[object, ...]] = {}
    for place in {row[:2] for row in served}:
        times = [row[2] for row in served if row[:2] == place]
        dates: set[date] = {day_of(row)[2] for row in served if row[:2] == place}
        expected[place] = (len(dates), len(times), min(times), max(times))
    return expected
