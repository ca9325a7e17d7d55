"""Sources: what turns payloads into samples. Plugins join by the entry points of this name."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol, runtime_checkable

from wearhouse.errors import Conflict, Invalid, NotFound
from wearhouse.samples import Parsed
from wearhouse.sources.files import File, Head


class Source(Protocol):
    """Reads files of one format. `refines` names a source whose files it reads more exactly."""

    @property
    def name(self) -> str: ...

    @property
    def refines(self) -> str: ...

    def recognises(self, head: Head) -> bool:
        """Whether a file that begins so is in this format, judged by its content."""

    def read(self, file: File) -> Iterator[Parsed]:
        """What the file holds, in batches; Invalid if it is damaged or holds nothing of use."""


class Prepared(Source, Protocol):
    """A source that has seen all its files of an import. `notes` says in words what it decided;
    it is complete when the last of them has been read."""

    @property
    def notes(self) -> Sequence[str]: ...


@runtime_checkable
class Preparing(Protocol):
    """What a source is besides, if one of its files cannot be read without knowing the others."""

    def prepare(self, files: Sequence[File]) -> Prepared:
        """The source that reads these files. Called once, with all of an import's."""


@cache
def installed() -> dict[str, Source]:
    """Every source by name, those of installed plugins included."""
    sources: dict[str, Source] = {}
    for entry in entry_points(group="wearhouse.sources"):
        if entry.name in sources:
            raise Conflict(f"Two installed packages offer a source called {entry.name!r}.")
        sources[entry.name] = entry.load()()
    return sources


def source_named(name: str) -> Source:
    """The source of that name; NotFound if none is installed."""
    try:
        return installed()[name]
    except KeyError:
        known = ", ".join(sorted(installed()))
        raise NotFound(f"No source is called {name!r}. Installed: {known}.", "format") from None


def recognise(file: File) -> Source:
    """The source that knows this file's format; Invalid if none does, or more than one."""
    head = file.head()
    claims = [source for source in installed().values() if source.recognises(head)]
    refined = {source.refines for source in claims}
    claims = [source for source in claims if source.name not in refined]
    names = ", ".join(sorted(source.name for source in claims or installed().values()))
    if not claims:
        raise Invalid(f"{file.name} is not in a format that Wearhouse knows ({names}).", "format")
    if len(claims) > 1:
        raise Invalid(f"{file.name} could be any of {names}; say which.", "format")
    return claims[0]
