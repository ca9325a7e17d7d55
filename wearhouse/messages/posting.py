"""Sending what is queued.

A message is marked as being sent before it is handed over. Should the process stop in between,
nobody knows whether it went out; it is not sent again by itself: nobody is written to twice.
"""

import smtplib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wearhouse import telemetry
from wearhouse.enrolling import contacts
from wearhouse.errors import Invalid, Unavailable, WearhouseError
from wearhouse.messages import opting
from wearhouse.messages.delivery import MailServer, Outcome, composed, connected, deliver
from wearhouse.messages.planning import unwanted
from wearhouse.messages.quiet import awake_at
from wearhouse.messages.rules import rules_of, spoken, texts_named
from wearhouse.messages.templates import Template, Text, filled, needed
from wearhouse.registry import Registry
from wearhouse.registry.messages import Message
from wearhouse.secrets import Secrets
from wearhouse.study import Participant
from wearhouse.window import zone_named

FIRST_WAIT = timedelta(minutes=5)
TRIES = 8
ABANDONED = timedelta(minutes=15)


@dataclass(frozen=True)
class Post:
    """What sends: a mail server, where links lead, and whoever makes an invitation or knows for how
    many days a participant has been silent."""

    registry: Registry
    secrets: Secrets
    server: MailServer
    address: str
    invite: Callable[[Participant], str] | None = None
    days_silent: Callable[[Participant], int | None] | None = field(default=None)


def post(of: Post, now: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> int:
    """Send what is due; how many messages went out. Unavailable if the mail server is gone, in
    which case what is queued stays queued."""
    of.registry.messages.abandoned(now() - ABANDONED)
    sent = 0
    with ExitStack() as held:
        line: smtplib.SMTP | None = None
        while not stop() and (message := of.registry.messages.take(now())):
            try:
                prepared = _prepared(of, message, now())
                if prepared is None:
                    continue
                who, to, text = prepared
                line = line or held.enter_context(connected(of.server))
            except Unavailable:
                of.registry.messages.put_off(message.id, now() + FIRST_WAIT, "", tried=False)
                raise
            except WearhouseError as error:
                _settle(of, message, "failed", str(error), now())
                continue
            link = opting.link(of.secrets, of.address, who)
            mail = composed(text, to, of.server, link, f"{message.id}.{message.tries}", now())
            outcome, said = deliver(line, mail)
            _note(of, message, outcome, said, now())
            sent += outcome == Outcome.SENT
            if outcome in (Outcome.UNKNOWN, Outcome.LATER):
                line.close()
                line = None
    return sent


def preview(of: Post, who: Participant, name: str, draft: Template | None = None) -> Text:
    """A text (or a draft of it) as a participant would get it, without making an invitation."""
    study = of.registry.study_named(who.study)
    known = contacts.of(of.registry, of.secrets, who)
    rules = rules_of(of.registry, study)
    if draft is None:
        versions = texts_named(of.registry, study, name)
        draft = spoken(versions, known.language if known else "", rules).template
    values = _values(of, who, known.name if known else "", template_needs=set())
    values.setdefault("invitation", f"{of.address}/join?…")
    return filled(draft, values | {"name": values["name"] or who.code})


def _prepared(of: Post, message: Message, now: datetime) -> tuple[Participant, str, Text] | None:
    """Whom to write to, where, and what; None if that is not wanted any more, or not now."""
    who = of.registry.participant_named(message.participant, message.study)
    study = of.registry.study_named(message.study)
    known = contacts.of(of.registry, of.secrets, who)
    reason = unwanted(who, known, of.registry.pauses.of(who), now)
    if reason or known is None:
        _settle(of, message, "dropped", reason, now)
        return None
    rules = rules_of(of.registry, study)
    awake = awake_at(now, zone_named(who.timezone), rules.quiet)
    if awake > now:
        of.registry.messages.put_off(message.id, awake, "it is night where they are", tried=False)
        return None
    versions = texts_named(of.registry, study, message.template)
    template = spoken(versions, message.language, rules).template
    values = _values(of, who, known.name, needed(template))
    return who, known.email, filled(template, values | {"name": values["name"] or who.code})


def _values(of: Post, who: Participant, name: str, template_needs: set[str]) -> dict[str, str]:
    study = of.registry.study_named(who.study)
    values = {
        "name": name,
        "code": who.code,
        "study": study.title or study.code,
        "sender": of.server.sender.partition("<")[0].strip() or of.server.sender,
        "opt_out": opting.link(of.secrets, of.address, who),
    }
    days = of.days_silent(who) if of.days_silent else None
    if days is not None:
        values["days_silent"] = str(days)
    if "invitation" in template_needs:
        if of.invite is None:
            raise Invalid("No live source is set up, so nobody can be invited.", "template")
        values["invitation"] = of.invite(who)
    return values


def _note(of: Post, message: Message, outcome: Outcome, said: str, now: datetime) -> None:
    if outcome == Outcome.LATER and message.tries < TRIES:
        telemetry.messages.labels("later").inc()
        wait = FIRST_WAIT * 2 ** (message.tries - 1)
        of.registry.messages.put_off(message.id, now + wait, said, tried=True)
        return
    _settle(of, message, "failed" if outcome == Outcome.LATER else outcome.value, said, now)


def _settle(of: Post, message: Message, state: str, said: str, now: datetime) -> None:
    telemetry.messages.labels(state).inc()
    of.registry.messages.settle(message.id, state, said, now)
