"""Signing in with a name, a password and perhaps a second factor."""

import base64
import secrets as random
import time
from dataclasses import dataclass

import pyotp

from wearhouse import passwords
from wearhouse.errors import Conflict, Invalid, NotFound, NotSignedIn, TooMany
from wearhouse.registry import Registry
from wearhouse.registry.rows import digest
from wearhouse.registry.users import User
from wearhouse.secrets import Secrets
from wearhouse.team import audit
from wearhouse.team.acting import Acting

STEP_S = 30
CODES = 10
WRONG = "The name, the password or the code is wrong."


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What an authenticator app is given, as a word and as an address for a QR code, and codes
    for the day when the app is gone. Shown once."""

    secret: str
    address: str
    recovery: tuple[str, ...]


def sign_in(registry: Registry, secrets: Secrets, name: str, password: str, code: str = "") -> str:
    """The secret of a new session. NotSignedIn names `code` as parameter if only that is missing;
    TooMany says how long to wait after tries that failed. Each try is noted."""
    name = name.strip().lower()
    wait = registry.users.take_try(name)
    if wait:
        seconds = round(wait.total_seconds())
        raise TooMany(f"Too many tries; the next one may be made in {seconds} s.", seconds)
    user = _user(registry, name)
    good = passwords.fits(password, user.password if user else None)
    if user is None or not good or user.disabled_at:
        _note(registry, user, "session.refuse")
        raise NotSignedIn(WRONG)
    if user.totp and not code.strip():  # counts as a try, or codes could be guessed without end
        raise NotSignedIn("Enter the code of your authenticator app.", "code")
    if user.totp and not _takes(registry, secrets, user, code):
        _note(registry, user, "session.refuse")
        raise NotSignedIn(WRONG)
    registry.users.forget_tries(name)
    with registry.together():
        secret = registry.access.open_session(user)
        _note(registry, user, "session.open")
    return secret


def change_password(acting: Acting, password: str, new: str, session: str | None = None) -> None:
    """Change one's own password; all sessions but this one end."""
    user = _own(acting)
    _prove(acting, user, password)
    hashed = passwords.hashed(new, user.name)
    with acting.registry.together():
        acting.registry.users.change(user, password=hashed)
        acting.registry.users.end_sessions(user, but=session)
        audit.record(acting, "user.password", subject=user.name)


def sign_out_everywhere(acting: Acting) -> int:
    """End all of one's own sessions; how many there were."""
    user = _own(acting)
    with acting.registry.together():
        many = acting.registry.users.end_sessions(user)
        audit.record(acting, "session.end_all", subject=user.name)
    return many


def propose_factor(acting: Acting) -> SecondFactor:
    """A second factor that is not asked for yet: `take_factor` with a code of it decides."""
    user = _own(acting)
    secret = pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(name=user.name, issuer_name="Wearhouse")
    return SecondFactor(secret, address, tuple(_recovery() for _ in range(CODES)))


def take_factor(acting: Acting, password: str, factor: SecondFactor, code: str) -> None:
    """Ask for this factor from now on; Invalid unless the code shows that the app has it."""
    user = _own(acting)
    _prove(acting, user, password)
    if user.totp:
        raise Conflict("There is a second factor already; take that away first.", "code")
    step = _step(factor.secret, code)
    if step is None:
        raise Invalid("The code does not fit; is the clock of your device right?", "code")
    kept = " ".join(digest(word) for word in factor.recovery)
    with acting.registry.together():
        sealed = acting.secrets.encrypt(factor.secret)
        acting.registry.users.change(user, totp=sealed, totp_step=step, recovery=kept)
        audit.record(acting, "user.factor.add", subject=user.name)


def drop_factor(acting: Acting, password: str) -> None:
    """Ask for the password alone from now on."""
    user = _own(acting)
    _prove(acting, user, password)
    with acting.registry.together():
        acting.registry.users.change(user, totp=None, totp_step=0, recovery="")
        audit.record(acting, "user.factor.drop", subject=user.name)


def encrypt_again(registry: Registry, secrets: Secrets) -> int:
    """Encrypt second factors with the newest key; how many there were."""
    held = [user for user in registry.users.all() if user.totp]
    for user in held:
        registry.users.change(user, totp=secrets.renewed(user.totp or ""))
    return len(held)


def _takes(registry: Registry, secrets: Secrets, user: User, code: str) -> bool:
    """Whether a code is one of the app's or a recovery code, and was not used before."""
    plain = code.replace(" ", "").replace("-", "").upper()
    step = _step(secrets.decrypt(user.totp or ""), plain)
    if step is not None:
        return registry.users.take_step(user, step)
    return registry.users.take_recovery(user, plain)


def _step(secret: str, code: str) -> int | None:
    """The time step that a code belongs to: this one, or one beside it."""
    now = int(time.time()) // STEP_S
    totp = pyotp.TOTP(secret)
    plain = code.replace(" ", "")
    fitting = (
        step for step in (now, now - 1, now + 1)
        if random.compare_digest(totp.at(step * STEP_S).encode(), plain.encode())
    )  # fmt: skip
    return next(fitting, None)


def _recovery() -> str:
    return base64.b32encode(random.token_bytes(10)).decode()


def _user(registry: Registry, name: str) -> User | None:
    try:
        return registry.users.named(name)
    except NotFound:
        return None


def _own(acting: Acting) -> User:
    user = _user(acting.registry, acting.actor.name)
    if user is None or acting.actor.via != "session":
        raise Conflict("You did not sign in with a password.")
    return user


def _prove(acting: Acting, user: User, password: str) -> None:
    wait = acting.registry.users.take_try(user.name)
    if wait:
        raise TooMany("Too many tries; wait a while.", round(wait.total_seconds()))
    if not passwords.fits(password, user.password):
        raise NotSignedIn("The password is wrong.", "password")
    acting.registry.users.forget_tries(user.name)


def _note(registry: Registry, user: User | None, act: str) -> None:
    """Note a try; a name that nobody has is not kept, for it may be a password gone astray."""
    name, role = (user.name, user.role.value) if user else ("nobody", "")
    audit.note(registry, act, actor=name, role=role, via="session", subject=name)
