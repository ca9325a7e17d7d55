"""What commands are given: the open Wearhouse, this process's own or the server's."""

from collections.abc import Iterator
from contextlib import contextmanager

from wearhouse import runtime
from wearhouse.cli.console import here
from wearhouse.registry import Registry
from wearhouse.runtime import Wearhouse
from wearhouse.settings import Settings, read_settings


def settings() -> Settings:
    """The settings in force for this command."""
    place = here.get()
    return place.wearhouse.settings if place.wearhouse else read_settings(place.home)


@contextmanager
def opened() -> Iterator[Wearhouse]:
    """The open Wearhouse."""
    serving = here.get().wearhouse
    if serving is not None:
        yield serving
        return
    with runtime.opened(settings()) as wearhouse:
        yield wearhouse


@contextmanager
def registry() -> Iterator[Registry]:
    """The registry alone, for commands that need no samples."""
    serving = here.get().wearhouse
    if serving is not None:
        yield serving.registry
        return
    with runtime.registry_opened(settings()) as opened_registry:
        yield opened_registry
