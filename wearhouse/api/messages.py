"""Messages to participants: texts, rules, who would get one, sending, and what came of it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from wearhouse.api.deps import TheActing, TheWearhouse, needs
from wearhouse.api.message_answers import (
    Asked,
    Draft,
    LetterAnswer,
    MessageAnswer,
    OptChange,
    OptedOutAnswer,
    OutcomeAnswer,
    PreviewAsked,
    RulesAnswer,
    RulesChange,
    SendAsked,
    TemplateAnswer,
    TemplateChange,
    TestAsked,
    TextAnswer,
)
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
from wearhouse.messages.rules import (
    Rules,
    keep_text,
    rules_of,
    set_rules,
    spoken,
    texts,
    texts_named,
)
from wearhouse.messages.templates import PLACES, Template, checked, example
from wearhouse.registry.messages import Message
from wearhouse.runtime import Wearhouse
from wearhouse.study import Participant, Right, Study
from wearhouse.team.acting import Acting

router = APIRouter(
    tags=["messages"], responses=RESPONSES, dependencies=[needs(Right.SEND_MESSAGES)]
)
rules_router = APIRouter(
    tags=["messages"], responses=RESPONSES, dependencies=[needs(Right.EDIT_STUDY)]
)
open_router = APIRouter(tags=["messages"], responses=RESPONSES, default_response_class=HTMLResponse)


@router.get("/messages")
def get_messages(
    acting: TheActing, study: str | None = None, participant: str | None = None
) -> list[MessageAnswer]:
    """What was and will be written, the newest first."""
    found = acting.registry.messages.all(study, participant)
    after = followed(acting.registry, found)
    return [_message(one, after) for one in found]


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
def post_preview(acting: TheActing, wearhouse: TheWearhouse, asked: PreviewAsked) -> TextAnswer:
    """A text as a participant would get it, or (without one) as an invented person would."""
    study = _study(acting, asked.study)
    draft = _draft(asked.template, asked.draft)
    if asked.participant is None:
        rules = rules_of(acting.registry, study)
        versions = texts_named(acting.registry, study, asked.template)
        kept = spoken(versions, asked.language or "", rules).template
        sender = wearhouse.settings.smtp_from.partition("<")[0].strip()
        title = study.title or study.code
        found = example(draft or kept, title, sender or f"The team of {title}")
    else:
        who = acting.registry.participant_named(asked.participant, study.code)
        found = preview(_post(wearhouse, acting), who, asked.template, draft)
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


@router.get("/messages/opted-out")
def get_opted_out(acting: TheActing, study: str) -> list[OptedOutAnswer]:
    """Who wants no messages, and since when."""
    found = opting.out_of(acting.registry, _study(acting, study))
    return [OptedOutAnswer(participant=who.code, since=at) for who, at in found]


@router.put("/messages/opted-out/{code}", status_code=204)
def put_opted_out(acting: TheActing, code: str, change: OptChange) -> None:
    """Note that somebody told the team that they want no messages, or want them again."""
    who = acting.registry.participant_named(code, change.study)
    opting.set_out(acting, who, change.out, change.reason)


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


def _message(one: Message, after: Mapping[int, timedelta | None]) -> MessageAnswer:
    wait = after.get(one.id)
    hours = None if wait is None else wait.total_seconds() / 3600
    told = one.state != "sent" or one.id in after
    answer = MessageAnswer.model_validate(one)
    return answer.model_copy(update={"synced_after_h": hours, "told": told})


def _draft(name: str, said: Draft | None) -> Template | None:
    if said is None:
        return None
    return checked(Template(name, said.language, said.subject, said.body))


def _letter(letter: Letter) -> LetterAnswer:
    return LetterAnswer(
        participant=letter.participant.code,
        verdict=letter.verdict,
        at=letter.at,
        reason=letter.reason,
        until=letter.until,
    )


def _now() -> datetime:
    return datetime.now(UTC)
