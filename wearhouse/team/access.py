"""Who may come in, as those who decide it see it: users with passwords, keys for programs."""

from datetime import UTC, datetime

from wearhouse import passwords
from wearhouse.errors import Conflict, Invalid, NotAllowed
from wearhouse.registry.access import Key
from wearhouse.registry.rows import packed
from wearhouse.registry.users import User
from wearhouse.study import RIGHTS, Right, Role, Scope, place_of
from wearhouse.team import audit
from wearhouse.team.acting import Acting


def users(acting: Acting) -> list[User]:
    """The users whose reach is within the actor's, by name."""
    acting.needs(Right.MANAGE_ACCESS)
    return [user for user in acting.registry.users.all() if _within(acting, user.places)]


def user_named(acting: Acting, name: str) -> User:
    """The user of that name, if their reach is within the actor's."""
    acting.needs(Right.MANAGE_ACCESS)
    user = acting.registry.users.named(name)
    if not _within(acting, user.places):
        raise NotAllowed(f"{user.name} reaches more than you do.", "name")
    return user


def add_user(
    acting: Acting, name: str, role: Role, places: frozenset[str] | None, password: str
) -> User:
    """A new user. Nobody gives a role or a reach that they have not themselves."""
    acting.needs(Right.MANAGE_ACCESS)
    _may_give(acting, role, places)
    plain = name.strip()
    if not plain or len(plain) > 200 or not plain.isprintable():
        raise Invalid("A user's name has 1 to 200 letters.", "name")
    hashed = passwords.hashed(password, plain)
    with acting.registry.together():
        made = acting.registry.users.add(plain, role, places, hashed)
        after = {"role": role.value, "places": packed(places)}
        audit.record(acting, "user.add", after=after, subject=made.name)
    return made


def change_user(acting: Acting, name: str, role: Role, places: frozenset[str] | None) -> User:
    """A user with another role and reach, from their next request on."""
    user = user_named(acting, name)
    _may_give(acting, user.role, user.places)
    _may_give(acting, role, places)
    before = {"role": user.role.value, "places": packed(user.places)}
    after = {"role": role.value, "places": packed(places)}
    with acting.registry.together():
        acting.registry.users.change(user, **after)
        audit.record(acting, "user.change", before=before, after=after, subject=user.name)
    return acting.registry.users.named(name)


def disable(acting: Acting, name: str, disabled: bool = True) -> User:
    """Let a user in no more, and out wherever they are signed in; or let them in again."""
    user = user_named(acting, name)
    _may_give(acting, user.role, user.places)
    if user.name == acting.actor.name:
        raise Conflict("Nobody can shut themselves out.", "name")
    with acting.registry.together():
        at = datetime.now(UTC) if disabled else None
        acting.registry.users.change(user, disabled_at=at)
        acting.registry.users.end_sessions(user)
        audit.record(acting, "user.disable" if disabled else "user.enable", subject=user.name)
    return acting.registry.users.named(name)


def set_password(acting: Acting, name: str, password: str) -> User:
    """A user with a new password and no second factor; signed out wherever they were in."""
    user = user_named(acting, name)
    _may_give(acting, user.role, user.places)
    with acting.registry.together():
        known = acting.registry.users
        new = passwords.hashed(password, user.name)
        known.change(user, password=new, totp=None, totp_step=0, recovery="")
        known.end_sessions(user)
        known.forget_tries(user.name)
        audit.record(acting, "user.password", subject=user.name)
    return user


def keys(acting: Acting) -> list[Key]:
    """The keys that are good, whose reach is within the actor's; never their secrets."""
    acting.needs(Right.MANAGE_KEYS)
    return [key for key in acting.registry.access.good_keys() if _within(acting, key.places)]


def create_key(acting: Acting, name: str, role: Role, places: frozenset[str] | None) -> str:
    """A new key for a program; this is the only time that it can be read."""
    acting.needs(Right.MANAGE_KEYS)
    _may_give(acting, role, places)
    with acting.registry.together():
        secret = acting.registry.access.create_key(name, role, places)
        after = {"role": role.value, "places": packed(places)}
        audit.record(acting, "key.create", after=after, subject=name)
    return secret


def revoke_key(acting: Acting, number: int) -> None:
    """End a key."""
    acting.needs(Right.MANAGE_KEYS)
    key = acting.registry.access.key(number)
    _may_give(acting, key.role, key.places)
    with acting.registry.together():
        acting.registry.access.revoke(key.id)
        audit.record(acting, "key.revoke", subject=key.name)


def placed(acting: Acting, places: list[str]) -> frozenset[str] | None:
    """Places as they are typed, all known: `S1`, `S1/NORTH`. None at all is everywhere."""
    for place in places:
        study, site = place_of(place)
        within = acting.registry.study_named(study)
        if site and all(known.code != site for known in acting.registry.sites.all(within)):
            raise Invalid(f"{study} has no site {site!r}.", "places")
    return frozenset(places) or None


def _may_give(acting: Acting, role: Role, places: frozenset[str] | None) -> None:
    missing = RIGHTS[role] - RIGHTS[acting.actor.role]
    if missing:
        raise NotAllowed(f"You may not decide over a {role}: it may {min(missing)}.", "role")
    if not _within(acting, places):
        raise NotAllowed("You may not decide over places that you do not reach.", "places")


def _within(acting: Acting, places: frozenset[str] | None) -> bool:
    return Scope(places).within(acting.actor.scope)
