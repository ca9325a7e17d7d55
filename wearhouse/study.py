"""Studies, participants and what people may do: frozen records."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from wearhouse.errors import Invalid

CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")


def checked_code(code: str, name: str = "code") -> str:
    """A code for a study or a participant: letters, digits, dot, dash, underscore."""
    if not CODE.fullmatch(code):
        raise Invalid(
            f"{code!r} is not a code; use up to 64 letters, digits, dots, dashes, underscores.",
            name,
        )
    return code


@dataclass(frozen=True, slots=True)
class Study:
    """A protocol with dates and participants. Samples of civil months that are `raw_months` over
    leave the store (none do without one): to the archive, or for good, as `raw_then` says."""

    id: int
    code: str
    title: str
    starts_on: date | None = None
    ends_on: date | None = None
    target: int | None = None
    blinded: bool = True
    thresholds: str = "{}"
    automation: bool = False
    raw_months: int | None = None
    raw_then: str = "archive"


@dataclass(frozen=True, slots=True)
class Participant:
    """A person in one study, known by a code; `timezone` is the home clock. Data are collected
    from `starts_on` (the day of enrolment without one) to `ends_on`, that day included, and not
    from `withdrawn_on` on."""

    id: int
    code: str
    study: str
    timezone: str
    enrolled_on: date | None = None
    withdrawn_on: date | None = None
    site: str | None = None
    arm: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Civil days on which nothing is expected of a participant, both ends included; without
    `last_on` until they resume."""

    first_on: date
    last_on: date | None = None
    reason: str = ""

    def covers(self, day: date) -> bool:
        return self.first_on <= day and (self.last_on is None or day <= self.last_on)


class Status(StrEnum):
    """Where a participant is in the study on a day."""

    PLANNED = "planned"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


def status_on(participant: Participant, pauses: Sequence[Pause], day: date) -> Status:
    """Where the participant is in the study on that civil day."""
    first_on = participant.starts_on or participant.enrolled_on
    if participant.withdrawn_on and participant.withdrawn_on <= day:
        return Status.WITHDRAWN
    if participant.ends_on and participant.ends_on < day:
        return Status.COMPLETED
    if first_on and day < first_on:
        return Status.PLANNED
    return Status.PAUSED if any(pause.covers(day) for pause in pauses) else Status.ACTIVE


@dataclass(frozen=True, slots=True)
class Load:
    """One import of files: what was taken, and what became of it."""

    id: int
    path: str
    format: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    samples: int
    episodes: int
    quarantined: int
    detail: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that was refused, and why; whose it is, if a sync brought it."""

    id: int
    file: str
    position: int
    person: str
    reason: str
    record: str
    at: datetime
    participant: str | None = None
    study: str | None = None
    source: str | None = None


class State(StrEnum):
    """What became of a grant."""

    NONE = "none"
    INVITED = "invited"
    ACTIVE = "active"
    PARTIAL = "partial"
    EXPIRED = "expired"
    REVOKED = "revoked"


OPEN = frozenset({State.ACTIVE, State.PARTIAL})
"""Grants with which samples can be fetched."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A participant's permission for one source. `timezone` is their clock as the vendor says;
    `token` is encrypted."""

    participant: Participant
    source: str
    state: State
    scopes: frozenset[str] = frozenset()
    timezone: str | None = None
    invited_at: datetime | None = None
    opened_at: datetime | None = None
    granted_at: datetime | None = None
    changed_at: datetime | None = None
    detail: str = ""
    token: str | None = field(default=None, repr=False)
    invitation: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a study is synced: every night at a time on a clock, unless it is paused."""

    study: str
    at: str
    timezone: str
    paused: bool = False


class Role(StrEnum):
    """What a person or a program is here for."""

    MANAGER = "manager"
    COORDINATOR = "coordinator"
    ANALYST = "analyst"
    ENGINEER = "engineer"
    MONITOR = "monitor"
    DEVICE = "device"


class Right(StrEnum):
    """Something that can be allowed."""

    READ = "read"
    READ_INGESTION = "read_ingestion"
    LOAD = "load"
    INGEST = "ingest"
    KEEP = "keep"
    MANAGE_GRANTS = "manage_grants"
    READ_CONTACTS = "read_contacts"
    READ_ARM = "read_arm"
    EDIT_PEOPLE = "edit_people"
    EDIT_STUDY = "edit_study"
    SEND_MESSAGES = "send_messages"
    EXPORT = "export"
    IMPUTE = "impute"
    READ_AUDIT = "read_audit"
    MANAGE_KEYS = "manage_keys"
    MANAGE_ACCESS = "manage_access"
    ERASE = "erase"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.MANAGER: frozenset(Right),
    Role.COORDINATOR: frozenset(
        {
            Right.READ,
            Right.READ_INGESTION,
            Right.LOAD,
            Right.INGEST,
            Right.MANAGE_GRANTS,
            Right.READ_CONTACTS,
            Right.EDIT_PEOPLE,
            Right.SEND_MESSAGES,
        }
    ),
    Role.ANALYST: frozenset({Right.READ, Right.EXPORT, Right.IMPUTE}),
    Role.ENGINEER: frozenset(
        {
            Right.READ,
            Right.READ_INGESTION,
            Right.LOAD,
            Right.INGEST,
            Right.KEEP,
            Right.MANAGE_KEYS,
        }
    ),
    Role.MONITOR: frozenset({Right.READ, Right.READ_INGESTION, Right.READ_AUDIT}),
    Role.DEVICE: frozenset({Right.INGEST}),
}

ALIASES = {"trial-manager": Role.MANAGER, "data-engineer": Role.ENGINEER, "admin": Role.MANAGER}


def role_named(name: str) -> Role:
    """The role of that name; Invalid if there is none."""
    plain = name.strip().lower().replace("_", "-").replace(" ", "-")
    try:
        return ALIASES.get(plain) or Role(plain)
    except ValueError:
        raise Invalid(f"No role is called {name!r}. Known: {', '.join(Role)}.", "role") from None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom somebody reaches: everybody, or the participants of some places. A place is a study's
    code, or a study's and a site's: `S1/NORTH`. Without `arms`, nobody's arm in a blinded study."""

    places: frozenset[str] | None = None
    arms: bool = True

    def covers(self, study: str, site: str | None) -> bool:
        """Whether participants of that site (without one: of no site) are within reach."""
        at = {study, f"{study}/{site}"} if site else {study}
        return self.places is None or bool(at & self.places)

    def enters(self, study: str) -> bool:
        """Whether anybody in that study may be within reach."""
        return self.places is None or any(place_of(place)[0] == study for place in self.places)

    def within(self, other: "Scope") -> bool:
        """Whether everybody in reach is in the other's reach, too."""
        if self.places is None:
            return other.places is None
        return all(other.covers(*place_of(place)) for place in self.places)


EVERYBODY = Scope()


def place_of(place: str) -> tuple[str, str | None]:
    """A place's study and site."""
    study, _, site = place.partition("/")
    return checked_code(study, "study"), checked_code(site, "site") if site else None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, from where (`via`), and about which places; without `places`, about all."""

    name: str
    role: Role
    places: frozenset[str] | None = None
    via: str = "api"

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]

    @property
    def scope(self) -> Scope:
        return Scope(self.places, self.may(Right.READ_ARM))
