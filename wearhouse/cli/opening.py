"""What commands are given: the open Wearhouse, this process's own or the server's, as far as
whoever typed the command reaches."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from wearhouse import runtime
from wearhouse.cli.console import here
from wearhouse.registry import Registry
from wearhouse.runtime import Wearhouse
from wearhouse.secrets import open_secrets
from wearhouse.settings import Settings, read_settings
from wearhouse.study import Actor, Role
from wearhouse.team import acting as at_work
from wearhouse.team.acting import Acting


def settings() -> Settings:
    """The settings in force for this command."""
    place = here.get()
    return place.wearhouse.settings if place.wearhouse else read_settings(place.home)


def actor() -> Actor:
    """Whoever typed the command: the holder of a key, or who owns the home and may do all."""
    return here.get().actor or Actor(_login(), Role.MANAGER, via="command line")


@contextmanager
def opened() -> Iterator[Wearhouse]:
    """The open Wearhouse."""
    serving = here.get().wearhouse
    if serving is not None:
        with _reached(serving) as wearhouse:
            yield wearhouse
        return
    with runtime.opened(settings()) as mine, _reached(mine) as wearhouse:
        yield wearhouse


@contextmanager
def registry() -> Iterator[Registry]:
    """The registry alone, for commands that need no samples."""
    with whole_registry() as whole:
        yield whole.seen_by(actor())


@contextmanager
def acting() -> Iterator[Acting]:
    """Whoever typed the command, at work with the registry."""
    asked = settings()
    with whole_registry() as whole:
        secrets = open_secrets(asked.home, asked.secret_key, asked.secret_key_file)
        yield at_work.acting(actor(), whole, secrets)


@contextmanager
def whole_registry() -> Iterator[Registry]:
    """The registry with everybody in it, out of reach or not."""
    serving = here.get().wearhouse
    if serving is not None:
        yield serving.registry
        return
    with runtime.registry_opened(settings()) as opened_registry:
        yield opened_registry


@contextmanager
def _reached(wearhouse: Wearhouse) -> Iterator[Wearhouse]:
    """The same with the registry as far as a key reaches."""
    if here.get().actor is None:
        yield wearhouse
        return
    narrow = replace(wearhouse, registry=wearhouse.registry.seen_by(actor()))
    try:
        yield narrow
    finally:
        narrow.close()


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        return "owner"
