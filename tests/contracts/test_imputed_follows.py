"""Whatever is loaded and imputed, in whatever order: no minute is both, and what was measured is
as if nothing had ever been imputed."""

from collections import defaultdict

from builders import NOON, Row, read, slices, somebody, table
from filling import filled_at, imputed_values, layer, sums_of
from hypothesis import given, settings
from hypothesis import strategies as st

from wearhouse.levels import LEVELS, Level
from wearhouse.store import Store
from wearhouse.window import MINUTE_MS, millis

START, DAY = millis(NOON), NOON.date()
minutes = st.integers(0, 40)
values = st.integers(50, 90)
loads = st.tuples(st.just("load"), st.dictionaries(minutes, values, max_size=8))
replacements = st.tuples(st.just("replace"), st.dictionaries(minutes, values, max_size=8))
spans = st.tuples(minutes, minutes).map(sorted)
imputations = st.tuples(
    st.just("impute"), st.tuples(st.dictionaries(minutes, values, max_size=20), spans)
)
steps = st.lists(st.one_of(loads, replacements, imputations), min_size=1, max_size=7)


def rows_of(who: int, told: dict[int, int], turn: int) -> list[Row]:
    """Samples in the middle of minutes; later turns speak later."""
    return [
        (who, "heart_rate", START + at * MINUTE_MS + 7_000, 0, float(value), "csv", turn)
        for at, value in sorted(told.items())
    ]


@given(steps=steps)
@settings(max_examples=10)
def test_no_minute_is_both_measured_and_imputed(store: Store, steps: list) -> None:
    who, plain = somebody(), somebody()
    expected: dict[int, float] = {}

    for turn, (kind, drawn) in enumerate(steps, 1):
        if kind == "impute":
            told, (low, high) = drawn
            inside = {at: float(v) for at, v in told.items() if low <= at < high}
            edges = (START + low * MINUTE_MS, START + high * MINUTE_MS)
            at_instants = {START + at * MINUTE_MS: v for at, v in sorted(inside.items())}
            store.write_imputed(filled_at(who, at_instants, run=turn), "heart_rate", who, *edges)
            measured = {row["t"] // MINUTE_MS for row in read(store, "heart_rate", "raw", who)}
            expected = {at: v for at, v in expected.items() if not edges[0] <= at < edges[1]}
            expected |= {at: v for at, v in at_instants.items() if at // MINUTE_MS not in measured}
        else:
            for person in (who, plain):
                stated = slices((person, "heart_rate", DAY)) if kind == "replace" else None
                store.write(table(rows_of(person, drawn, turn)), stated)
            measured = {row["t"] // MINUTE_MS for row in read(store, "heart_rate", "raw", who)}
            expected = {at: v for at, v in expected.items() if at // MINUTE_MS not in measured}

    assert imputed_values(store, who) == expected
    for level in LEVELS:
        assert without_who(store, level, who) == without_who(store, level, plain)
    by_hour: dict[int, list[float]] = defaultdict(list)
    for at, value in expected.items():
        by_hour[at // 3_600_000 * 3_600_000].append(value)
    assert {row["t"]: row["sums"] for row in layer(store, "heart_rate", "1h", who)} == {
        at: sums_of(held) for at, held in by_hour.items()
    }
    total = [sums_of(expected.values())] if expected else []
    for level in ("1d", "1w", "1mo"):
        assert [row["sums"] for row in layer(store, "heart_rate", level, who)] == total


def without_who(store: Store, level: Level, who: int) -> list[dict]:
    rows = read(store, "heart_rate", level, who)
    return [{name: value for name, value in row.items() if name != "participant"} for row in rows]
