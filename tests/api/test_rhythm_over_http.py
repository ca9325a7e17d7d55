"""One participant's slots, rhythm and timeline over HTTP."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from builders import samples
from starlette.testclient import TestClient

from wearhouse.api import create_app
from wearhouse.registry.devices import Heartbeat
from wearhouse.registry.messages import Order
from wearhouse.runtime import Wearhouse
from wearhouse.samples import EPISODES
from wearhouse.study import Participant, Role, Study

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 9)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
HALF_PAST_FIVE = "Asia/Kolkata"


@pytest.fixture
def sleeper(wearhouse_open: Wearhouse, study: Study) -> Participant:
    """Somebody who wears it all day long and sleeps from 22:00 to 6:00, an hour of it awake."""
    who = wearhouse_open.registry.enrol(study.code, f"R-{study.id}", "UTC", FIRST)
    beats = samples(who.id, "heart_rate", [60.0] * (8 * 1_440), MIDNIGHT)
    steps = samples(who.id, "steps", [0.0] * 60 + [10.0] * 60, MIDNIGHT)
    wearhouse_open.store.write(pa.concat_tables([beats, steps]).unify_dictionaries())
    rows = [row for n in range(1, 8) for row in night(who, MIDNIGHT + timedelta(days=n, hours=6))]
    wearhouse_open.store.write_episodes(pa.Table.from_pylist(rows, schema=EPISODES))
    return who


def night(who: Participant, end: datetime) -> list[dict[str, Any]]:
    row = {
        "participant": who.id, "metric": "sleep", "t": end - timedelta(hours=8), "end": end,
        "offset": 0, "day": end.date(), "label": "stages", "log": str(end), "main": True,
        "source": "csv", "as_of": 1,
    }  # fmt: skip
    woke = end - timedelta(hours=1)
    stage = row | {"metric": "sleep_stage"}
    return [row, stage | {"label": "light", "end": woke}, stage | {"label": "wake", "t": woke}]


def got(client: TestClient, who: Participant, what: str, **more: Any) -> dict[str, Any]:
    asked = {"start": FIRST, "end": LAST, "study": who.study, **more}
    response = client.get(f"/api/v1/participants/{who.code}/{what}", params=asked)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def as_role(wearhouse: Wearhouse, role: Role) -> TestClient:
    key = wearhouse.registry.access.create_key("tests", role)
    return TestClient(create_app(wearhouse), headers={"Authorization": f"Bearer {key}"})


def test_worn_minutes_steps_and_heart_rate_stand_by_hour_and_day(
    api: TestClient, sleeper: Participant
) -> None:
    answer = got(api, sleeper, "wear")

    day = answer["days"][0]
    assert [one["day"] for one in answer["days"]] == [
        str(FIRST + timedelta(days=n)) for n in range(8)
    ]
    assert (day["worn"], day["lasts"], day["offset_minutes"]) == ([60] * 24, None, 0)
    assert day["steps"][:3] == [0, 600, None]
    assert day["heart_rate"][0] == 60


def test_slots_may_be_finer_than_hours(api: TestClient, sleeper: Participant) -> None:
    answer = got(api, sleeper, "wear", end=FIRST, slot=10)

    assert answer["slot_minutes"] == 10
    assert answer["days"][0]["worn"] == [10] * 144


def test_hours_are_those_of_the_clock_where_it_is_half_an_hour_off(
    api: TestClient, wearhouse_open: Wearhouse, enrol: Callable[..., Participant]
) -> None:
    who = enrol(HALF_PAST_FIVE)
    nine = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)
    beats = samples(who.id, "heart_rate", [70.0] * 60, nine, zone=HALF_PAST_FIVE)
    wearhouse_open.store.write(beats)

    answer = got(api, who, "wear", end=FIRST)

    assert answer["days"][0]["worn"] == [60 if hour == 9 else 0 for hour in range(24)]


def test_sleep_that_is_the_same_every_day_is_regular(api: TestClient, sleeper: Participant) -> None:
    answer = got(api, sleeper, "rhythm", start=FIRST + timedelta(days=1), end=LAST)

    assert answer["regularity"]["index"] is not None
    assert answer["timing"]["midpoint"] == pytest.approx(2 * 60)
    assert answer["timing"]["social_jetlag"] == pytest.approx(0)
    one = answer["nights"][0]
    assert (one["asleep_minutes"], one["efficiency"]) == (420, 87.5)


def test_the_index_falls_where_a_night_is_slept_elsewhere(
    api: TestClient, wearhouse_open: Wearhouse, sleeper: Participant
) -> None:
    regular = got(api, sleeper, "rhythm")["regularity"]["index"]
    nap = night(sleeper, MIDNIGHT + timedelta(days=4, hours=16))
    wearhouse_open.store.write_episodes(pa.Table.from_pylist(nap, schema=EPISODES))

    disturbed = got(api, sleeper, "rhythm")["regularity"]["index"]

    # A nap of seven hours is unlike the day before and the day after, of seven pairs of days.
    assert disturbed == pytest.approx(regular - 200 * 2 * 420 / (7 * 1_440))


@pytest.fixture
def told(wearhouse_open: Wearhouse, sleeper: Participant) -> Participant:
    """The same with a device that synced twice, and a message that is to go out."""
    registry = wearhouse_open.registry
    for hours, percent in ((10, 80.0), (34, 55.0)):
        at = MIDNIGHT + timedelta(hours=hours)
        beat = Heartbeat(
            sleeper.code, "cloud", "W", "tracker", "Charge 6", "1.2", percent, None, at, at
        )  # fmt: skip
        registry.devices.report(sleeper, beat)
    registry.messages.queue(
        [Order(sleeper.id, "sync", "en", 0, "list", "carla", MIDNIGHT + timedelta(hours=12))],
        MIDNIGHT,
    )
    return sleeper


def test_the_timeline_tells_syncs_batteries_devices_and_messages(
    api: TestClient, told: Participant
) -> None:
    answer = got(api, told, "timeline")

    assert [sync["at"] for sync in answer["syncs"]] == [
        "2026-03-02T10:00:00Z", "2026-03-03T10:00:00Z",
    ]  # fmt: skip
    assert [one["percent"] for one in answer["batteries"]] == [80, 55]
    [device] = answer["devices"]
    assert (device["model"], device["firmware"]) == ("Charge 6", "1.2")
    assert [one["template"] for one in answer["messages"]] == ["sync"]


def test_what_happened_on_other_days_is_not_in_the_timeline(
    api: TestClient, told: Participant
) -> None:
    answer = got(api, told, "timeline", end=FIRST)

    assert [one["percent"] for one in answer["batteries"]] == [80]
    assert len(answer["syncs"]) == 1


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ENGINEER, Role.MONITOR])
def test_who_may_not_write_to_participants_sees_no_messages(
    wearhouse_open: Wearhouse, told: Participant, role: Role
) -> None:
    answer = got(as_role(wearhouse_open, role), told, "timeline")

    assert answer["messages"] is None
    assert len(answer["syncs"]) == 2


@pytest.mark.parametrize(
    ("what", "header"),
    [
        ("wear", "participant,day,clock,lasts,worn,steps,heart_rate"),
        ("rhythm", "participant,day,start,end,offset_minutes,kind,"),
        ("timeline", "participant,at,what,device,value"),
    ],
)  # fmt: skip
def test_each_is_a_file_for_those_who_may_export(
    api: TestClient, wearhouse_open: Wearhouse, told: Participant, what: str, header: str
) -> None:
    path = f"/api/v1/participants/{told.code}/{what}"
    asked = {"start": str(FIRST), "end": str(LAST), "format": "csv"}

    refused = as_role(wearhouse_open, Role.COORDINATOR).get(path, params=asked)
    taken = as_role(wearhouse_open, Role.ANALYST).get(path, params=asked)

    assert refused.status_code == 403
    lines = taken.text.splitlines()
    assert lines[0].startswith(header)
    assert len(lines) > 2
    entries = api.get("/api/v1/audit", params={"act": "export"}).json()["entries"]
    assert entries[0]["subject"].endswith("as csv")


@pytest.mark.parametrize(
    ("what", "asked", "parameter"),
    [
        ("wear", {"slot": 7}, "slot"),
        ("wear", {"start": LAST, "end": FIRST}, "end"),
        ("wear", {"start": "2020-01-01"}, "start"),
        ("wear", {"start": "2025-10-01", "slot": 10}, "start"),
        ("rhythm", {"start": "2025-10-01"}, "start"),
        ("timeline", {"end": "2026-01-01"}, "end"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(
    api: TestClient, sleeper: Participant, what: str, asked: dict[str, Any], parameter: str
) -> None:
    params = {"start": FIRST, "end": LAST} | asked

    response = api.get(f"/api/v1/participants/{sleeper.code}/{what}", params=params)

    assert (response.status_code, response.json()["parameter"]) == (422, parameter)


def test_nobody_is_told_of_those_out_of_their_reach(
    wearhouse_open: Wearhouse, sleeper: Participant
) -> None:
    registry = wearhouse_open.registry
    registry.create_study(f"ELSE-{sleeper.id}")
    place = frozenset({f"ELSE-{sleeper.id}"})
    key = registry.access.create_key("tests", Role.ANALYST, place)
    client = TestClient(create_app(wearhouse_open), headers={"Authorization": f"Bearer {key}"})

    for what in ("wear", "rhythm", "timeline"):
        assert client.get(f"/api/v1/participants/{sleeper.code}/{what}").status_code == 404
