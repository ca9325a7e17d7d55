"""The delta load against the double of Google Health: from the invitation to the data."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest
from asking import generous
from builders import read, values
from doubles.google_health import GoogleHealth as Double
from doubles.oauth import CLIENT, SECRET
from doubles.participant import answered
from doubles.people import Account, daily, interval, night, sample

from wearhouse.consent import grants
from wearhouse.consent.grants import Consents
from wearhouse.payloads import Payloads
from wearhouse.runtime import Wearhouse
from wearhouse.secrets import open_secrets
from wearhouse.sources.google_health import GoogleHealth
from wearhouse.sources.http import Patience
from wearhouse.sources.live import Registration
from wearhouse.study import Participant, State, Study
from wearhouse.sync.attempts import Intake
from wearhouse.sync.fetching import Request, sync
from wearhouse.sync.replay import replay
from wearhouse.window import zone_named

FIRST = date(2026, 3, 1)
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
PEOPLE = {"A": "Europe/Berlin", "B": "Asia/Kathmandu", "C": "America/St_Johns"}
HASTY = Patience(attempts=3, first_s=0.001, longest_s=0.01)
FAMILIES = frozenset({"heart", "activity", "heart_daily", "activity_daily"})
METRICS = ("heart_rate", "steps", "calories", "resting_heart_rate", "daily_steps")


@pytest.fixture
def service() -> Iterator[Double]:
    people = {name: recorded(name, zone) for name, zone in PEOPLE.items()}
    with Double(people).running() as double:
        yield double
    assert not double.misunderstood


@pytest.fixture
def intake(wearhouse_open: Wearhouse, service: Double, tmp_path: Path) -> Iterator[Intake]:
    source = GoogleHealth(Registration(CLIENT, SECRET, service.address), generous(), HASTY)
    with httpx.Client(timeout=30.0) as client:
        secrets = open_secrets(tmp_path)
        sources = {source.name: source}
        consents = Consents(wearhouse_open.registry, secrets, sources, client, "http://127.0.0.1:1")
        payloads = Payloads(str(tmp_path / "payloads"))
        yield Intake(wearhouse_open.store, payloads, consents, now=lambda: NOW)


def recorded(name: str, zone: str) -> Account:
    """Three days of a person: a beat and some steps every quarter of an hour, and the nights."""
    account = Account(name, timezone=zone)
    for day in range(3):
        morning = datetime(2026, 3, 1 + day, 8, tzinfo=zone_named(zone))
        for quarter in range(40):
            at = morning + timedelta(minutes=15 * quarter)
            account.add("heart-rate", sample("heartRate", at, beatsPerMinute=str(60 + quarter)))
            account.add("steps", interval("steps", at, count=str(quarter)))
            account.add("total-calories", interval("totalCalories", at, kcal=1.5))
        resting = daily("dailyRestingHeartRate", morning.date(), beatsPerMinute=str(55 + day))
        account.add("daily-resting-heart-rate", resting)
        account.add("sleep", night(morning - timedelta(hours=8), ("LIGHT", 400), name=f"n{day}"))
    return account


def joined(intake: Intake, study: Study, code: str, account: str, without: str = "") -> Participant:
    """A participant who followed the invitation and consented."""
    registry, consents = intake.registry, intake.consents
    person = registry.enrol(study.code, code, PEOPLE[account], FIRST)
    link = grants.invite(consents, person, "google-health").link
    invitation = parse_qs(urlsplit(link).query)["invitation"][0]
    address = grants.consent_address(consents, invitation)
    brought = answered(consents.client, address, account, without)
    grants.accept(consents, brought["state"], brought["code"])
    return person


def stored(intake: Intake, person: Participant) -> dict[str, list[float]]:
    return {metric: values(intake.store, metric, person.id) for metric in METRICS}


def test_who_consented_is_read_from_the_first_day_on(intake: Intake, study: Study) -> None:
    people = [joined(intake, study, f"{name}-first", name) for name in PEOPLE]

    summary = sync(intake, Request(people))

    assert summary.problems == []
    for person in people:
        held = stored(intake, person)
        assert held["heart_rate"] == [60.0 + quarter for quarter in range(40)] * 3
        assert held["steps"] == [float(quarter) for quarter in range(40)] * 3
        assert held["calories"] == [1.5] * 120
        assert held["resting_heart_rate"] == [55.0, 56.0, 57.0]
        assert held["daily_steps"] == [780.0] * 3
        nights = intake.store.episodes(["sleep"], [person.id], FIRST, date(2026, 3, 4))
        assert sorted(nights["log"].to_pylist()) == ["n0", "n1", "n2"]


@pytest.mark.parametrize("abroad", ["Pacific/Kiritimati", "Asia/Kathmandu", "Etc/GMT+12"])
def test_heart_rate_of_a_traveller_is_whole_though_only_its_own_days_are_asked_for(
    intake: Intake, study: Study, service: Double, abroad: str
) -> None:
    account = service.people["A"]
    account.points["heart-rate"] = [
        sample("heartRate", at + timedelta(hours=hour), beatsPerMinute=str(60 + hour))
        for at in (datetime(2026, 3, 1 + day, tzinfo=zone_named(abroad)) for day in range(3))
        for hour in range(24)
    ]
    person = joined(intake, study, f"A-{abroad[-3:]}".replace("+", "-"), "A")

    for _ in range(2):
        sync(intake, Request([person], since=FIRST, families=frozenset({"heart"})))

    assert values(intake.store, "heart_rate", person.id) == [60.0 + hour for hour in range(24)] * 3
    daily = read(intake.store, "heart_rate", "1d", person.id)
    assert [row["count"] for row in daily] == [24] * 3


def test_a_partial_grant_brings_what_was_granted(intake: Intake, study: Study) -> None:
    person = joined(intake, study, "A-partial", "A", without="activity")

    summary = sync(intake, Request([person]))

    assert summary.problems == []
    assert intake.registry.grants.of(person, "google-health").state == State.PARTIAL
    assert len(stored(intake, person)["heart_rate"]) == 120
    assert stored(intake, person)["steps"] == []


def test_faults_at_random_end_in_the_data_of_a_calm_day(
    intake: Intake, study: Study, service: Double
) -> None:
    calm = joined(intake, study, "B-calm", "B")
    sync(intake, Request([calm], families=FAMILIES))
    other = intake.registry.create_study(f"{study.code}-STORM")
    stormy = joined(intake, other, "B-storm", "B")
    service.faults.smaller_pages, service.faults.empty_pages = 50, True
    service.faults.often, service.faults.latency_s = 0.5, 0.001
    failed = 0

    for _ in range(20):
        failed += sync(intake, Request([stormy], families=FAMILIES)).failed
        if stored(intake, stormy) == stored(intake, calm):
            break

    assert failed > 0
    assert stored(intake, stormy) == stored(intake, calm)


def test_what_was_archived_gives_the_same_again(intake: Intake, study: Study) -> None:
    person = joined(intake, study, "C-again", "C")
    sync(intake, Request([person]))
    before = stored(intake, person)

    done = replay(intake, [person])

    assert done.payloads > 0
    assert stored(intake, person) == before


def test_a_withdrawn_consent_expires_the_grant(
    intake: Intake, study: Study, service: Double
) -> None:
    service.gate.lasts_s = 60
    person = joined(intake, study, "A-gone", "A")
    service.gate.revoke("A")

    summary = sync(intake, Request([person]))

    assert summary.outcome == "failed"
    assert intake.registry.grants.of(person, "google-health").state == State.EXPIRED
