"""Participants as the study team edits them: enrolled, changed, paused, withdrawn, reached."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from wearhouse.api.audit import EntryAnswer
from wearhouse.api.deps import TheActing, TheWearhouse, needs
from wearhouse.api.grants import TheirConsents
from wearhouse.api.refusals import RESPONSES
from wearhouse.enrolling import contacts, enrolment, entrants
from wearhouse.enrolling.contacts import Contact
from wearhouse.leaving.withdrawing import Leaving, leave
from wearhouse.study import Participant, Right, Status
from wearhouse.team import audit
from wearhouse.team.acting import Acting
from wearhouse.window import zone_named

router = APIRouter(tags=["people"], responses=RESPONSES)

READ, EDIT = needs(Right.READ), needs(Right.EDIT_PEOPLE)
CONTACT = needs(Right.READ_CONTACTS)
Code = Annotated[str, Path(max_length=64)]
StudyCode = Annotated[str | None, Query(max_length=64, description="A study's code.")]
Word = Annotated[str, Field(max_length=64)]
Text = Annotated[str, Field(max_length=300)]
Why = Annotated[str, Field("", max_length=1_000)]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2200, 1, 1))]


class ContactDetails(BaseModel):
    """How a participant is reached."""

    name: Text = ""
    email: Text = ""
    phone: Text = ""
    language: Text = ""
    preference: Text = ""


class ContactAnswer(ContactDetails):
    """How a participant is reached, and since when they want no messages."""

    model_config = ConfigDict(from_attributes=True)

    opted_out_at: datetime | None = None


class Entrant(ContactDetails):
    """Somebody about to take part."""

    code: Word
    timezone: Word = ""
    site: Word = ""
    arm: Word = ""
    enrolled_on: Day | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None


class Enrol(BaseModel):
    """People who take part in a study from now on, all or none."""

    study: Word | None = None
    participants: list[Entrant] = Field(min_length=1, max_length=entrants.MOST)
    timezone: Word = ""
    reason: Why


class EnrolList(BaseModel):
    """A pasted list of codes, or a CSV file's text. With `dry_run` it is only looked at."""

    study: Word | None = None
    text: str = Field(max_length=5_000_000)
    timezone: Word = ""
    dry_run: bool = False
    reason: Why


class PersonAnswer(BaseModel):
    """A participant as enrolled."""

    code: str
    study: str
    timezone: str
    enrolled_on: date | None
    withdrawn_on: date | None
    site: str | None
    status: Status
    starts_on: date | None
    ends_on: date | None
    arm: str | None = Field(None, description="Left out for those who must not know it.")


class Change(BaseModel):
    """Fields of a participant as they are to be; those left out stay."""

    timezone: Word = ""
    site: Word | None = None
    arm: Word | None = None
    enrolled_on: Day | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    reason: Why


class PauseAsked(BaseModel):
    """Days on which nothing is expected, both included; without an end until they resume."""

    first_on: Day
    last_on: Day | None = None
    reason: Why


class PauseAnswer(PauseAsked):
    """A pause."""

    model_config = ConfigDict(from_attributes=True)


class Resume(BaseModel):
    """The day from which data are expected again; today without one."""

    on: Day | None = None
    reason: Why


class Withdraw(BaseModel):
    """From which day on somebody has left (today without one), and what becomes of who it was:
    `keep`, or `part` from their contact details for good."""

    on: Day | None = None
    leaving: Leaving = Leaving.KEEP
    reason: str = Field(min_length=1, max_length=1_000)


class ReceiptAnswer(BaseModel):
    """What was done when somebody left. Exports made before hold their data."""

    model_config = ConfigDict(from_attributes=True)

    participant: str
    study: str
    leaving: Leaving
    at: datetime
    withdrawn_on: date
    revoked: list[str]
    removed: dict[str, int]
    notes: list[str]
    exports: list[str]


@router.post(
    "/participants", status_code=201, response_model_exclude_unset=True, dependencies=[EDIT]
)
def post_participants(
    asked: Enrol, acting: TheActing, wearhouse: TheWearhouse
) -> list[PersonAnswer]:
    """Enrol people, all or none; a refusal names everybody who cannot be taken."""
    study = acting.registry.only_study(asked.study)
    rows = [entrant.model_dump(mode="json", exclude_none=True) for entrant in asked.participants]
    zone = asked.timezone or wearhouse.settings.timezone
    people = enrolment.enrol(acting, study, entrants.entrants(rows), zone, asked.reason)
    return _answers(acting, people)


