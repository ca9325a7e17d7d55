"""Whatever is loaded, in whatever order: every level is the fold of what sources say now."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import Row, offset, read, slices, somebody, table
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Days, Told, day_of, fold

from wearhouse.levels import ROLLUPS
from wearhouse.store import Store
from wearhouse.window import millis

TURNS = {
    "Asia/Kolkata": datetime(2026, 3, 31, 18, 30, tzinfo=UTC),
    "Asia/Kathmandu": datetime(2025, 12, 31, 18, 15, tzinfo=UTC),
    "America/New_York": datetime(2026, 3, 8, 7, tzinfo=UTC),
    "Europe/Berlin": datetime(2025, 10, 26, 1, tzinfo=UTC),
    "Pacific/Auckland": datetime(2026, 4, 4, 14, tzinfo=UTC),
    "Pacific/Chatham": datetime(2025, 9, 27, 14, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 4, 4, 15, tzinfo=UTC),
    "UTC": datetime(2026, 3, 1, tzinfo=UTC),
}
"""Zones with an instant worth a test: a change of the clock, or the turn of a month."""

METRICS = ("heart_rate", "steps", "daily_steps")
GRID_S = 1_907
"""Samples lie on a coarse grid so that loads overlap; it drifts through the minutes."""

Clock = Callable[[int], ZoneInfo]
Step = Callable[[Store, Told, tuple[int, int], Clock, datetime], None]


def rows_of(
    drawn: list[tuple[str, int, int, int]],
    who: tuple[int, int],
    clock: Clock,
    turn: datetime,
    source: str,
    as_of: int,
) -> list[Row]:
    rows = []
    for metric, person, slot, quarters in drawn:
        t = millis(turn + timedelta(seconds=GRID_S * slot))
        rows.append((who[person], metric, t, offset(t, clock(person)), quarters / 4, source, as_of))
    return rows


drawn_rows = st.lists(
    st.tuples(
        st.sampled_from(METRICS), st.integers(0, 1), st.integers(-120, 120), st.integers(80, 400)
    ),
    min_size=1,
    max_size=30,
)
stated_days = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(METRICS), st.integers(-3, 3)), max_size=6
)


def days(drawn: list[tuple[int, str, int]], who: tuple[int, int], turn: datetime) -> Days:
    return {
        (who[person], metric, (turn + timedelta(days=day)).date()) for person, metric, day in drawn
    }


@st.composite
def loads(draw: st.DrawFn, sources: tuple[str, ...], zones: tuple[str, ...]) -> Step:
    """Samples merged into what is there; told again they change nothing."""
    drawn, source = draw(drawn_rows), draw(st.sampled_from(sources))
    as_of, twice = draw(st.integers(1, 4)), draw(st.booleans())
    elsewhere = ZoneInfo(draw(st.sampled_from(zones))) if zones else None

    def step(store: Store, told: Told, who: tuple[int, int], clock: Clock, turn: datetime) -> None:
        here = (lambda _: elsewhere) if elsewhere else clock
        rows = rows_of(drawn, who, here, turn, source, as_of)
        told.load(rows)
        for _ in range(1 + twice):
            store.write(table(rows))

    return step


@st.composite
def replacements(draw: st.DrawFn, sources: tuple[str, ...], zones: tuple[str, ...]) -> Step:
    """Slices stated in full: what their source had there and does not say now is withdrawn."""
    drawn, stated = draw(st.one_of(drawn_rows, st.just([]))), draw(stated_days)
    source, as_of = draw(st.sampled_from(sources)), draw(st.integers(1, 4))

    def step(store: Store, told: Told, who: tuple[int, int], clock: Clock, turn: datetime) -> None:
        rows = rows_of(drawn, who, clock, turn, source, as_of)
        wanted = days(stated, who, turn) | {day_of(row) for row in rows}
        if wanted:
            told.replace(rows, wanted, source)
            store.write(table(rows), slices(*sorted(wanted), source=source))

    return step


@st.composite
def refreshes(draw: st.DrawFn, sources: tuple[str, ...], zones: tuple[str, ...]) -> Step:
    """A level folded again from the samples."""
    level, span = draw(st.sampled_from(ROLLUPS)), draw(st.sampled_from((None, timedelta(1))))

    def step(store: Store, told: Told, who: tuple[int, int], clock: Clock, turn: datetime) -> None:
        first = (turn - span).date() if span else None
        store.refresh(level, first, (turn + span).date() if span else None)

    return step


FAMILY = {
    "one vendor": (("fitbit-web", "fitabase"), ()),
    "rival vendors": (("csv", "fitbit-web", "oura"), ()),
    "a traveller": (("fitbit-web",), ("Europe/Berlin", "Asia/Kathmandu", "America/New_York")),
}


@pytest.mark.parametrize("family", FAMILY)
@given(data=st.data())
@settings(max_examples=20)
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
