"""Studies, participants and what people may do: frozen records."""

import re
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
    """A protocol with dates and participants."""

    id: int
    code: str
    title: str
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """A person in one study, known by a code; `timezone` is the home clock."""

    id: int
    code: str
    study: str
    timezone: str
    enrolled_on: date | None = None
    withdrawn_on: date | None = None


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
    """A record that was refused, and why."""

    id: int
    file: str
    position: int
    person: str
    reason: str
    record: str
    at: datetime


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


class Right(StrEnum):
    """Something that can be allowed."""

    READ = "read"
    READ_INGESTION = "read_ingestion"
    LOAD = "load"
    KEEP = "keep"
    MANAGE_GRANTS = "manage_grants"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.MANAGER: frozenset(Right),
    Role.COORDINATOR: frozenset(
        {Right.READ, Right.READ_INGESTION, Right.LOAD, Right.MANAGE_GRANTS}
    ),
    Role.ANALYST: frozenset({Right.READ}),
    Role.ENGINEER: frozenset(Right),
    Role.MONITOR: frozenset({Right.READ, Right.READ_INGESTION}),
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
class Actor:
    """Who is asking."""

    name: str
    role: Role

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]
