"""How often somebody may be written to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wearhouse.errors import Invalid
from wearhouse.messages.caps import DEFAULT, Cap, free_at, read_caps, written

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_somebody_never_written_to_may_be_written_to_now() -> None:
    assert free_at([], NOW) == NOW


@pytest.mark.parametrize(
    ("ago", "free_in"),
    [
        ([HOUR], 23 * HOUR),
        ([DAY], timedelta()),
        ([DAY, 2 * DAY], 2 * DAY),
        ([2 * DAY, 5 * DAY, 7 * DAY, 9 * DAY], DAY),
        ([4 * DAY, 6 * DAY, 8 * DAY, 10 * DAY], timedelta()),
    ],
    ids=["one in 24 h", "a full day ago", "two in 4 days", "four in 10 days", "all run out"],
)
def test_each_default_cap_holds(ago: list[timedelta], free_in: timedelta) -> None:
    assert free_at([NOW - each for each in ago], NOW) - NOW == free_in


@given(
    st.lists(st.integers(0, 400), max_size=30),
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 200)), min_size=1, max_size=3),
)
def test_writing_whenever_it_is_free_never_breaks_a_cap(
    waits: list[int], made: list[tuple[int, int]]
) -> None:
    caps = [Cap(messages, timedelta(hours=hours)) for messages, hours in made]
    sent: list[datetime] = []
    at = NOW
    for wait in waits:
        at = free_at(sent, at + timedelta(hours=wait), caps)
        sent.append(at)
    for cap in caps:
        for first in sent:
            assert sum(first <= at < first + cap.within for at in sent) <= cap.messages


def test_caps_read_back_as_they_are_written() -> None:
    assert read_caps(written(DEFAULT)) == DEFAULT


@pytest.mark.parametrize("text", ["one/day", "0/24h", "1/0d", "2/4w"])
def test_a_cap_that_makes_no_sense_is_named(text: str) -> None:
    with pytest.raises(Invalid, match=text):
        read_caps(text)
