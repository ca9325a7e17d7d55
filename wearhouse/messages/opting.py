"""The link with which somebody stops messages, without signing in."""

from itsdangerous import BadSignature, URLSafeSerializer

from wearhouse import audit, contacts
from wearhouse.errors import NotFound
from wearhouse.registry import Registry
from wearhouse.secrets import Secrets
from wearhouse.study import Participant


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


def _signer(secrets: Secrets) -> URLSafeSerializer:
    return URLSafeSerializer(secrets.derived("opt-out"), salt="opt-out")
