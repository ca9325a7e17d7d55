"""Who would be written to, when, and who not and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wearhouse.enrolling import contacts
from wearhouse.enrolling.contacts import Contact
from wearhouse.messages.caps import free_at
from wearhouse.messages.quiet import awake_at
from wearhouse.messages.rules import Rules, Version, rules_of, spoken, texts_named
from wearhouse.registry import Registry
from wearhouse.registry.messages import Order
from wearhouse.secrets import Secrets
from wearhouse.study import Participant, Pause, Right, Study
from wearhouse.team import audit
from wearhouse.team.acting import Acting
from wearhouse.window import zone_named

NOW, LATER, HELD = "now", "later", "held"
LONGEST_CAP = timedelta(days=1_000)


@dataclass(frozen=True, slots=True)
class Letter:
    """What would happen to a message: `now`, `later` (at `at`), or `held` back for a reason, until
    a moment where that is known."""

    participant: Participant
    verdict: str
    at: datetime | None
    reason: str
    text: Version
    until: datetime | None = None


@dataclass(frozen=True)
class Addressees:
    """What is known of those who might be written to."""

    contacts: Mapping[int, Contact]
    written: Mapping[int, Sequence[datetime]]
    pauses: Mapping[int, Sequence[Pause]]
    bounced: frozenset[str]


def plan(
    registry: Registry,
    secrets: Secrets,
    study: Study,
    people: Sequence[Participant],
    name: str,
    now: datetime,
) -> list[Letter]:
    """What would happen to a text, person by person; nothing is sent."""
    rules, versions = rules_of(registry, study), texts_named(registry, study, name)
    of = _addressees(registry, secrets, study, people, now)
    return [_letter(of, rules, versions, who, now) for who in people]


def send(
    acting: Acting,
    study: Study,
    people: Sequence[Participant],
    name: str,
    now: datetime,
    cause: str = "by hand",
) -> list[Letter]:
    """Queue a text for those who may be written to; what happens to each."""
    acting.needs(Right.SEND_MESSAGES)
    with acting.registry.together():
        letters = plan(acting.registry, acting.secrets, study, people, name, now)
        orders = [
            Order(
                one.participant.id, name, one.text.template.language, one.text.version, cause,
                acting.actor.name, one.at,
            )
            for one in letters
            if one.at is not None
        ]  # fmt: skip
        acting.registry.messages.queue(orders, now)
        for one in letters:
            if one.at is not None:
                audit.record(acting, "message.queue", one.participant, subject=name)
    return letters


def unwanted(
    who: Participant, contact: Contact | None, pauses: Sequence[Pause], now: datetime
) -> str:
    """Why somebody is not to be written to at all; empty if they may be."""
    today = now.astimezone(zone_named(who.timezone)).date()
    if who.withdrawn_on and who.withdrawn_on <= today:
        return "has left the study"
    if any(p.first_on <= today and (p.last_on is None or today <= p.last_on) for p in pauses):
        return "pauses"
    if contact is None or not contact.email:
        return "has no e-mail address"
    if contact.opted_out_at:
        return "wants no messages"
    if contact.preference and contact.preference != "email":
        return f"prefers {contact.preference} to e-mail"
    return ""


def _addressees(
    registry: Registry,
    secrets: Secrets,
    study: Study,
    people: Sequence[Participant],
    now: datetime,
) -> Addressees:
    ids = [who.id for who in people]
    changed = {one.participant_id: one.changed_at for one in registry.contacts.all()}
    codes = {who.code: changed.get(who.id) for who in people}
    bounced = {
        one.participant
        for one in registry.messages.all(study.code, limit=100_000)
        if one.state == "bounced"
        and (since := codes.get(one.participant)) is not None
        and one.finished_at is not None
        and one.finished_at > since
    }
    return Addressees(
        contacts.everybodys(registry, secrets),
        registry.messages.counted(ids, now - LONGEST_CAP),
        registry.pauses.all(study.code),
        frozenset(bounced),
    )


def _letter(
    of: Addressees, rules: Rules, versions: Sequence[Version], who: Participant, now: datetime
) -> Letter:
    contact = of.contacts.get(who.id)
    text = spoken(versions, contact.language if contact else "", rules)
    reason = unwanted(who, contact, of.pauses.get(who.id, ()), now)
    if not reason and who.code in of.bounced:
        reason = "the address was refused; correct it first"
    until = None
    if not reason:
        free = free_at([min(at, now) for at in of.written.get(who.id, ())], now, rules.caps)
        if free > now:
            reason = f"was written to lately; may be again from {free:%Y-%m-%d %H:%M} UTC"
            until = awake_at(free, zone_named(who.timezone), rules.quiet)
    if reason:
        return Letter(who, HELD, None, reason, text, until)
    awake = awake_at(now, zone_named(who.timezone), rules.quiet)
    if awake > now:
        return Letter(who, LATER, awake, "it is night where they are", text)
    return Letter(who, NOW, now, "", text)
