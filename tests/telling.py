"""Loads, restatements and refreshes as Hypothesis draws them, told to a store and to the oracle."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from builders import Row, offset, slices, table
from hypothesis import strategies as st
from oracle import Days, Told, day_of

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
