"""Nights: the main sleep between two noons, uploaded and long enough or not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from wearhouse.samples import EPISODES
from wearhouse.wear.definition import Definition
from wearhouse.wear.nights import nights
from wearhouse.wear.presets import DEFAULT

DAY = date(2026, 3, 2)


def log(
    name: str, end: datetime, *stages: tuple[str, int], main: bool = True, **more: Any
) -> list[dict[str, Any]]:
    """A log that ends at an instant, of stages with their minutes."""
    start = end - timedelta(minutes=sum(minutes for _, minutes in stages))
    kind = "classic" if {"asleep", "restless"} & {stage for stage, _ in stages} else "stages"
    row = {
        "participant": 1, "metric": "sleep", "t": start, "end": end, "offset": 0,
        "day": end.date(), "label": kind, "log": name, "main": main, "source": "csv", "as_of": 1,
    } | more  # fmt: skip
    rows = [row]
    for stage, minutes in stages:
        over = start + timedelta(minutes=minutes)
        rows.append(row | {"metric": "sleep_stage", "t": start, "end": over, "label": stage})
        start = over
    return rows


def found(*logs: list[dict[str, Any]], definition: Definition = DEFAULT) -> list[dict[str, Any]]:
    rows = [row for one in logs for row in one]
    return nights(definition, pa.Table.from_pylist(rows, schema=EPISODES)).to_pylist()


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(("minutes", "valid"), [(179, False), (180, True)])
def test_a_night_of_three_hours_asleep_is_valid(minutes: int, valid: bool) -> None:
    [night] = found(log("a", at(7), ("wake", 60), ("light", minutes)))

    assert (night["day"], night["asleep_minutes"], night["valid"]) == (DAY, minutes, valid)


def test_classic_nights_are_kept_apart_and_restless_is_not_asleep() -> None:
    [night] = found(log("a", at(7), ("asleep", 200), ("restless", 30), ("awake", 10)))

    assert (night["kind"], night["asleep_minutes"]) == ("classic", 200)


@pytest.mark.parametrize(
    ("end", "day"), [(at(12), DAY), (at(12, 1), date(2026, 3, 3)), (at(0), DAY)]
)
def test_a_night_goes_from_noon_to_noon(end: datetime, day: date) -> None:
    [night] = found(log("a", end, ("light", 300)))

    assert night["day"] == day


def test_a_study_of_night_workers_may_end_its_nights_in_the_evening() -> None:
    workers = Definition("w", "t", "s", night_split=1_200)

    [night] = found(log("a", at(16), ("light", 300)), definition=workers)

    assert night["day"] == DAY


def test_noon_is_noon_on_the_participants_clock() -> None:
    [night] = found(log("a", at(11), ("light", 300), offset=345))

    assert night["day"] == date(2026, 3, 3)


def test_the_main_sleep_counts_and_a_longer_nap_does_not() -> None:
    [night] = found(
        log("main", at(7), ("light", 200)), log("nap", at(11), ("light", 230), main=False)
    )

    assert night["asleep_minutes"] == 200


def test_without_a_main_sleep_the_longest_counts() -> None:
    [night] = found(
        log("a", at(3), ("light", 100), main=False), log("b", at(8), ("light", 150), main=False)
    )

    assert night["asleep_minutes"] == 150


def test_a_log_without_stages_was_uploaded_and_its_length_is_not_known() -> None:
    [night] = found(log("a", at(7), ("light", 300))[:1])

    assert (night["asleep_minutes"], night["valid"]) == (None, None)


def test_stages_whose_log_was_refused_make_a_night() -> None:
    [night] = found(log("a", at(7), ("asleep", 300), ("restless", 5))[1:])

    assert (night["kind"], night["asleep_minutes"], night["end"]) == ("classic", 300, at(7))


def test_logs_of_one_name_belong_to_their_participants() -> None:
    two = found(log("a", at(7), ("light", 300)), log("a", at(7), ("light", 100), participant=2))

    assert [(n["participant"], n["asleep_minutes"]) for n in two] == [(1, 300), (2, 100)]


def test_nobody_slept_makes_no_nights() -> None:
    assert found() == []