@router.post("/participants/import", response_model_exclude_unset=True, dependencies=[EDIT])
def post_participants_import(
    asked: EnrolList, acting: TheActing, wearhouse: TheWearhouse
) -> list[PersonAnswer]:
    """Enrol the people of a pasted list or a CSV file, all or none."""
    study = acting.registry.only_study(asked.study)
    zone = asked.timezone or wearhouse.settings.timezone
    listed = entrants.listed(asked.text)
    if asked.dry_run:
        enrolment.check(acting, study, listed, zone)
        return []
    return _answers(acting, enrolment.enrol(acting, study, listed, zone, asked.reason))


@router.patch("/participants/{code}", response_model_exclude_unset=True, dependencies=[EDIT])
def patch_participant(
    code: Code, asked: Change, acting: TheActing, study: StudyCode = None
) -> PersonAnswer:
    """Change fields of a participant; what they were before stays in the history."""
    person = acting.registry.participant_named(code, study)
    values = asked.model_dump(exclude_unset=True, exclude={"reason"})
    if not values.get("timezone"):
        values.pop("timezone", None)
    return _answers(acting, [enrolment.change(acting, person, values, asked.reason)])[0]


@router.post("/participants/{code}/pause", dependencies=[EDIT])
def post_pause(
    code: Code, asked: PauseAsked, acting: TheActing, study: StudyCode = None
) -> PauseAnswer:
    """Expect nothing of a participant for a while."""
    person = acting.registry.participant_named(code, study)
    made = enrolment.pause(acting, person, asked.first_on, asked.last_on, asked.reason)
    return PauseAnswer.model_validate(made)


@router.post("/participants/{code}/resume", dependencies=[EDIT])
def post_resume(
    code: Code, asked: Resume, acting: TheActing, study: StudyCode = None
) -> PauseAnswer:
    """End the pause that is open."""
    person = acting.registry.participant_named(code, study)
    ended = enrolment.resume(acting, person, asked.on or _today(person), asked.reason)
    return PauseAnswer.model_validate(ended)


@router.get("/participants/{code}/pauses", dependencies=[READ])
def get_pauses(code: Code, acting: TheActing, study: StudyCode = None) -> list[PauseAnswer]:
    """A participant's pauses, the first one first."""
    person = acting.registry.participant_named(code, study)
    return [PauseAnswer.model_validate(pause) for pause in acting.registry.pauses.of(person)]


@router.post("/participants/{code}/withdraw", dependencies=[EDIT])
def post_withdraw(
    code: Code, asked: Withdraw, acting: TheActing, consents: TheirConsents,
    study: StudyCode = None,
) -> ReceiptAnswer:  # fmt: skip
    """Let somebody leave: grants are given back, and what was collected stays."""
    person = acting.registry.participant_named(code, study)
    on = asked.on or _today(person)
    receipt = leave(acting, consents, person, asked.leaving, on, asked.reason)
    return ReceiptAnswer.model_validate(receipt)


@router.get("/participants/{code}/contact", dependencies=[CONTACT])
def get_contact(code: Code, acting: TheActing, study: StudyCode = None) -> ContactAnswer:
    """How a participant is reached. That it was looked at is noted."""
    person = acting.registry.participant_named(code, study)
    return ContactAnswer.model_validate(contacts.read(acting, person))


@router.put("/participants/{code}/contact", dependencies=[CONTACT, EDIT])
def put_contact(
    code: Code, asked: ContactDetails, acting: TheActing, study: StudyCode = None
) -> ContactAnswer:
    """Keep contact details in place of those that are there."""
    person = acting.registry.participant_named(code, study)
    kept = contacts.write(acting, person, Contact(**asked.model_dump()))
    return ContactAnswer.model_validate(kept)


@router.get("/participants/{code}/history", dependencies=[READ])
def get_history(code: Code, acting: TheActing, study: StudyCode = None) -> list[EntryAnswer]:
    """What was done about a participant, the newest first."""
    person = acting.registry.participant_named(code, study)
    return [EntryAnswer(**entry) for entry in audit.history(acting, person)]


def _answers(acting: Acting, people: list[Participant]) -> list[PersonAnswer]:
    standing = enrolment.standings(acting, people)
    return [
        PersonAnswer(
            code=person.code, study=person.study, timezone=person.timezone,
            enrolled_on=person.enrolled_on, withdrawn_on=person.withdrawn_on,
            **standing[person.study, person.code],
        )
        for person in people
    ]  # fmt: skip


def _today(person: Participant) -> date:
    return datetime.now(UTC).astimezone(zone_named(person.timezone)).date()
