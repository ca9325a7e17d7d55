"""Parsed batches placed: who, when, and what cannot be true."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from wearhouse.enrolling.people import People
from wearhouse.placing import Placed, place
from wearhouse.runtime import Wearhouse
from wearhouse.samples import PARSED_EPISODES, PARSED_SAMPLES, Parsed
from wearhouse.study import Participant, Study

Place = Callable[..., Placed]


def parsed(*rows: tuple[str, object, int | None, float], clock: str = "civil") -> Parsed:
    """Heart rates from (person, vendor time, offset, value)."""
    table = pa.Table.from_pylist(
        [
            {
                "person": person, "metric": "heart_rate", "offset": offset, "value": value,
                "t": datetime.fromisoformat(t) if isinstance(t, str) else t, "position": line,
            }
            for line, (person, t, offset, value) in enumerate(rows, 2)
        ],
        schema=PARSED_SAMPLES,
    )  # fmt: skip
    return Parsed(table, clock=clock)  # type: ignore[arg-type]


@pytest.fixture
def put(wearhouse_open: Wearhouse, study: Study, enrol: Callable[..., Participant]) -> Place:
    """Places a batch of one person at home in Kathmandu."""
    anna = enrol("Asia/Kathmandu", code="anna")

    def placed(batch: Parsed, timezone: str | None = None) -> Placed:
        persons = frozenset(batch.samples["person"].to_pylist())
        people = People(wearhouse_open.registry, study, anna, timezone, persons)
        return place(batch, people, "csv", 5)

    return placed


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def reasons(placed: Placed) -> list[tuple[int, str]]:
    return [(row["position"], row["reason"]) for row in placed.rejects.to_pylist()]


@pytest.mark.parametrize(
    ("offset", "clock", "timezone", "utc", "minutes"),
    [
        (None, "civil", None, "2026-03-01T06:15:00", 345),
        (None, "civil", "America/New_York", "2026-03-01T17:00:00", -300),
        (60, "civil", None, "2026-03-01T11:00:00", 60),
        (None, "utc", None, "2026-03-01T12:00:00", 345),
        (60, "utc", None, "2026-03-01T12:00:00", 60),
    ],
    ids=["home", "stated zone", "vendor's offset", "utc at home", "utc with an offset"],
)
def test_a_vendor_clock_becomes_utc_and_an_offset(
    put: Place, offset: int | None, clock: str, timezone: str | None, utc: str, minutes: int
) -> None:
    placed = put(parsed(("anna", "2026-03-01T12:00:00", offset, 60), clock=clock), timezone)

    [row] = placed.samples.to_pylist()
    assert (row["t"], row["offset"]) == (at(utc), minutes)
    assert (row["value"], row["source"], row["as_of"]) == (60.0, "csv", 5)


def test_what_cannot_be_true_is_refused_and_the_rest_kept(put: Place) -> None:
    ahead = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=4)
    batch = parsed(
        ("anna", "2026-03-01T12:00:00", None, 60),
        ("anna", "2026-03-01T12:00:01", None, 19.9),
        ("anna", "2026-03-01T12:00:02", None, 250.1),
        ("anna", "2026-03-01T12:00:03", None, float("nan")),
        ("anna", "2026-03-01T12:00:04", None, float("inf")),
        ("anna", None, None, 60),
        ("anna", "1989-12-31T12:00:00", None, 60),
        ("anna", ahead, None, 60),
        ("anna", "2026-03-01T12:00:05", None, 250),
    )

    placed = put(batch)

    assert placed.samples["value"].to_pylist() == [60.0, 250.0]
    assert sorted(reasons(placed)) == [
        (3, "heart_rate outside 20 to 250 /min"),
        (4, "heart_rate outside 20 to 250 /min"),
        (5, "the value is not a number"),
        (6, "the value is not a number"),
        (7, "there is no time"),
        (8, "the time is before 1990"),
        (9, "the time is in the future"),
    ]


def test_a_time_that_the_clock_jumps_over_is_refused_with_its_zone(put: Place) -> None:
    batch = parsed(
        ("anna", "2016-03-13T02:45:00", None, 60), ("anna", "2016-03-13T03:00:00", None, 61)
    )

    placed = put(batch, "America/New_York")

    assert placed.samples["value"].to_pylist() == [61.0]
    assert reasons(placed) == [(2, "that time does not exist in America/New_York")]


def test_persons_whom_nobody_knows_are_refused_among_known_ones(put: Place) -> None:
    batch = parsed(
        ("anna", "2026-03-01T12:00:00", None, 60), ("ben", "2026-03-01T12:00:00", None, 61)
    )

    placed = put(batch)

    assert placed.samples["value"].to_pylist() == [60.0]
    assert [(r["person"], r["reason"]) for r in placed.rejects.to_pylist()] == [
        ("ben", "the participant is not known")
    ]


def test_a_file_of_one_person_is_theirs_whatever_it_calls_them(put: Place) -> None:
    placed = put(parsed(("user_7", "2026-03-01T12:00:00", None, 60)))

    assert placed.samples.num_rows == 1


@pytest.mark.parametrize(
    ("end", "kept"),
    [("2026-03-01T12:30:00", 1), ("2026-03-01T12:00:00", 1), ("2026-03-01T11:59:59", 0)],
)
def test_an_episode_does_not_end_before_it_starts(
    wearhouse_open: Wearhouse, study: Study, person: Participant, end: str, kept: int
) -> None:
    start = datetime(2026, 3, 1, 12)
    row = {
        "person": "", "metric": "sleep_stage", "t": start, "end": datetime.fromisoformat(end),
        "offset": None, "dated": start, "label": "deep", "log": "1", "main": True, "position": 1,
    }  # fmt: skip
    batch = Parsed(episodes=pa.Table.from_pylist([row], schema=PARSED_EPISODES))
    people = People(wearhouse_open.registry, study, person, None, frozenset({""}))

    placed = place(batch, people, "csv", 1)

    assert placed.episodes.num_rows == kept
    assert reasons(placed) == [] if kept else [(1, "it ends before it starts")]
