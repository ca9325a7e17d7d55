"""What each command needs of the holder of a key. Without a key, whoever owns the home is free."""

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from typer.core import TyperCommand, TyperGroup

from wearhouse.cli.console import here
from wearhouse.cli.opening import whole_registry
from wearhouse.errors import NotAllowed
from wearhouse.study import Right

ANYBODY = frozenset({"metrics", "synth", "fleet synth"})
"""Commands that read and change nothing that is kept."""

NEEDS: dict[str, Right] = {
    "estimate": Right.READ,
    "doctor": Right.READ_INGESTION,
    "archive": Right.KEEP,
    "relocate": Right.KEEP,
    "import": Right.LOAD,
    "query": Right.EXPORT,
    "sync": Right.LOAD,
    "replay": Right.LOAD,
    "schedule": Right.KEEP,
    "grant seats": Right.READ_INGESTION,
    "rollup stats": Right.READ_INGESTION,
    "rollup refresh": Right.KEEP,
    "rollup route": Right.READ,
    "study list": Right.READ,
    "study create": Right.EDIT_STUDY,
    "study change": Right.EDIT_STUDY,
    "site list": Right.READ,
    "site add": Right.EDIT_STUDY,
    "arm list": Right.READ,
    "arm add": Right.EDIT_STUDY,
    "cohort list": Right.READ,
    "cohort show": Right.READ,
    "cohort add": Right.EDIT_STUDY,
    "participant list": Right.READ,
    "participant add": Right.EDIT_PEOPLE,
    "participant import": Right.EDIT_PEOPLE,
    "participant change": Right.EDIT_PEOPLE,
    "participant pause": Right.EDIT_PEOPLE,
    "participant resume": Right.EDIT_PEOPLE,
    "participant withdraw": Right.EDIT_PEOPLE,
    "participant contact": Right.READ_CONTACTS,
    "participant history": Right.READ,
    "user list": Right.MANAGE_ACCESS,
    "user add": Right.MANAGE_ACCESS,
    "user change": Right.MANAGE_ACCESS,
    "user disable": Right.MANAGE_ACCESS,
    "user enable": Right.MANAGE_ACCESS,
    "user password": Right.MANAGE_ACCESS,
    "key list": Right.MANAGE_KEYS,
    "key create": Right.MANAGE_KEYS,
    "key revoke": Right.MANAGE_KEYS,
    "adherence": Right.READ,
    "impute run": Right.IMPUTE,
    "impute list": Right.READ,
    "impute report": Right.READ,
    "impute compare": Right.READ,
    "impute withdraw": Right.IMPUTE,
    "impute classes": Right.READ,
    "definition list": Right.READ,
    "definition choose": Right.EDIT_STUDY,
    "fleet load": Right.LOAD,
    "fleet curate": Right.LOAD,
    "fleet percentile": Right.READ,
    "fleet vitals": Right.READ,
    "fleet compare": Right.READ,
    "fleet metrics": Right.READ,
    "fleet loads": Right.READ_INGESTION,
    "audit verify": Right.READ_AUDIT,
    "audit list": Right.READ_AUDIT,
    "audit export": Right.READ_AUDIT,
    "erase": Right.ERASE,
}
"""Every other command is for the owner of the home alone: one that serves, copies, makes keys of
the home anew."""


def guard(group: TyperGroup, path: str = "") -> None:
    """Let commands run only for those who may: asked before each of them."""
    for name, command in group.commands.items():
        whole = f"{path} {name}".strip()
        if isinstance(command, TyperGroup):
            guard(command, whole)
        elif isinstance(command, TyperCommand) and command.callback is not None:
            command.callback = _guarded(whole, command.callback)


def _guarded(name: str, callback: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(callback)
    def checked(*arguments: Any, **options: Any) -> Any:
        _check(name)
        return callback(*arguments, **options)

    return checked


def _check(name: str) -> None:
    place = here.get()
    if not place.key or name in ANYBODY:
        return
    with whole_registry() as registry:
        actor = registry.access.holder(place.key)
    if name not in NEEDS:
        raise NotAllowed(f"`wearhouse {name}` is not for the holders of keys.")
    if not actor.may(NEEDS[name]):
        raise NotAllowed(f"The role {actor.role} may not do this ({NEEDS[name]}).")
    here.set(replace(place, actor=replace(actor, via="command line")))
