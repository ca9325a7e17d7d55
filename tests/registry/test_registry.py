"""Who, what and when."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from wearhouse.errors import Conflict, Invalid, NotFound, NotSignedIn
from wearhouse.registry import Registry, access, connection, open_registry
from wearhouse.study import Role

REFUSED = {"person": "anna", "position": 3, "reason": "the value is not a number", "record": "x"}


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    opened = open_registry(f"sqlite:///{tmp_path}/deep/registry.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize("code", ["", " ", "a b", "-a", "é", "a/b", "a" * 65, "a\n"])
def test_a_code_is_plain(registry: Registry, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        registry.create_study(code)

    assert refusal.value.parameter == "code"
    assert registry.studies() == []


def test_nobody_is_enrolled_twice_in_a_study_but_may_be_in_two(registry: Registry) -> None:
    for study in ("S1", "S2"):
        registry.create_study(study)
        registry.enrol(study, "anna", "Europe/Berlin")

    with pytest.raises(Conflict):
        registry.enrol("S1", "anna", "Europe/Berlin")
    with pytest.raises(Invalid, match="several studies"):
        registry.participant_named("anna")
    assert registry.participant_named("anna", "S2").study == "S2"


def test_a_participant_has_a_zone_that_exists(registry: Registry) -> None:
    registry.create_study("S1")

    with pytest.raises(Invalid):
        registry.enrol("S1", "anna", "Mars/Olympus")

    assert registry.participants() == []


def test_participants_come_in_the_order_asked_for_each_once(registry: Registry) -> None:
    registry.create_study("S1")
    for code in ("a", "b", "c"):
        registry.enrol("S1", code, "UTC")

    found = registry.participants_named(["c", "a", "c"])

    assert [person.code for person in found] == ["c", "a"]
    with pytest.raises(NotFound, match="'z'"):
        registry.participants_named(["a", "z"])


def test_the_only_study_needs_no_name_and_one_of_several_does(registry: Registry) -> None:
    with pytest.raises(NotFound):
        registry.only_study(None)
    made = registry.only_study(None, create="STUDY")
    assert registry.only_study(None) == made
    registry.create_study("S2")
    with pytest.raises(Invalid, match="S2, STUDY"):
        registry.only_study(None)


def test_a_refused_record_is_kept_once_however_often_its_file_is_loaded(registry: Registry) -> None:
    for _ in range(2):
        load = registry.begin_load(None, "a.csv", "csv")
        registry.quarantine(load, "a.csv", [REFUSED, REFUSED | {"position": 4}])

    assert [record.position for record in registry.quarantined(10)] == [4, 3]


def test_quarantine_is_read_page_by_page(registry: Registry) -> None:
    load = registry.begin_load(None, "a.csv", "csv")
    registry.quarantine(load, "a.csv", [REFUSED | {"position": at} for at in range(5)])

    first = registry.quarantined(3)
    rest = registry.quarantined(3, after=first[-1].id)

    assert [record.position for record in first + rest] == [4, 3, 2, 1, 0]


def test_a_load_is_running_until_it_is_done_or_failed(registry: Registry) -> None:
    loads = [registry.begin_load(None, name, "auto") for name in ("a", "b", "c")]
    registry.end_load(loads[0], "done", 5, 1, 2, "")
    registry.end_load(loads[1], "failed", 0, 0, 0, "b is damaged.")

    newest, failed, done = registry.loads()

    assert (newest.outcome, newest.finished_at) == ("running", None)
    assert (failed.outcome, failed.detail) == ("failed", "b is damaged.")
    assert (done.samples, done.episodes, done.quarantined) == (5, 1, 2)
    assert done.finished_at
    assert done.finished_at >= done.started_at


def test_only_digests_of_secrets_are_kept(registry: Registry, tmp_path: Path) -> None:
    key = registry.access.create_key("k", Role.ANALYST)
    token = registry.access.create_login("carla", Role.COORDINATOR)
    session = registry.access.sign_in(token)
    registry.close()

    kept = b"".join(path.read_bytes() for path in (tmp_path / "deep").iterdir())

    for secret in (key, token, session):
        assert secret.encode() not in kept


@pytest.mark.parametrize("lasts", ["LOGIN_LASTS", "SESSION_LASTS"])
def test_links_and_sessions_end(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, lasts: str
) -> None:
    monkeypatch.setattr(access, lasts, timedelta(seconds=-1))
    token = registry.access.create_login("carla", Role.COORDINATOR)

    with pytest.raises(NotSignedIn):
        registry.access.signed_in(registry.access.sign_in(token))


def test_the_schema_goes_up_and_down_and_up_again(registry: Registry) -> None:
    registry.create_study("S1")

    connection.migrate(registry.engine, "base")
    connection.migrate(registry.engine)

    assert registry.studies() == []


def test_a_registry_opened_again_knows_what_it_knew(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/registry.sqlite"
    first = open_registry(url)
    first.create_study("S1")
    first.close()

    second = open_registry(url)

    assert [study.code for study in second.studies()] == ["S1"]
    second.close()
