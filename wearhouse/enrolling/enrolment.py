"""Taking part in a study: enrolled, changed, paused, resumed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from wearhouse.enrolling import contacts
from wearhouse.enrolling.contacts import NOTHING
from wearhouse.enrolling.entrants import Entrant
from wearhouse.errors import BadRows, Conflict, Invalid, WearhouseError
from wearhouse.study import Participant, Pause, Right, Study, status_on
from wearhouse.team import audit
from wearhouse.team.acting import Acting
from wearhouse.window import zone_named

FIELDS = ("timezone", "site", "arm", "enrolled_on", "starts_on", "ends_on")
"""What can be changed of a participant."""


def enrol(
    acting: Acting, study: Study, people: Sequence[Entrant], timezone: str, reason: str = ""
) -> list[Participant]:
    """New participants, all or none, on the usual clock where they have none of their own.
    BadRows names everybody who cannot be taken."""
    check(acting, study, people, timezone)
    registry = acting.registry
    with registry.together():
        registry.enrolments.add(study, [_row(one, timezone) for one in people])
        made = registry.participants_named([one.code for one in people], study.code)
        for person, one in zip(made, people, strict=True):
            if one.contact != NOTHING:
                registry.contacts.keep(person, contacts.sealed(acting.secrets, one.contact))
        for person, one in zip(made, people, strict=True):
            after = _row(one, timezone) | audit.digests(acting, contacts.details(one.contact))
            audit.record(acting, "participant.enrol", person, None, {}, audit.plain(after), reason)
    return made


def change(
    acting: Acting, participant: Participant, values: Mapping[str, Any], reason: str = ""
) -> Participant:
    """A participant with other fields. What they were before stays in the audit trail."""
    acting.needs(Right.EDIT_PEOPLE)
    study = acting.registry.study_named(participant.study)
    if not values:
        raise Invalid("Say what is to be changed.")
    unknown = values.keys() - set(FIELDS)
    if unknown:
        raise Invalid(f"{min(unknown)} of a participant cannot be changed.", min(unknown))
    if values.get("timezone"):
        zone_named(values["timezone"])
    if "arm" in values:
        acting.needs_arm(study)
    if "site" in values:
        acting.reaches(study.code, values["site"])
    then = replace(participant, **values)
    if then.starts_on and then.ends_on and then.ends_on < then.starts_on:
        raise Invalid("ends_on is before starts_on.", "ends_on")
    before = {name: getattr(participant, name) for name in values}
    with acting.registry.together():
        acting.registry.enrolments.change(participant, study, values)
        record = audit.plain(before), audit.plain(values), reason
        audit.record(acting, "participant.change", participant, None, *record)
    return acting.registry.participant_named(participant.code, study.code)


def pause(
    acting: Acting,
    participant: Participant,
    first_on: date,
    last_on: date | None = None,
    reason: str = "",
) -> Pause:
    """Expect nothing of a participant on some civil days, or from a day on until they resume."""
    acting.needs(Right.EDIT_PEOPLE)
    if last_on and last_on < first_on:
        raise Invalid("The pause ends before it begins.", "last_on")
    if participant.withdrawn_on and participant.withdrawn_on <= first_on:
        raise Conflict(f"{participant.code} has withdrawn and cannot be paused.", "participant")
    made = Pause(first_on, last_on, reason)
    after = audit.plain({"first_on": first_on, "last_on": last_on})
    with acting.registry.together():
        acting.registry.pauses.begin(participant, made)
        audit.record(acting, "participant.pause", participant, None, {}, after, reason)
    return made


def resume(acting: Acting, participant: Participant, on: date, reason: str = "") -> Pause:
    """End the pause that is open; on that civil day data are expected again."""
    acting.needs(Right.EDIT_PEOPLE)
    with acting.registry.together():
        ended = acting.registry.pauses.end(participant, on - timedelta(days=1))
        after = audit.plain({"resumed_on": on})
        audit.record(acting, "participant.resume", participant, None, {}, after, reason)
    return ended


def standings(
    acting: Acting, people: Sequence[Participant]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Site, status and dates of participants by study and code; the arm only where the actor may
    know it: elsewhere there is no such field."""
    acting.needs(Right.READ)
    pauses, now = acting.registry.pauses.all(), datetime.now(UTC)
    told = {study.code for study in acting.registry.studies() if acting.knows_arm(study)}
    found = {}
    for person in people:
        today = now.astimezone(zone_named(person.timezone)).date()
        fields: dict[str, Any] = {
            "site": person.site,
            "status": status_on(person, pauses.get(person.id, ()), today),
            "starts_on": person.starts_on,
            "ends_on": person.ends_on,
        }
        arm = {"arm": person.arm} if person.study in told else {}
        found[person.study, person.code] = fields | arm
    return found


def check(acting: Acting, study: Study, people: Sequence[Entrant], timezone: str) -> None:
    """Refuse people of whom some cannot be taken; BadRows names each of them."""
    acting.needs(Right.EDIT_PEOPLE)
    zone_named(timezone)
    registry = acting.registry
    known = {group.code for group in registry.sites.all(study)}
    arms = {group.code for group in registry.arms.all(study)}
    taken = registry.codes(study)
    problems: list[tuple[int, str]] = []
    for place, one in enumerate(people, 1):
        try:
            acting.reaches(study.code, one.site or None)
            if one.arm:
                acting.needs_arm(study)
            if one.contact != NOTHING:
                acting.needs(Right.READ_CONTACTS)
        except WearhouseError as error:
            problems.append((place, str(error)))
            continue
        if one.code in taken:
            problems.append((place, f"{one.code} is a participant of {study.code} already."))
        elif one.site and one.site not in known:
            problems.append((place, f"{study.code} has no site {one.site!r}."))
        elif one.arm and one.arm not in arms:
            problems.append((place, f"{study.code} has no arm {one.arm!r}."))
    if problems:
        raise BadRows(len(people), problems)


def _row(one: Entrant, timezone: str) -> dict[str, Any]:
    return {
        "code": one.code,
        "timezone": one.timezone or timezone,
        "site": one.site or None,
        "arm": one.arm or None,
        "enrolled_on": one.enrolled_on,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
    }
