"""Participants: enrolled, changed, paused, withdrawn."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from wearhouse.cli.console import path, say, show
from wearhouse.cli.opening import acting, opened, settings
from wearhouse.cli.opening import actor as who
from wearhouse.cli.people import Day, Json, StudyCode, participant
from wearhouse.enrolling import contacts, enrolment, entrants
from wearhouse.enrolling.contacts import DETAILS
from wearhouse.enrolling.entrants import Entrant
from wearhouse.errors import Invalid
from wearhouse.leaving.withdrawing import Leaving, leave
from wearhouse.study import Participant, checked_code
from wearhouse.team import audit
from wearhouse.team.acting import Acting
from wearhouse.window import zone_named

Zone = Annotated[str | None, typer.Option(help="Their home clock.")]
Site = Annotated[str | None, typer.Option(help="A site's code.")]
Arm = Annotated[str | None, typer.Option(help="An arm's code.")]
When = Annotated[datetime | None, Day]
Why = Annotated[str, typer.Option(help="For the audit trail.")]
COLUMNS = ("code", "study", "site", "status", "timezone", "enrolled_on", "withdrawn_on")


@participant.command("list")
def list_participants(study: StudyCode = None, as_json: Json = False) -> None:
    """Every participant (of a study)."""
    with acting() as at_work:
        rows = _rows(at_work, at_work.registry.participants(study))
    show(rows, as_json, COLUMNS)


@participant.command("add")
def add_participant(
    code: str,
    study: StudyCode = None,
    timezone: Zone = None,
    site: Site = None,
    arm: Arm = None,
    enrolled_on: When = None,
    starts_on: When = None,
    ends_on: When = None,
    as_json: Json = False,
) -> None:
    """Enrol a participant."""
    with acting() as at_work:
        within = at_work.registry.only_study(study)
        one = Entrant(
            checked_code(code), timezone or "", site or "", arm or "",
            _date(enrolled_on), _date(starts_on), _date(ends_on),
        )  # fmt: skip
        [made] = enrolment.enrol(at_work, within, [one], settings().timezone)
        rows = _rows(at_work, [made])
    if as_json:
        show(rows, as_json)
    else:
        say(f"{made.code} is a participant of {made.study}.")


@participant.command("import")
def import_participants(
    file: Annotated[Path, typer.Argument(help="A CSV file, or a list of codes.")],
    study: StudyCode = None,
    timezone: Zone = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look at it.")] = False,
    as_json: Json = False,
) -> None:
    """Enrol the people of a CSV file, all or none. Its heading has `code` and may have timezone,
    site, arm, enrolled_on, starts_on, ends_on, name, email, phone, language, preference."""
    try:
        text = path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{file} cannot be read: {error}.", "file") from error
    with acting() as at_work:
        within = at_work.registry.only_study(study)
        people, zone = entrants.listed(text), timezone or settings().timezone
        if dry_run:
            enrolment.check(at_work, within, people, zone)
            say(f"{len(people)} people can be enrolled in {within.code}.")
            return
        rows = _rows(at_work, enrolment.enrol(at_work, within, people, zone))
    if as_json:
        show(rows, as_json)
    else:
        say(f"{len(rows)} people are participants of {within.code}.")


@participant.command("change")
def change_participant(
    code: str,
    study: StudyCode = None,
    timezone: Zone = None,
    site: Site = None,
    arm: Arm = None,
    enrolled_on: When = None,
    starts_on: When = None,
    ends_on: When = None,
    reason: Why = "",
    as_json: Json = False,
) -> None:
    """Change fields of a participant; what they were stays in the history."""
    given = {
        "timezone": timezone, "site": site, "arm": arm, "enrolled_on": _date(enrolled_on),
        "starts_on": _date(starts_on), "ends_on": _date(ends_on),
    }  # fmt: skip
    values = {name: value for name, value in given.items() if value is not None}
    with acting() as at_work:
        person = at_work.registry.participant_named(code, study)
        rows = _rows(at_work, [enrolment.change(at_work, person, values, reason)])
    show(rows, as_json, COLUMNS)


@participant.command("pause")
def pause_participant(
    code: str,
    study: StudyCode = None,
    first_on: When = None,
    last_on: When = None,
    reason: Why = "",
) -> None:
    """Expect nothing of a participant, from today on or on the days given."""
    with acting() as at_work:
        person = at_work.registry.participant_named(code, study)
        made = enrolment.pause(
            at_work, person, _date(first_on) or _today(person), _date(last_on), reason
        )
    until = f"to {made.last_on}" if made.last_on else "until they resume"
    say(f"{code} pauses from {made.first_on} {until}.")


@participant.command("resume")
def resume_participant(
    code: str, study: StudyCode = None, on: When = None, reason: Why = ""
) -> None:
    """End the pause that is open."""
    with acting() as at_work:
        person = at_work.registry.participant_named(code, study)
        enrolment.resume(at_work, person, _date(on) or _today(person), reason)
    say(f"{code} takes part again.")


@participant.command("withdraw")
def withdraw_participant(
    code: str,
    reason: Annotated[str, typer.Option(help="Why they leave.")],
    study: StudyCode = None,
    on: When = None,
    part: Annotated[
        bool, typer.Option("--part", help="Destroy contact details and accounts' names, too.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let a participant leave: grants are given back, and what was collected stays."""
    with opened() as wearhouse:
        at_work = Acting(who(), wearhouse.registry.seen_by(who()), wearhouse.secrets)
        person = at_work.registry.participant_named(code, study)
        leaving = Leaving.PART if part else Leaving.KEEP
        day = _date(on) or _today(person)
        receipt = leave(at_work, wearhouse.intake.consents, person, leaving, day, reason)
    if as_json:
        show([_plain(receipt)], as_json)
        return
    say(f"{code} has left on {receipt.withdrawn_on}.")
    for note in receipt.notes:
        say(note)
    for export in receipt.exports:
        say(f"An export that holds their data: {export}.")


@participant.command("contact")
def show_contact(code: str, study: StudyCode = None, as_json: Json = False) -> None:
    """Show how a participant is reached. That it was looked at is noted."""
    with acting() as at_work:
        person = at_work.registry.participant_named(code, study)
        found = contacts.read(at_work, person)
    row = {name: getattr(found, name) for name in (*DETAILS, "opted_out_at")}
    show([row], as_json)


@participant.command("history")
def show_history(code: str, study: StudyCode = None, as_json: Json = False) -> None:
    """What was done about a participant, the newest first."""
    with acting() as at_work:
        rows = audit.history(at_work, at_work.registry.participant_named(code, study))
    show(rows, as_json, ("at", "actor", "act", "before", "after", "reason"))


def _rows(at_work: Acting, people: Sequence[Participant]) -> list[dict[str, Any]]:
    standing = enrolment.standings(at_work, people)
    return [
        {
            "code": person.code, "study": person.study, "timezone": person.timezone,
            "enrolled_on": person.enrolled_on, "withdrawn_on": person.withdrawn_on,
            **standing[person.study, person.code],
        }
        for person in people
    ]  # fmt: skip


def _plain(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _today(person: Participant) -> date:
    return datetime.now(UTC).astimezone(zone_named(person.timezone)).date()
