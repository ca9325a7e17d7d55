"""The board of a study over HTTP: exact after every write, and no more said than the asker may
know."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from builders import samples
from clocks import now, today
from starlette.testclient import TestClient

from wearhouse.desk.facts import facts
from wearhouse.desk.gathering import Sources
from wearhouse.enrolling.enrolment import change
from wearhouse.registry.devices import Heartbeat
from wearhouse.registry.messages import Order
from wearhouse.runtime import Wearhouse
from wearhouse.study import Actor, Participant, Role, State, Study
from wearhouse.team.acting import Acting, acting

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")


Enrol = Callable[..., Participant]


@pytest.fixture
def wearer(wearhouse_open: Wearhouse, study: Study) -> Participant:
    """Somebody enrolled four days ago who wore it yesterday for eleven hours, and synced since."""
    first = (today() - timedelta(days=4)).date()
    who = wearhouse_open.registry.enrol(study.code, f"W-{study.id}", "UTC", first)
    yesterday = today() - timedelta(days=1)
    wearhouse_open.store.write(samples(who.id, "heart_rate", [60.0] * 660, yesterday))
    synced(wearhouse_open, who, now())
    return who


def synced(wearhouse: Wearhouse, who: Participant, at: datetime, battery: float = 80.0) -> None:
    """Let a participant's watch say that it synced."""
    beat = Heartbeat(who.code, "cloud", "W", "tracker", "Charge 6", None, battery, None, at, at)
    wearhouse.registry.devices.report(who, beat)


def at_work(wearhouse: Wearhouse, role: Role = Role.MANAGER) -> Acting:
    return acting(Actor("maria", role), wearhouse.registry, wearhouse.secrets)


def board(api: TestClient, who: Participant) -> dict[str, Any]:
    response = api.get(f"/api/v1/studies/{who.study}/desk")
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def line(api: TestClient, who: Participant) -> dict[str, Any]:
    [found] = [one for one in board(api, who)["participants"] if one["code"] == who.code]
    return dict(found)


def test_a_line_says_where_somebody_stands_with_every_count(
    api: TestClient, wearer: Participant
) -> None:
    found = line(api, wearer)

    assert (found["study_day"], found["study_days"], found["status"]) == (4, None, "active")
    assert (found["reason"], found["next_action"]) == ("valid", "wear")
    assert [day["worn_minutes"] for day in found["week"]][-3:] == [0, 0, 660]
    whole = found["adherence"]["whole"]
    assert (whole["valid"], whole["closed"], whole["expected"]) == (1, 3, 3)
    assert (found["sync_band"], found["battery_percent"]) == ("good", 80.0)


@pytest.mark.parametrize(
    ("hours", "band"), [(20, "good"), (50, "watch"), (100, "act"), (150, "urgent"), (200, "lost")]
)
def test_silence_has_a_band_and_a_clock_of_loss(
    api: TestClient, wearhouse_open: Wearhouse, enrol: Enrol, hours: int, band: str
) -> None:
    who = enrol()
    synced(wearhouse_open, who, now() - timedelta(hours=hours))

    found = line(api, who)

    assert found["sync_band"] == band
    assert found["loss_in_h"] == pytest.approx(168 - hours, abs=1)


def test_a_board_that_is_kept_is_given_again_as_it_was(
    api: TestClient, wearhouse_open: Wearhouse, wearer: Participant
) -> None:
    first = board(api, wearer)
    [place] = [at for at in wearhouse_open.desk.findings if at[0] == ("board", wearer.study)]
    made = wearhouse_open.desk.findings[place]

    again = board(api, wearer)

    assert wearhouse_open.desk.findings[place] is made
    assert again["participants"] == [
        one | {"loss_in_h": two["loss_in_h"]}
        for one, two in zip(first["participants"], again["participants"], strict=True)
    ]


def wears_the_day_before(wearhouse: Wearhouse, who: Participant) -> None:
    day = today() - timedelta(days=2)
    wearhouse.store.write(samples(who.id, "heart_rate", [60.0] * 700, day))


