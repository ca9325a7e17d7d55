"""Passwords: kept as argon2id, and long enough."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wearhouse.errors import Invalid

SHORTEST, LONGEST = 12, 200

HASHER = PasswordHasher()
"""Argon2id as RFC 9106 recommends it where memory is scarce: 64 MiB, 3 passes, 4 lanes."""


def hashed(password: str, name: str) -> str:
    """What is kept of a password; Invalid if it is too short or the user's name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"A password has {SHORTEST} to {LONGEST} letters.", "password")
    if password.casefold() == name.casefold() or len(set(password)) < 4:
        raise Invalid("This password is too easy to guess.", "password")
    return HASHER.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether it is the password; without one kept, as slow as with one."""
    try:
        return HASHER.verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def new_password() -> str:
    """A random password for somebody's first time."""
    return secrets.token_urlsafe(15)


@cache
def _nobodys() -> str:
    return HASHER.hash(secrets.token_urlsafe(16))
