"""Whose grants are open, and how their devices are."""

from collections.abc import Sequence

from wearhouse.consent import grants
from wearhouse.errors import SourceUnavailable, Unavailable, WearhouseError
from wearhouse.registry.devices import Heartbeat
from wearhouse.registry.locks import new_owner
from wearhouse.sources.http import stopping
from wearhouse.study import OPEN, Grant, Participant
from wearhouse.sync.attempts import Intake


def open_grants(
    intake: Intake, participants: Sequence[Participant], source: str | None = None
) -> list[Grant]:
    """The grants of these participants that can be asked with: of one source or of all."""
    ids = {participant.id for participant in participants}
    if source is not None:
        intake.consents.source(source)
    return [
        grant
        for grant in intake.registry.grants.all(source=source)
        if grant.participant.id in ids
        and grant.state in OPEN
        and grant.source in intake.consents.sources
    ]


def lock_of(grant: Grant) -> str:
    """The lock that whoever asks with a grant holds."""
    return f"sync/{grant.participant.id}/{grant.source}"


def watch_devices(intake: Intake, participants: Sequence[Participant]) -> int:
    """Ask how everybody's devices are; how many reports were new. Whoever cannot be asked now
    is asked the next time."""
    new = 0
    for grant in open_grants(intake, participants):
        if intake.stop.is_set():
            break
        lock = (lock_of(grant), new_owner())
        if not intake.registry.locks.take(*lock):
            continue
        try:
            new += _watched(intake, grant)
        except SourceUnavailable:
            continue
        except Unavailable:
            raise
        except WearhouseError:
            continue
        finally:
            intake.registry.locks.release(*lock)
    return new


def _watched(intake: Intake, grant: Grant) -> int:
    consents, person = intake.consents, grant.participant
    grant = intake.registry.grants.of(person, grant.source)
    source = consents.source(grant.source)
    with stopping(intake.stop):
        _, reports = grants.asked(
            consents, grant, lambda token: source.devices(consents.client, token)
        )
    beats = [
        Heartbeat(
            person.code, grant.source, one.device, one.kind, one.model, one.firmware,
            one.battery_percent, one.battery_level, one.synced_at, one.reported_at,
        )
        for one in reports
    ]  # fmt: skip
    return sum(intake.registry.devices.report(person, beat) for beat in beats)
