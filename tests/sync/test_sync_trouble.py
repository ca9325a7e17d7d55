"""The delta load when something goes wrong: what is noted, and what goes on."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import values
from cloud import HEART, SLEEP, START, Clock, Cloud, run, wear

from wearhouse.errors import NotFound, SourceUnavailable, StoreUnavailable, WearhouseError
from wearhouse.sources.live import Family
from wearhouse.store import Store
from wearhouse.study import Participant, State, Study
from wearhouse.sync.attempts import Intake
from wearhouse.sync.fetching import Summary
from wearhouse.sync.freshness import freshness
from wearhouse.sync.replay import replay
from wearhouse.window import DAY_MS, millis

Enrol = Callable[..., Participant]


def test_one_participants_failure_stops_nobody_else(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store
) -> None:
    anna, bert = join(), join()
    for person in (anna, bert):
        wear(cloud, person, 4)

    def trouble(subject: str, _family: Family) -> None:
        if subject == anna.code:
            raise SourceUnavailable("Cloud answers 429 Too Many Requests.")

    cloud.trouble = trouble
    summary = run(intake, anna, bert)

    assert summary.outcome == "partial"
    assert {code for code, _ in summary.problems} == {anna.code}
    assert values(store, "heart_rate", anna.id) == []
    assert len(values(store, "heart_rate", bert.id)) == 18


def test_a_watermark_never_moves_past_a_failure(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store, clock: Clock
) -> None:
    anna = join()
    marks = intake.registry.syncs.watermarks
    run(intake, anna)
    before = marks(anna, "cloud")
    for day in range(5, 25):
        wear(cloud, anna, day)
    clock.now += timedelta(days=20)
    pages = iter([None, None, None])  # the first stretch of the heart arrives, then no more

    def trouble(_subject: str, family: Family) -> None:
        if family == HEART and next(pages, "over") == "over":
            raise SourceUnavailable("Cloud answers 500.")

    cloud.trouble = trouble
    run(intake, anna)
    between = marks(anna, "cloud")
    cloud.trouble = lambda _subject, _family: None
    run(intake, anna)

    assert before["heart"].until_at < between["heart"].until_at < START + timedelta(days=13)
    assert between["activity"].until_at == clock.now
    assert marks(anna, "cloud")["heart"].until_at == clock.now
    assert len(values(store, "heart_rate", anna.id)) == 20 * 18


def test_a_token_that_ends_is_refreshed_on_the_way(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store
) -> None:
    anna = join()
    wear(cloud, anna, 4)
    cloud.good.clear()

    summary = run(intake, anna)

    assert summary.outcome == "done"
    assert len(values(store, "heart_rate", anna.id)) == 18


def test_a_permission_taken_away_is_an_expired_grant_and_is_not_asked_again(
    intake: Intake, cloud: Cloud, join: Enrol
) -> None:
    anna = join()
    cloud.forget(anna.code)

    summary = run(intake, anna)
    asked = len(cloud.asked)
    again = run(intake, anna)

    grant = intake.registry.grants.of(anna, "cloud")
    assert summary.outcome == "failed"
    assert (grant.state, grant.token) == (State.EXPIRED, None)
    assert "revoked or has expired" in grant.detail
    assert (again.grants, len(cloud.asked)) == (0, asked)


def test_families_that_were_not_granted_are_left_out(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store
) -> None:
    cloud.granted = frozenset({"heart"})
    anna = join()
    wear(cloud, anna, 4)

    summary = run(intake, anna)

    assert intake.registry.grants.of(anna, "cloud").state == State.PARTIAL
    assert summary.outcome == "done"
    assert values(store, "steps", anna.id) == []
    assert len(values(store, "heart_rate", anna.id)) == 18


def test_a_scope_taken_away_is_noted_and_the_rest_goes_on(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store
) -> None:
    anna = join()
    wear(cloud, anna, 4)
    cloud.granted = frozenset({"heart", "activity"})

    summary = run(intake, anna)

    assert summary.outcome == "partial"
    assert intake.registry.grants.of(anna, "cloud").state == State.PARTIAL
    assert len(values(store, "steps", anna.id)) == 18


def test_a_store_that_is_down_ends_the_run(intake: Intake, cloud: Cloud, join: Enrol) -> None:
    class Down:
        """A store that neither takes nor tells anything."""

        def __getattr__(self, _question: str) -> Callable[..., None]:
            def silence(*_asked: object) -> None:
                raise StoreUnavailable("The store does not answer.")

            return silence

    anna = join()
    wear(cloud, anna, 4)

    with pytest.raises(StoreUnavailable):
        run(replace(intake, store=Down()), anna)  # type: ignore[arg-type]

    [newest, *_] = intake.registry.runs.all()
    assert (newest.outcome, newest.detail) == ("failed", "The store does not answer.")
    assert intake.registry.syncs.watermarks(anna, "cloud") == {}


def test_a_source_that_breaks_is_told_in_words_without_its_secrets(
    intake: Intake, cloud: Cloud, join: Enrol, caplog: pytest.LogCaptureFixture
) -> None:
    anna = join()

    def trouble(_subject: str, _family: Family) -> None:
        raise TypeError("access-secret")

    cloud.trouble = trouble
    summary = run(intake, anna)

    assert summary.problems[0] == (anna.code, "cloud failed in an unforeseen way (TypeError).")
    assert "access-secret" not in repr(intake.registry.runs.attempts(participant=anna))


def test_records_that_cannot_be_true_are_quarantined_once(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store
) -> None:
    anna = join()
    wear(cloud, anna, 4)
    at = millis(START) + 4 * DAY_MS
    cloud.accounts[anna.code].samples["heart_rate", at] = (0, 900.0)

    first, _second = run(intake, anna), run(intake, anna)

    mine = [one for one in intake.registry.quarantined(1_000) if one.person == anna.code]
    assert first.quarantined == 1
    assert [(one.file, one.reason) for one in mine] == [
        ("cloud/heart", "heart_rate outside 20 to 250 /min")
    ]
    assert 900.0 not in values(store, "heart_rate", anna.id)


def test_two_runs_at_once_never_read_the_same_grant(
    intake: Intake, cloud: Cloud, join: Enrol
) -> None:
    anna = join()
    inside, go_on = threading.Event(), threading.Event()

    def trouble(_subject: str, _family: Family) -> None:
        inside.set()
        go_on.wait(20)

    cloud.trouble = trouble
    first: list[Summary] = []
    beside = threading.Thread(target=lambda: first.append(run(intake, anna)))
    beside.start()
    inside.wait(20)
    second = run(intake, anna)
    go_on.set()
    beside.join()

    assert second.attempts == 0
    assert "Another run is at work" in second.problems[0][1]
    assert first[0].outcome == "done"


def test_an_attempt_that_failed_half_way_is_not_replayed(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store
) -> None:
    anna = join()
    for day in range(5):
        wear(cloud, anna, day)
    run(intake, anna)
    pages = iter([None])

    def trouble(_subject: str, family: Family) -> None:
        if family == HEART and next(pages, "over") == "over":
            raise SourceUnavailable("Cloud sent an answer that is cut off.")

    cloud.trouble = trouble
    run(intake, anna)
    replay(intake, [anna])

    assert len(values(store, "heart_rate", anna.id)) == 5 * 18


def test_freshness_says_what_is_complete_and_what_is_wrong(
    intake: Intake, cloud: Cloud, join: Enrol, study: Study, clock: Clock
) -> None:
    anna, bert = join(), join()
    run(intake, anna, bert)
    read_at = clock.now
    clock.now += timedelta(days=1)

    def trouble(subject: str, family: Family) -> None:
        if subject == bert.code and family == SLEEP:
            raise SourceUnavailable("Cloud answers 503.")

    cloud.trouble = trouble
    run(intake, anna, bert)

    lines = {line.participant: line for line in freshness(intake.registry, study.code)}
    assert (lines[anna.code].until_at, lines[anna.code].problem) == (clock.now, "")
    assert (lines[bert.code].until_at, lines[bert.code].problem) == (read_at, "Cloud answers 503.")
    assert lines[anna.code].history_from == START.date()
    assert intake.registry.runs.behind(study) == {bert.id}


def test_a_source_that_is_not_installed_is_refused(intake: Intake, join: Enrol) -> None:
    with pytest.raises(NotFound) as refusal:
        run(intake, join(), source="nimbus")

    assert refusal.value.parameter == "source"
    assert isinstance(refusal.value, WearhouseError)
