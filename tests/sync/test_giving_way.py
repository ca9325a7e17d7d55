"""A sync that nobody waits for gives way to people who wait for answers."""

from threading import Thread

import pytest
from cloud import Cloud, wear
from starlette.testclient import TestClient
from test_standing import Enrol

from wearhouse.presence import Presence
from wearhouse.runtime import Wearhouse
from wearhouse.study import Participant
from wearhouse.sync import fetching as sync
from wearhouse.sync.attempts import Intake
from wearhouse.sync.fetching import Request, Summary

FOR_EVER = float("inf")


@pytest.fixture
def long_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever rests does so until it is told to stop."""
    monkeypatch.setattr(sync, "RESTS", 1e9)


@pytest.fixture
def person(cloud: Cloud, join: Enrol) -> Participant:
    """Somebody with several families to be read."""
    person = join()
    for day in range(3):
        wear(cloud, person, day)
    return person


def ran(intake: Intake, person: Participant, patient: bool) -> Summary:
    """A sync that is told to stop once an attempt is through."""
    done: list[Summary] = []
    request = Request([person], patient=patient)
    running = Thread(target=lambda: done.append(sync.sync(intake, request)))
    running.start()
    while running.is_alive() and not intake.registry.runs.attempts(participant=person):
        running.join(0.05)
    if patient:
        while not [a for a in intake.registry.runs.attempts() if a.outcome == "done"]:
            running.join(0.05)
        intake.stop.set()
    running.join()
    return done[0]


@pytest.mark.usefixtures("long_rests")
def test_a_patient_sync_rests_while_somebody_waits(intake: Intake, person: Participant) -> None:
    intake.presence.asked_at = FOR_EVER

    summary = ran(intake, person, patient=True)

    assert (summary.attempts, summary.outcome) == (1, "done")


@pytest.mark.usefixtures("long_rests")
def test_a_sync_that_somebody_asked_for_does_not_rest(intake: Intake, person: Participant) -> None:
    intake.presence.asked_at = FOR_EVER

    summary = ran(intake, person, patient=False)

    assert summary.attempts > 1


@pytest.mark.usefixtures("long_rests")
def test_where_nobody_waits_no_sync_rests(intake: Intake, person: Participant) -> None:
    summary = sync.sync(intake, Request([person], patient=True))

    assert summary.attempts > 1


def test_presence_is_felt_for_a_moment() -> None:
    presence = Presence()
    before = presence.is_felt()
    presence.note()
    then = presence.is_felt()
    presence.asked_at -= 60

    assert (before, then, presence.is_felt()) == (False, True, False)


def test_whoever_reads_is_noticed_and_whoever_watches_is_not(
    api: TestClient, wearhouse_open: Wearhouse
) -> None:
    presence = wearhouse_open.presence
    presence.asked_at = -FOR_EVER
    api.get("/metrics")
    watched = presence.asked_at
    api.get("/api/v1/studies")

    assert watched == -FOR_EVER < presence.asked_at
