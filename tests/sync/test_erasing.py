"""Whoever is erased is nowhere any more, and everybody else is as before."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from builders import read, samples, values
from cloud import START, Clock, Cloud, connect, nights, run, wear

from wearhouse.errors import Conflict, Invalid, NotAllowed, NotFound, StoreUnavailable
from wearhouse.leaving.erasing import Erased, erase
from wearhouse.levels import LEVELS
from wearhouse.registry import tables
from wearhouse.registry.devices import Heartbeat
from wearhouse.registry.erasing import leading_to
from wearhouse.runtime import Wearhouse
from wearhouse.store import Store
from wearhouse.study import Actor, Participant, Role
from wearhouse.sync.attempts import Intake
from wearhouse.sync.replay import replay
from wearhouse.team import audit
from wearhouse.team.acting import Acting

Enrol = Callable[..., Participant]
MARK = "a record that nobody else has"
EMPTY = b'{"rows": [], "next": ""}'


@pytest.fixture
def anna(join: Enrol) -> Participant:
    return join()


@pytest.fixture
def bert(join: Enrol) -> Participant:
    return join()


@pytest.fixture
def synced(
    intake: Intake, cloud: Cloud, anna: Participant, bert: Participant, clock: Clock
) -> Iterator[Intake]:
    """Both were synced, with data, a device, refused records and pages that are the same."""
    for person, value in ((anna, 60.0), (bert, 70.0)):
        for day in range(3):
            wear(cloud, person, day, value)
        beat = Heartbeat(
            person.code, "cloud", "D-1", "TRACKER", "Band", None, 71.0, None, START, START
        )
        intake.registry.devices.report(person, beat)
    run(intake, anna, bert)
    digest = intake.payloads.put(EMPTY)
    for person in (anna, bert):
        attempt = intake.registry.runs.attempts(participant=person)[0]
        [*_, archived] = intake.registry.syncs.payloads(attempt.id)
        intake.registry.syncs.archived(attempt.id, person, replace(archived, digest=digest))
        out = {"person": person.code, "reason": "no", "record": f"heart_rate of {person.code}"}
        intake.registry.syncs.quarantine(attempt.id, "cloud/heart", [out])
    refused = {"person": anna.code, "position": 3, "reason": "no", "record": MARK}
    study = intake.registry.study_named(anna.study)
    load = intake.registry.begin_load(study.id, f"files/{anna.code}.csv", "csv")
    intake.registry.quarantine(load, f"{anna.code}.csv", [refused])
    return intake


def by(intake: Intake, role: Role = Role.MANAGER) -> Acting:
    return Acting(Actor("maria", role), intake.registry, intake.consents.secrets)


def erased(intake: Intake, person: Participant, role: Role = Role.MANAGER) -> Erased:
    at_work = by(intake, role)
    return erase(at_work, intake.store, intake.payloads, intake.consents, person, "asked for it")


def leading(intake: Intake, person: Participant) -> dict[str, int]:
    """How many rows of each table of the registry lead to a participant."""
    found = {}
    with intake.registry.engine.connect() as rows:
        for table in tables.metadata.tables.values():
            theirs = leading_to(table, person)
            if theirs is not None:
                many = sa.select(sa.func.count()).select_from(table).where(theirs)
                found[table.name] = rows.execute(many).scalar_one()
    return found


def kept(intake: Intake, person: Participant) -> dict[str, object]:
    store = intake.store
    levels = {level: read(store, "heart_rate", level, person.id) for level in LEVELS}
    return {**levels, "nights": nights(store, person), "rows": leading(intake, person)}


def test_nothing_is_left_of_whoever_is_erased_and_everybody_else_is_as_before(
    synced: Intake, anna: Participant, bert: Participant
) -> None:
    before, digests = kept(synced, bert), synced.registry.erasing.digests(anna)

    done = erased(synced, anna)

    assert done.rows > 0
    assert done.payloads == len(digests.own) > 0
    assert done.payloads_kept == len(digests.shared) > 0
    assert anna.id not in synced.store.participants()
    assert set(leading(synced, anna).values()) == {0}
    for digest in digests.own:
        with pytest.raises(NotFound):
            synced.payloads.read(digest)
    assert EMPTY in [synced.payloads.read(digest) for digest in digests.shared]
    assert kept(synced, bert) == before
    assert MARK not in {one.record for one in synced.registry.quarantined(1_000)}


def test_the_receipt_counts_what_was_removed(synced: Intake, anna: Participant) -> None:
    there = {name: many for name, many in leading(synced, anna).items() if many}

    done = erased(synced, anna)

    of_files = {"quarantine": there["quarantine"] + 1}
    locks = {"locks": done.registry["locks"]}
    assert dict(done.registry) == there | of_files | locks
    assert there.keys() >= {"grants", "watermarks", "attempts", "payloads", "heartbeats"}
    assert (done.participant, done.reason, done.revoked) == (anna.code, "asked for it", ("cloud",))


def test_the_receipt_names_every_earlier_export_that_holds_their_data(
    synced: Intake, anna: Participant, bert: Participant
) -> None:
    audit.export(by(synced), [anna, bert], "heart_rate as csv")
    audit.export(by(synced), [bert], "steps as csv")
    for _ in range(600):
        audit.export(by(synced), [bert], "another of somebody else")

    done = erased(synced, anna)

    assert [export.partition(" ")[2] for export in done.exports] == ["heart_rate as csv"]
    [entry] = synced.registry.audit.found(10, participant=anna.code, act="participant.erase")
    assert entry["after"]["exports"] == list(done.exports)


def test_that_somebody_was_erased_stays_in_the_trail(synced: Intake, anna: Participant) -> None:
    erased(synced, anna)

    [entry] = synced.registry.audit.found(10, participant=anna.code, act="participant.erase")
    assert (entry["actor"], entry["reason"]) == ("maria", "asked for it")
    assert entry["after"]["registry"]["grants"] == 1
    assert synced.registry.audit.verdict().sound


def test_an_erased_record_stands_in_no_file_of_the_registry(
    synced: Intake, anna: Participant, wearhouse_open: Wearhouse
) -> None:
    home = wearhouse_open.settings.home

    def files() -> bytes:
        return b"".join(file.read_bytes() for file in home.glob("registry.sqlite*"))

    before = files()
    erased(synced, anna)

    assert MARK.encode() in before
    assert MARK.encode() not in files()


def test_the_vendor_is_told_and_one_that_cannot_be_is_named(
    synced: Intake, cloud: Cloud, anna: Participant, bert: Participant
) -> None:
    told = erased(synced, anna)
    cloud.unreachable = True
    untold = erased(synced, bert)

    assert anna.code not in cloud.lasting.values()
    assert not any("cloud" in note for note in told.notes)
    assert any("Cloud cannot be reached" in note for note in untold.notes)


def test_nobody_is_erased_under_a_sync(synced: Intake, anna: Participant, store: Store) -> None:
    held = values(store, "heart_rate", anna.id)
    synced.registry.locks.take(f"sync/{anna.id}/cloud", "elsewhere:1:word:word")

    with pytest.raises(Conflict, match="at work"):
        erased(synced, anna)

    assert values(store, "heart_rate", anna.id) == held != []
    assert leading(synced, anna)["payloads"] > 0


def test_an_erasure_that_broke_off_is_ended_by_the_next(synced: Intake, anna: Participant) -> None:
    class Down:
        """A store that does not answer."""

        def forget(self, _participant: int) -> int:
            raise StoreUnavailable("The store does not answer.")

    with pytest.raises(StoreUnavailable):
        erased(replace(synced, store=Down()), anna)  # type: ignore[arg-type]
    done = erased(synced, anna)

    assert done.rows > 0
    assert anna.id not in synced.store.participants()
    assert set(leading(synced, anna).values()) == {0}


def test_erasing_takes_a_right_and_a_reason(synced: Intake, anna: Participant) -> None:
    with pytest.raises(NotAllowed):
        erased(synced, anna, Role.ANALYST)
    with pytest.raises(Invalid, match="why"):
        erase(by(synced), synced.store, synced.payloads, synced.consents, anna, " ")

    assert leading(synced, anna)["participants"] == 1


def test_what_others_have_can_be_replayed_after_an_erasure(
    synced: Intake, anna: Participant, bert: Participant, cloud: Cloud
) -> None:
    before = values(synced.store, "heart_rate", bert.id)
    erased(synced, anna)

    done = replay(synced, [bert])

    assert values(synced.store, "heart_rate", bert.id) == before
    assert done.payloads > 0


def test_whoever_takes_the_code_afterwards_starts_from_nothing(
    synced: Intake, anna: Participant, store: Store
) -> None:
    erased(synced, anna)

    again = synced.registry.enrol(anna.study, anna.code, "UTC", START.date())

    later = datetime.now(UTC) - timedelta(days=1)
    assert values(store, "heart_rate", again.id) == []
    store.write(samples(again.id, "heart_rate", [60.0], later))
    assert values(store, "heart_rate", again.id) == [60.0]
    assert connect(synced, again).state == "active"
