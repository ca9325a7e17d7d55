"""What is made of nights that are odd, unfinished or make no sense."""

from datetime import datetime

import pytest
from asking import BERLIN, episodes, read, rejected
from doubles.people import night

AT = datetime(2026, 3, 1, 7, 0, tzinfo=BERLIN)


def test_an_unknown_stage_is_set_aside_and_the_night_is_kept() -> None:
    parsed = read("sleep list", night(AT, ("LIGHT", 30), ("LUCID", 10), ("REM", 20)))

    assert [row["label"] for row in episodes([parsed], "sleep_stage")] == ["light", "rem"]
    assert rejected([parsed]) == [(0, "no sleep stage is called 'LUCID'")]


def test_a_night_whose_stages_were_rejected_is_a_night_without_stages() -> None:
    point = night(AT, ("LIGHT", 90))
    del point["sleep"]["stages"]
    point["sleep"]["metadata"] = {"stagesStatus": "REJECTED_NAP", "nap": True}

    parsed = read("sleep list", point)

    (whole,) = episodes([parsed], "sleep")
    assert whole["main"] is False
    assert not episodes([parsed], "sleep_stage")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sleep: sleep.pop("interval"),
        lambda sleep: sleep["interval"].update(endTime="2026-02-01T00:00:00Z"),
        lambda sleep: sleep["interval"].update(startTime="yesterday"),
        lambda sleep: sleep["stages"][0].update(endTime="2026-04-01T00:00:00Z"),
        lambda sleep: sleep["stages"][0].update(startTime=None),
    ],
    ids=["no interval", "backwards", "no time", "a stage of a month", "a stage without a start"],
)
def test_a_night_that_makes_no_sense_is_set_aside(spoil: object) -> None:
    point = night(AT, ("LIGHT", 30))
    spoil(point["sleep"])  # type: ignore[operator]

    parsed = read("sleep list", point, night(AT, ("REM", 20), name="n2"))

    assert [row["log"] for row in episodes([parsed], "sleep")] == ["n2"]
    assert [position for position, _ in rejected([parsed])] == [0]
