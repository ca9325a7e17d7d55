"""Contact details: kept encrypted, shown to those who may know them, and every look is noted."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import orjson

from wearhouse.errors import Invalid, NotFound
from wearhouse.registry import Registry
from wearhouse.registry.contacts import Sealed
from wearhouse.secrets import Secrets
from wearhouse.study import Participant, Right
from wearhouse.team import audit
from wearhouse.team.acting import Acting

EMAIL = re.compile(r"^[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}$")
PHONE = re.compile(r"^\+?[0-9][0-9 ()/.-]{3,30}$")
LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
WAYS = ("email", "phone", "none")
"""How somebody may prefer to be reached."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How a participant is reached, in which language (`en`, `pt-BR`), and how they prefer it:
    `email`, `phone` or `none`. `opted_out_at` is since when they want no messages."""

    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    preference: str = ""
    opted_out_at: datetime | None = None


NOTHING = Contact()
DETAILS = ("name", "email", "phone", "language", "preference")


def contact_of(said: Mapping[str, str]) -> Contact:
    """Details by their names."""
    name, email, phone, language, preference = (said.get(key, "") for key in DETAILS)
    return Contact(name, email, phone, language, preference)


def checked(contact: Contact) -> Contact:
    """The same details without space around them; Invalid names the one that makes no sense."""
    plain = contact_of({name: getattr(contact, name).strip() for name in DETAILS})
    rules = {
        "email": (EMAIL, "is not an e-mail address"),
        "phone": (PHONE, "is not a telephone number"),
        "language": (LANGUAGE, "is not a language; write it as en or pt-BR"),
    }
    for name, (form, problem) in rules.items():
        value = getattr(plain, name)
        if value and (len(value) > 254 or not form.fullmatch(value)):
            raise Invalid(f"{name} {problem}.", name)
    if len(plain.name) > 200 or any(ord(letter) < 32 for letter in plain.name):
        raise Invalid("name is longer than 200 characters or more than one line.", "name")
    if plain.preference and plain.preference not in WAYS:
        raise Invalid(f"preference is one of {', '.join(WAYS)}.", "preference")
    return replace(plain, opted_out_at=contact.opted_out_at)


def read(acting: Acting, participant: Participant) -> Contact:
    """A participant's details; NotFound if there are none. Who looked is noted."""
    acting.needs(Right.READ_CONTACTS)
    found = of(acting.registry, acting.secrets, participant)
    audit.record(acting, "contact.read", participant)
    if found is None:
        raise NotFound(f"There are no contact details of {participant.code}.", "participant")
    return found


def write(acting: Acting, participant: Participant, contact: Contact, reason: str = "") -> Contact:
    """Keep details in place of those that are there."""
    acting.needs(Right.READ_CONTACTS)
    acting.needs(Right.EDIT_PEOPLE)
    known = of(acting.registry, acting.secrets, participant)
    new = checked(contact)
    with acting.registry.together():
        acting.registry.contacts.keep(participant, sealed(acting.secrets, new))
        before = audit.digests(acting, details(known)) if known else {}
        after = audit.digests(acting, details(new))
        audit.record(acting, "contact.change", participant, None, before, after, reason)
    return replace(new, opted_out_at=known.opted_out_at if known else None)


def opt_out(registry: Registry, participant: Participant, out: bool = True) -> None:
    """Note that a participant wants no messages any more, or wants them again."""
    registry.contacts.opt(participant, datetime.now(UTC) if out else None)


def destroy(acting: Acting, participant: Participant, reason: str) -> int:
    """Remove a participant's details for good; how many records there were."""
    acting.needs(Right.EDIT_PEOPLE)
    with acting.registry.together():
        many = acting.registry.contacts.destroy(participant)
        audit.record(acting, "contact.destroy", participant, reason=reason)
    return many


def of(registry: Registry, secrets: Secrets, participant: Participant) -> Contact | None:
    """A participant's details, for software that writes to them; nothing is noted."""
    found = registry.contacts.of(participant)
    return _opened(secrets, found) if found else None


def everybodys(registry: Registry, secrets: Secrets) -> dict[int, Contact]:
    """Everybody's details by the participant's number, for software that writes to them."""
    return {found.participant_id: _opened(secrets, found) for found in registry.contacts.all()}


def encrypt_again(registry: Registry, secrets: Secrets) -> int:
    """Encrypt all details with the newest key; how many there were."""
    held = registry.contacts.all()
    for known in held:
        registry.contacts.replace(known, secrets.renewed(known.sealed))
    return len(held)


def details(contact: Contact) -> dict[str, str]:
    said: Mapping[str, object] = asdict(contact)
    return {name: str(said[name]) for name in DETAILS if said[name]}


def sealed(secrets: Secrets, contact: Contact) -> str:
    return secrets.encrypt(orjson.dumps(details(contact)).decode())


def _opened(secrets: Secrets, found: Sealed) -> Contact:
    said = orjson.loads(secrets.decrypt(found.sealed))
    return Contact(**said, opted_out_at=found.opted_out_at)