def is_forgotten(wearhouse: Wearhouse, who: Participant) -> None:
    wearhouse.store.forget(who.id)


def has_a_low_battery(wearhouse: Wearhouse, who: Participant) -> None:
    synced(wearhouse, who, now() + timedelta(minutes=1), battery=5.0)


def is_invited(wearhouse: Wearhouse, who: Participant) -> None:
    wearhouse.registry.grants.invite("cloud", [(who, "a word")])


def lets_nothing_be_read(wearhouse: Wearhouse, who: Participant) -> None:
    wearhouse.registry.grants.invite("cloud", [(who, "a word")])
    wearhouse.registry.grants.end(who, "cloud", State.REVOKED, "")


def ends_today(wearhouse: Wearhouse, who: Participant) -> None:
    change(at_work(wearhouse), who, {"ends_on": today().date()})


def is_written_to(wearhouse: Wearhouse, who: Participant) -> None:
    order = Order(who.id, "sync", "en", 0, "by hand", "maria", now())
    wearhouse.registry.messages.queue([order], now())


@pytest.mark.parametrize(
    "event",
    [
        wears_the_day_before, is_forgotten, has_a_low_battery, is_invited, lets_nothing_be_read,
        ends_today, is_written_to,
    ],
)  # fmt: skip
def test_whatever_is_written_is_on_the_board_at_once(
    api: TestClient,
    wearhouse_open: Wearhouse,
    wearer: Participant,
    event: Callable[[Wearhouse, Participant], None],
) -> None:
    before = line(api, wearer)

    event(wearhouse_open, wearer)

    after = line(api, wearer)
    before["loss_in_h"] = after["loss_in_h"] = None
    assert after != before


def test_a_board_that_is_kept_says_what_a_new_one_says(
    api: TestClient, wearhouse_open: Wearhouse, wearer: Participant
) -> None:
    board(api, wearer)
    wears_the_day_before(wearhouse_open, wearer)
    kept = line(api, wearer)
    wearhouse_open.desk.findings.clear()

    new = line(api, wearer)

    assert kept | {"loss_in_h": 0} == new | {"loss_in_h": 0}


def test_those_of_another_site_are_not_on_the_board(
    client: TestClient, wearhouse_open: Wearhouse, wearer: Participant
) -> None:
    registry = wearhouse_open.registry
    study = registry.study_named(wearer.study)
    for site in ("NORTH", "SOUTH"):
        registry.sites.add(study, site)
    change(at_work(wearhouse_open), wearer, {"site": "NORTH"})
    codes = {}
    for site in ("NORTH", "SOUTH"):
        place = frozenset({f"{wearer.study}/{site}"})
        key = registry.access.create_key("tests", Role.COORDINATOR, place)
        client.headers["Authorization"] = f"Bearer {key}"
        codes[site] = [one["code"] for one in board(client, wearer)["participants"]]

    assert codes == {"NORTH": [wearer.code], "SOUTH": []}


@pytest.mark.parametrize(
    ("role", "arm", "contact"),
    [(Role.MANAGER, True, True), (Role.COORDINATOR, False, True), (Role.MONITOR, False, False)],
)
def test_the_arm_and_the_last_contact_are_left_out_for_those_who_may_not_know(
    client: TestClient, wearhouse_open: Wearhouse, wearer: Participant,
    role: Role, arm: bool, contact: bool,
) -> None:  # fmt: skip
    key = wearhouse_open.registry.access.create_key("tests", role)
    client.headers["Authorization"] = f"Bearer {key}"

    found = line(client, wearer)

    assert ("arm" in found, "contacted_at" in found) == (arm, contact)


