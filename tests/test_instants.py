"""Instants as text are those of Python, one at a time."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wearhouse.instants import civil_text, utc_text
from wearhouse.window import millis

moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(at=st.lists(moments, max_size=20))
def test_instants_read_back_as_themselves_to_the_millisecond(at: list[datetime]) -> None:
    ms = np.array([millis(moment) for moment in at], np.int64)

    texts = utc_text(ms).to_pylist()

    assert [millis(datetime.fromisoformat(text)) for text in texts] == ms.tolist()


def test_milliseconds_are_written_only_where_there_are_any() -> None:
    noon = millis(datetime(2026, 3, 1, 12, tzinfo=UTC))

    assert utc_text(np.array([noon])).to_pylist() == ["2026-03-01T12:00:00Z"]
    assert utc_text(np.array([noon + 7])).to_pylist() == ["2026-03-01T12:00:00.007Z"]
    assert utc_text(np.array([], np.int64)).to_pylist() == []


@given(at=moments, minutes=st.integers(-720, 840))
def test_civil_times_carry_their_offset(at: datetime, minutes: int) -> None:
    whole = at.replace(microsecond=0, tzinfo=UTC)

    [text] = civil_text(np.array([millis(whole)]), np.array([minutes], np.int16)).to_pylist()

    zone = timezone(timedelta(minutes=minutes))
    assert text == whole.replace(tzinfo=zone).isoformat().replace("Z", "+00:00")
