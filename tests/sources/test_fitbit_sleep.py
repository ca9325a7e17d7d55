import orjson
import pytest
from reading import episodes, rejected, written

from wearhouse.sources.fitbit_web import FitbitWeb

FITBIT = FitbitWeb()


def night(**changes: object) -> bytes:
    log = {
        "logId": 7,
        "dateOfSleep": "2024-03-02",
        "startTime": "2024-03-01T23:50:00.000",
        "endTime": "2024-03-02T00:20:00.000",
        "isMainSleep": True,
        "type": "stages",
        "levels": {
            "data": [
                {"dateTime": "2024-03-01T23:50:00.000", "level": "light", "seconds": 1200},
                {"dateTime": "2024-03-02T00:10:00.000", "level": "deep", "seconds": 600},
            ],
            "shortData": [{"dateTime": "2024-03-02T00:00:00.000", "level": "wake", "seconds": 60}],
        },
    }
    return orjson.dumps({"sleep": [log | changes]})


def laid_out(file) -> list[tuple[str, str, str]]:
    return [
        (row["t"].strftime("%H:%M"), row["end"].strftime("%H:%M"), row["label"])
        for row in episodes(FITBIT, file)
    ]


def test_short_wakes_interrupt_the_stage_that_they_lie_on():
    assert laid_out(written(night())) == [
        ("23:50", "00:20", "stages"),
        ("23:50", "00:00", "light"),
        ("00:00", "00:01", "wake"),
        ("00:01", "00:10", "light"),
        ("00:10", "00:20", "deep"),
    ]


def test_a_night_and_its_stages_are_dated_by_its_end():
    found = episodes(FITBIT, written(night()))

    assert {row["dated"].isoformat() for row in found} == {"2024-03-02T00:20:00"}
    assert {(row["log"], row["main"]) for row in found} == {("7", True)}


def test_minutes_of_the_first_version_are_joined_across_midnight():
    minutes = [
        {"dateTime": f"{hour:02}:{minute:02}:00", "value": value}
        for hour, minute, value in ((23, 58, "3"), (23, 59, "2"), (0, 0, "1"), (0, 1, "1"))
    ]
    sleep = night(
        startTime="2024-03-01T23:58:00.000", endTime=None, duration=240_000, levels=None,
        type=None, minuteData=minutes,
    )  # fmt: skip

    assert laid_out(written(sleep)) == [
        ("23:58", "00:02", "classic"),
        ("23:58", "23:59", "awake"),
        ("23:59", "00:00", "restless"),
        ("00:00", "00:02", "asleep"),
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"startTime": "today"}, "the sleep does not say when it starts and ends"),
        ({"endTime": "2024-03-01T23:00:00.000"}, "the sleep does not end after it starts"),
        ({"levels": {"data": [{"level": "rem"}]}}, "a stage of the sleep has no time or no length"),
    ],
)
def test_an_impossible_night_is_rejected(changes, reason):
    file = written(night(**changes))

    assert episodes(FITBIT, file) == []
    assert rejected(FITBIT, file) == [(0, reason)]