def test_a_day_in_the_study_is_counted_the_same_on_roster_map_and_participants_page(
    api: TestClient, wearhouse_open: Wearhouse, wearer: Participant
) -> None:
    change(at_work(wearhouse_open), wearer, {"ends_on": (today() + timedelta(days=26)).date()})
    on_map = api.get(f"/api/v1/studies/{wearer.study}/map").json()["participants"]
    first = next(one["first_due"] for one in on_map if one["code"] == wearer.code)
    day_on_map = (today().date() - date.fromisoformat(first)).days + 1

    on_page = api.get(f"/api/v1/participants/{wearer.code}").json()
    on_roster = line(api, wearer)

    assert on_page["first_due"] == first
    assert (on_roster["study_day"], on_roster["study_days"]) == (day_on_map, 30)
    assert (on_page["study_day"], on_page["study_days"]) == (day_on_map, 30)


@pytest.mark.parametrize(
    ("utc", "day"), [("2026-03-01T18:14", 0), ("2026-03-01T18:16", 1), ("2026-03-14T00:00", 13)]
)
def test_a_day_in_the_study_begins_at_midnight_on_the_participants_own_clock(
    wearhouse_open: Wearhouse, study: Study, utc: str, day: int
) -> None:
    registry = wearhouse_open.registry
    registry.enrol(study.code, f"K-{study.id}", "Asia/Kathmandu", date(2026, 3, 1))
    sources = Sources(wearhouse_open.store, registry, {})
    as_of = datetime.fromisoformat(utc).replace(tzinfo=UTC)

    [found] = facts(sources, study, registry.participants(study.code), as_of).people

    assert found.study_day == day


def test_whoever_leaves_before_their_first_whole_day_has_no_day_in_the_study(
    api: TestClient, wearhouse_open: Wearhouse, enrol: Enrol, study: Study
) -> None:
    who = wearhouse_open.registry.enrol(study.code, f"L-{study.id}", "UTC", today().date())
    change(at_work(wearhouse_open), who, {"ends_on": today().date()})

    assert (line(api, who)["study_day"], line(api, who)["study_days"]) == (None, None)


def see_to(api: TestClient, who: Participant, until: date, action: str = "wear") -> Any:
    said = {"action": action, "until_on": until.isoformat(), "note": "phoned"}
    return api.put(f"/api/v1/participants/{who.code}/handled", json=said)


def test_what_was_seen_to_is_on_the_board_until_it_is_taken_back(
    api: TestClient, wearer: Participant
) -> None:
    until = today().date() + timedelta(days=3)

    assert see_to(api, wearer, until).status_code == 200

    handled = line(api, wearer)["handled"]
    assert (handled["note"], handled["by"], handled["until_on"]) == (
        "phoned", "tests", until.isoformat(),
    )  # fmt: skip
    assert api.delete(f"/api/v1/participants/{wearer.code}/handled").status_code == 204
    assert line(api, wearer)["handled"] is None


def test_what_was_seen_to_comes_back_when_something_else_is_due(
    api: TestClient, wearhouse_open: Wearhouse, wearer: Participant
) -> None:
    see_to(api, wearer, today().date() + timedelta(days=3))

    has_a_low_battery(wearhouse_open, wearer)

    found = line(api, wearer)
    assert (found["next_action"], found["handled"]) == ("charge", None)


def test_what_was_seen_to_stands_in_the_history_of_the_participant(
    api: TestClient, wearer: Participant
) -> None:
    see_to(api, wearer, today().date() + timedelta(days=3))

    [newest, *_] = api.get(f"/api/v1/participants/{wearer.code}/history").json()

    assert (newest["act"], newest["reason"]) == ("handled.until", "phoned")


@pytest.mark.parametrize(
    ("days", "action", "parameter"),
    [(0, "wear", "until_on"), (61, "wear", "until_on"), (3, "nothing", "action")],
)
def test_nothing_is_seen_to_for_no_time_or_too_long(
    api: TestClient, wearer: Participant, days: int, action: str, parameter: str
) -> None:
    answer = see_to(api, wearer, today().date() + timedelta(days=days), action)

    assert (answer.status_code, answer.json()["parameter"]) == (422, parameter)
