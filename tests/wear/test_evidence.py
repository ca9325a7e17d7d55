"""What steps prove of wear is kept beside the heart rate, never in the same minute."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from builders import NOON, read, samples, slices, somebody
from hypothesis import given, settings
from hypothesis import strategies as st

from wearhouse.evidence import METRIC, follow, prove
from wearhouse.store import Store

DAY = NOON.date()
PROVING, PADDED = "google-health", "fitbit-web"


def minute(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


def steps(who: int, *minutes: int, source: str = PROVING, value: float = 0) -> pa.Table:
    tables = [
        samples(who, "steps", [value], start=minute(n), source=source) for n in sorted(minutes)
    ]
    return pa.concat_tables(tables).unify_dictionaries()


def heart(who: int, *minutes: int, source: str = PROVING) -> pa.Table:
    tables = [
        samples(who, "heart_rate", [60.0, 61.0], start=minute(n), step=10, source=source)
        for n in sorted(minutes)
    ]
    return pa.concat_tables(tables).unify_dictionaries()


def proven(store: Store, who: int) -> list[int]:
    """The minutes that steps prove, counted from noon."""
    start = NOON.timestamp() * 1000
    return [round((row["t"] - start) / 60_000) for row in read(store, METRIC, "raw", who)]


def test_a_zero_of_steps_proves_a_minute_without_a_heart_rate(store: Store) -> None:
    who = somebody()
    store.write(heart(who, 0, 1))
    store.write(steps(who, 1, 2, 3))

    prove(store, who, [DAY])

    assert proven(store, who) == [2, 3]


def test_zeros_that_a_source_writes_for_every_minute_prove_nothing(store: Store) -> None:
    who = somebody()
    store.write(steps(who, 1, 2, source=PADDED))

    prove(store, who, [DAY])

    assert proven(store, who) == []


def test_a_heart_rate_that_comes_later_takes_the_minute_over(store: Store) -> None:
    who = somebody()
    store.write(steps(who, 1, 2))
    prove(store, who, [DAY])
    later = heart(who, 1)
    store.write(later)

    follow(store, later)

    assert proven(store, who) == [2]


def test_steps_that_are_withdrawn_prove_nothing_any_more(store: Store) -> None:
    who = somebody()
    store.write(steps(who, 1, 2))
    prove(store, who, [DAY])
    store.write(steps(who, 2), slices((who, "steps", DAY), source=PROVING))

    prove(store, who, [DAY])

    assert proven(store, who) == [2]


def test_only_the_days_that_are_asked_for_are_touched(store: Store) -> None:
    who = somebody()
    store.write(steps(who, 1, 1 + 1440))

    prove(store, who, [DAY + timedelta(days=1)])

    assert proven(store, who) == [1 + 1440]


def test_a_merge_of_somebody_whose_steps_prove_nothing_changes_nothing(store: Store) -> None:
    who = somebody()
    loaded = pa.concat_tables([heart(who, 1), steps(who, 2, source=PADDED)]).unify_dictionaries()
    store.write(loaded)

    assert follow(store, loaded).written == 0


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Europe/Berlin"])
def test_the_minutes_carry_the_clock_of_their_steps(store: Store, zone: str) -> None:
    who = somebody()
    late = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    store.write(samples(who, "steps", [0] * 90, start=late, zone=zone, source=PROVING))

    prove(store, who, [date(2026, 10, 24), date(2026, 10, 25)])

    assert sum(row["minutes"] for row in read(store, METRIC, "1d", who)) == 90
    assert [row["t"] for row in read(store, METRIC, "1d", who)] == [
        row["t"] for row in read(store, "steps", "1d", who)
    ]


@settings(max_examples=25)
@given(
    loads=st.lists(
        st.tuples(
            st.sampled_from(["heart", "steps", "padded"]), st.sets(st.integers(0, 30), min_size=1)
        ),
        min_size=1,
        max_size=5,
    )
)
def test_in_any_order_worn_minutes_are_the_union_of_both(
    store: Store, loads: list[tuple[str, set[int]]]
) -> None:
    who = somebody()
    beaten: set[int] = set()
    stepped: set[int] = set()
    for kind, minutes in loads:
        source = PADDED if kind == "padded" else PROVING
        made = heart(who, *minutes) if kind == "heart" else steps(who, *minutes, source=source)
        store.write(made)
        follow(store, made)
        beaten |= minutes if kind == "heart" else set()
        if kind == "padded":  # the same vendor, told as late: what comes last stands
            stepped -= minutes
        stepped |= minutes if kind == "steps" else set()

    assert set(proven(store, who)) == stepped - beaten
    counted = [row["minutes"] for m in ("heart_rate", METRIC) for row in read(store, m, "1d", who)]
    assert sum(counted) == len(beaten | stepped)
