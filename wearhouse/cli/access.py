"""Who may come in, and what was done: users, keys, the audit trail."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from wearhouse import passwords
from wearhouse.cli import app
from wearhouse.cli.console import out, path, say, show
from wearhouse.cli.opening import acting
from wearhouse.cli.people import Json, Places, key, show_one
from wearhouse.errors import Invalid
from wearhouse.registry.users import User
from wearhouse.study import role_named
from wearhouse.team import access, audit

user = typer.Typer(help="People who sign in with a password.", no_args_is_help=True)
trail = typer.Typer(help="The audit trail.", no_args_is_help=True)
app.add_typer(user, name="user")
app.add_typer(trail, name="audit")

RoleName = Annotated[str, typer.Option(help="What they may do.")]
Stdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the standard input.")
]
USERS = ("name", "role", "places", "second_factor", "disabled_at")


@user.command("list")
def list_users(as_json: Json = False) -> None:
    """Everybody who signs in with a password."""
    with acting() as at_work:
        rows = [_row(known) for known in access.users(at_work)]
    show(rows, as_json, USERS)


@user.command("add")
def add_user(
    name: str,
    role: RoleName,
    place: Places = None,
    password_stdin: Stdin = False,
    as_json: Json = False,
) -> None:
    """Let somebody in. Without a password of yours a random one is made, and shown once."""
    word = _password() if password_stdin else passwords.new_password()
    with acting() as at_work:
        places = access.placed(at_work, place or [])
        made = access.add_user(at_work, name, role_named(role), places, word)
    row = {"name": made.name, "role": made.role.value}
    if not password_stdin:
        show_one(row | {"password": word}, word, as_json)
    elif as_json:
        show_one(row, made.name, as_json)
    else:
        say(f"{made.name} may sign in.")


@user.command("change")
def change_user(
    name: str,
    role: Annotated[str | None, typer.Option(help="What they may do.")] = None,
    place: Places = None,
    everywhere: Annotated[bool, typer.Option("--everywhere", help="At all places.")] = False,
) -> None:
    """Give somebody another role or other places."""
    with acting() as at_work:
        known = access.user_named(at_work, name)
        places = access.placed(at_work, place) if place else known.places
        then = role_named(role) if role else known.role
        access.change_user(at_work, name, then, None if everywhere else places)
    say(f"{name} is changed.")


@user.command("disable")
def disable_user(name: str) -> None:
    """Let somebody in no more, and out wherever they are signed in."""
    with acting() as at_work:
        access.disable(at_work, name)
    say(f"{name} may not sign in any more.")


@user.command("enable")
def enable_user(name: str) -> None:
    """Let somebody in again."""
    with acting() as at_work:
        access.disable(at_work, name, disabled=False)
    say(f"{name} may sign in.")


@user.command("password")
def reset_password(name: str, password_stdin: Stdin = False, as_json: Json = False) -> None:
    """Give somebody a new password, which ends their sessions and their second factor."""
    word = _password() if password_stdin else passwords.new_password()
    with acting() as at_work:
        access.set_password(at_work, name, word)
    if password_stdin:
        say(f"{name} has a new password.")
    else:
        show_one({"name": name, "password": word}, word, as_json)


@key.command("list")
def list_keys(as_json: Json = False) -> None:
    """The keys that are good, without their secrets."""
    with acting() as at_work:
        rows = [
            {
                "id": known.id, "name": known.name, "role": known.role.value,
                "places": _places(known.places), "created_at": known.created_at,
            }
            for known in access.keys(at_work)
        ]  # fmt: skip
    show(rows, as_json, ("id", "name", "role", "places", "created_at"))


@key.command("revoke")
def revoke_key(number: int) -> None:
    """End a key."""
    with acting() as at_work:
        access.revoke_key(at_work, number)
    say(f"Key {number} opens nothing any more.")


@trail.command("verify")
def verify_trail(
    file: Annotated[Path | None, typer.Argument(help="An exported trail.")] = None,
    as_json: Json = False,
) -> None:
    """Check that the audit trail is as it was written: that of the registry, or an exported one,
    which needs nothing but the file."""
    if file is None:
        with acting() as at_work:
            found = audit.verdict(at_work)
    else:
        found = audit.verify_file(path(file))
    if as_json:
        show([{"sound": found.sound, "entries": found.entries, "digest": found.digest,
               "problem": found.problem}], as_json)  # fmt: skip
    elif found.sound:
        say(f"{found.entries} entries are as they were written. The last is {found.digest}.")
    if not found.sound:
        raise Invalid(f"{found.entries} entries hold together. {found.problem}")


@trail.command("list")
def list_entries(
    actor: Annotated[str | None, typer.Option(help="Who did it.")] = None,
    act: Annotated[str | None, typer.Option(help="An act, or a kind of acts: contact.")] = None,
    participant: Annotated[str | None, typer.Option(help="A participant's code.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 100,
    as_json: Json = False,
) -> None:
    """Who did or read what, the newest first."""
    with acting() as at_work:
        rows = audit.entries(at_work, limit, actor=actor, act=act, participant=participant)
    show(rows, as_json, ("number", "at", "actor", "act", "participant", "subject", "reason"))


@trail.command("export")
def export_trail(
    target: Annotated[Path | None, typer.Option("--out", help="A file to write.")] = None,
) -> None:
    """Write the whole trail as JSON lines, to be kept and verified elsewhere."""
    with acting() as at_work:
        if target is None:
            for line in audit.exported(at_work):
                out(line)
            return
        with path(target).open("wb") as file:
            file.writelines(audit.exported(at_work))
    say(f"The trail is in {target}.")


def _password() -> str:
    word = sys.stdin.readline().rstrip("\n")
    if not word:
        raise Invalid("There is no password on the standard input.", "password")
    return word


def _row(known: User) -> dict[str, object]:
    return {
        "name": known.name, "role": known.role.value, "places": _places(known.places),
        "second_factor": known.totp is not None, "disabled_at": known.disabled_at,
    }  # fmt: skip


def _places(places: frozenset[str] | None) -> list[str] | None:
    return None if places is None else sorted(places)
