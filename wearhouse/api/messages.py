"""Messages to participants: texts, rules, who would get one, sending, and what came of it."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from wearhouse.acting import Acting
from wearhouse.api.deps import TheActing, TheWearhouse, needs
from wearhouse.api.participant_pages import page, small, text
from wearhouse.api.refusals import RESPONSES
from wearhouse.errors import Invalid, NotFound
from wearhouse.messages import opting
from wearhouse.messages.caps import read_caps, written
from wearhouse.messages.delivery import composed, connected, deliver
from wearhouse.messages.outcomes import followed, outcomes
from wearhouse.messages.planning import Letter, plan, send
from wearhouse.messages.posting import Post, preview
from wearhouse.messages.quiet import read_quiet
from wearhouse.messages.rules import Rules, keep_text, rules_of, set_rules, texts
from wearhouse.messages.templates import PLACES, Template
from wearhouse.runtime import Wearhouse
from wearhouse.study import Participant, Right, Study

router = APIRouter(
    tags=["messages"], responses=RESPONSES, dependencies=[needs(Right.SEND_MESSAGES)]
)
rules_router = APIRouter(
    tags=["messages"], responses=RESPONSES, dependencies=[needs(Right.EDIT_STUDY)]
)
open_router = APIRouter(tags=["messages"], responses=RESPONSES, default_response_class=HTMLResponse)


class MessageAnswer(BaseModel):
    """A message that was or will be sent. No text is kept, only which one it was."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    participant: str
    study: str
    template: str
    language: str
    version: int
    cause: str
    state: str
    queued_by: str
    queued_at: datetime
    due_at: datetime
    finished_at: datetime | None
    detail: str
    synced_after_h: float | None = Field(None, description="Until a device synced after it.")


class TemplateAnswer(BaseModel):
    """A text; version 0 comes with Wearhouse."""

    name: str
    language: str
    version: int
    subject: str
    body: str


class TemplateChange(BaseModel):
    """A text in one language."""

    study: str
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    subject: str = Field(max_length=200)
    body: str = Field(max_length=20_000)


class RulesAnswer(BaseModel):
    """How often and when people are written to."""

    study: str
    caps: str = Field(description="Messages within a stretch, as 1/24h 2/4d 4/10d.")
    quiet: str = Field(description="When nobody is written to, on their own clock.")
    language: str
    automation: bool = Field(description="Whether reminders go out by themselves.")


class RulesChange(BaseModel):
    """Other rules for a study."""

    study: str
    caps: str
    quiet: str
    language: str = "en"


class Asked(BaseModel):
    """A text for somebody."""

    study: str
    participant: str
    template: str


class SendAsked(BaseModel):
    """A text for some; with `dry_run` nothing is sent."""

    study: str
    participants: list[str] = Field(min_length=1, max_length=5_000)
    template: str
    dry_run: bool = False


