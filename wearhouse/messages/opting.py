"""The link with which somebody stops messages, without signing in."""

from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer

from wearhouse.enrolling import contacts
from wearhouse.errors import Invalid, NotFound
from wearhouse.registry import Registry
from wearhouse.secrets import Secrets
from wearhouse.study import Participant, Right, Study
from wearhouse.team import audit
from wearhouse.team.acting import Acting


def link(secrets: Secrets, address: str, participant: Participant) -> str:
    """The link that stops messages to a participant."""
    word = _signer(secrets).dumps(participant.id)
    return f"{address}/opt-out/{word if isinstance(word, str) else word.decode()}"


def whose(registry: Registry, secrets: Secrets, word: str) -> Participant:
    """Whose link it is; NotFound if it was not made here."""
    try:
        number = _signer(secrets).loads(word)
    except BadSignature:
        number = None
    found = [one for one in registry.participants() if one.id == number]
    if not found:
        raise NotFound("This link is not one of ours, or the person is no longer known.")
    return found[0]


def opt_out(registry: Registry, secrets: Secrets, word: str) -> Participant:
    """Stop messages to whom the link belongs to."""
    who = whose(registry, secrets, word)
    with registry.together():
        contacts.opt_out(registry, who)
        audit.note(
            registry, "contact.opt_out", actor="participant", role="", via="link",
            study=who.study, participant=who.code,
        )  # fmt: skip
    return who


def set_out(acting: Acting, who: Participant, out: bool, reason: str) -> None:
    """Note that somebody told the team that they want no messages, or want them again; for the
    latter the reason is asked for. NotFound without contact details."""
    acting.needs(Right.SEND_MESSAGES)
    if not out and not reason.strip():
        raise Invalid("Say how the participant asked for messages again.", "reason")
    if acting.registry.contacts.of(who) is None:
        raise NotFound(f"There are no contact details of {who.code}.", "participant")
    with acting.registry.together():
        contacts.opt_out(acting.registry, who, out)
        act = "contact.opt_out" if out else "contact.opt_in"
        audit.record(acting, act, who, reason=reason)


def out_of(registry: Registry, study: Study) -> list[tuple[Participant, datetime]]:
    """Who of a study wants no messages, and since when."""
    since = {one.participant_id: one.opted_out_at for one in registry.contacts.all()}
    people = registry.participants(study.code)
    return [(who, at) for who in people if (at := since.get(who.id)) is not None]


def _signer(secrets: Secrets) -> URLSafeSerializer:
    return URLSafeSerializer(secrets.derived("opt-out"), salt="opt-out")