class TestAsked(Asked):
    """A text as that participant would get it, sent to oneself."""

    to: str = Field(max_length=254, pattern=r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+$")


class TextAnswer(BaseModel):
    """A text, filled in."""

    subject: str
    body: str


class LetterAnswer(BaseModel):
    """What happens to a message: it goes `now`, `later`, or is `held` back."""

    participant: str
    verdict: str
    at: datetime | None
    reason: str


class OutcomeAnswer(BaseModel):
    """What came of the messages of one template."""

    model_config = ConfigDict(from_attributes=True)

    template: str
    sent: int
    within_24h: int
    within_72h: int
    untold: int = Field(description="Of participants whose devices tell of no sync.")


@router.get("/messages")
def get_messages(
    acting: TheActing, study: str | None = None, participant: str | None = None
) -> list[MessageAnswer]:
    """What was and will be written, the newest first."""
    found = acting.registry.messages.all(study, participant)
    after = followed(acting.registry, found)
    return [
        MessageAnswer.model_validate(one).model_copy(
            update={"synced_after_h": wait.total_seconds() / 3600}
            if (wait := after.get(one.id)) is not None
            else {}
        )
        for one in found
    ]


@router.get("/messages/templates")
def get_templates(acting: TheActing, study: str) -> list[TemplateAnswer]:
    """The texts of a study."""
    return [
        TemplateAnswer(version=one.version, **_plain(one.template))
        for one in texts(acting.registry, _study(acting, study))
    ]


@router.get("/messages/places")
def get_places() -> dict[str, str]:
    """What a text may hold in braces, and what it stands for."""
    return PLACES


@router.put("/messages/templates/{name}")
def put_template(acting: TheActing, name: str, change: TemplateChange) -> TemplateAnswer:
    """Keep a text as its next version."""
    template = Template(name, change.language, change.subject, change.body)
    kept = keep_text(acting, _study(acting, change.study), template)
    return TemplateAnswer(version=kept.version, **_plain(kept.template))


@router.get("/messages/rules")
def get_rules(acting: TheActing, study: str) -> RulesAnswer:
    """The rules of a study."""
    known = _study(acting, study)
    return _rules(known, rules_of(acting.registry, known))


@rules_router.put("/messages/rules")
def put_rules(acting: TheActing, change: RulesChange) -> RulesAnswer:
    """Let a study write by other rules."""
    known = _study(acting, change.study)
    new = Rules(read_caps(change.caps), read_quiet(change.quiet), change.language)
    return _rules(known, set_rules(acting, known, new))


@router.post("/messages/preview")
def post_preview(acting: TheActing, wearhouse: TheWearhouse, asked: Asked) -> TextAnswer:
    """A text as a participant would get it."""
    who = _person(acting, asked)
    found = preview(_post(wearhouse, acting), who, asked.template)
    return TextAnswer(subject=found.subject, body=found.body)


@router.post("/messages/send")
def post_send(acting: TheActing, wearhouse: TheWearhouse, asked: SendAsked) -> list[LetterAnswer]:
    """Send a text, or only say who would get it."""
    study = _study(acting, asked.study)
    registry = acting.registry
    people = registry.participants_named(asked.participants, asked.study)
    if asked.dry_run:
        letters = plan(registry, acting.secrets, study, people, asked.template, _now())
    else:
        _post(wearhouse, acting)  # without a mail server nothing is queued
        letters = send(acting, study, people, asked.template, _now())
    return [_letter(one) for one in letters]


@router.post("/messages/test")
def post_test(acting: TheActing, wearhouse: TheWearhouse, asked: TestAsked) -> TextAnswer:
    """Send a text to oneself, as a participant would get it."""
    who = _person(acting, asked)
    of = _post(wearhouse, acting)
    found = preview(of, who, asked.template)
    link = opting.link(of.secrets, of.address, who)
    mail = composed(found, asked.to, of.server, link, "test", _now())
    with connected(of.server) as line:
        outcome, said = deliver(line, mail)
    if said:
        raise Invalid(f"The mail server did not take it ({outcome}): {said}.", "to")
    return TextAnswer(subject=found.subject, body=found.body)


@router.get("/messages/outcomes")
def get_outcomes(acting: TheActing, study: str | None = None) -> list[OutcomeAnswer]:
    """Whether a sync followed, template by template."""
    return [OutcomeAnswer.model_validate(one) for one in outcomes(acting.registry, study)]


@open_router.get("/messages/opt-out/{word}")
def get_opt_out(word: str, wearhouse: TheWearhouse) -> HTMLResponse:
    """What the link in a message leads to."""
    try:
        who = opting.whose(wearhouse.registry, wearhouse.secrets, word)
    except NotFound:
        return _not_ours()
    study = wearhouse.registry.study_named(who.study)
    form = (
        '<form method="post"><button class="button" type="submit" style="width:100%;border:0;'
        'font:inherit;font-weight:600">Stop messages</button></form>'
    )
    return page(
        "Stop messages?",
        text("We would not write to you any more. You still take part in the study."),
        form,
        small("If you want to leave the study, please tell the study team."),
        study=study.title or study.code,
    )


@open_router.post("/messages/opt-out/{word}")
def post_opt_out(word: str, wearhouse: TheWearhouse) -> HTMLResponse:
    """Stop messages, from the page or with one click in a mail program (RFC 8058)."""
    try:
        who = opting.opt_out(wearhouse.registry, wearhouse.secrets, word)
    except NotFound:
        return _not_ours()
    study = wearhouse.registry.study_named(who.study)
    return page(
        "No more messages",
        text("We do not write to you any more. You still take part in the study."),
        small("To get messages again, please tell the study team."),
        study=study.title or study.code,
    )


def _not_ours() -> HTMLResponse:
    words = "This link is not one of ours, or it has been cut off. Please copy all of it."
    return page("This link leads nowhere", text(words), status=404)


def _study(acting: Acting, code: str) -> Study:
    return acting.registry.study_named(code)


def _person(acting: Acting, asked: Asked) -> Participant:
    return acting.registry.participant_named(asked.participant, asked.study)


def _post(wearhouse: Wearhouse, acting: Acting) -> Post:
    of = wearhouse.post(acting.registry)
    if of is None:
        raise Invalid("No mail server is set (WEARHOUSE_SMTP), so nothing can be sent.", "smtp")
    return of


def _rules(study: Study, rules: Rules) -> RulesAnswer:
    return RulesAnswer(
        study=study.code,
        caps=written(rules.caps),
        quiet=str(rules.quiet),
        language=rules.language,
        automation=study.automation,
    )


def _plain(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "language": template.language,
        "subject": template.subject,
        "body": template.body,
    }


def _letter(letter: Letter) -> LetterAnswer:
    return LetterAnswer(
        participant=letter.participant.code,
        verdict=letter.verdict,
        at=letter.at,
        reason=letter.reason,
    )


def _now() -> datetime:
    return datetime.now(UTC)
