"""Where commands read and write: this terminal, or the terminal of a relayed command."""

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from wearhouse.runtime import Wearhouse
from wearhouse.study import Actor

Stream = Literal["out", "err"]
Write = Callable[[Stream, bytes], None]
JSON = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z | orjson.OPT_SERIALIZE_NUMPY


@dataclass(frozen=True)
class Place:
    """Where a command runs: its folder, where its output goes, and, when it was relayed to a
    server, what that server has open; with a key, whoever holds it."""

    folder: Path
    write: Write
    wearhouse: Wearhouse | None = None
    home: Path | None = None
    debug: bool = False
    key: str = field(default="", repr=False)
    actor: Actor | None = None


def _terminal(stream: Stream, text: bytes) -> None:
    target = sys.stdout if stream == "out" else sys.stderr
    if isinstance(target, io.TextIOWrapper):
        target.flush()
        target.buffer.write(text)
    else:
        target.write(text.decode(errors="replace"))
    target.flush()


TERMINAL = Place(Path(), _terminal)
here: ContextVar[Place] = ContextVar("here", default=TERMINAL)


@contextmanager
def at(place: Place) -> Iterator[None]:
    """Run commands at a place."""
    token = here.set(place)
    try:
        yield
    finally:
        here.reset(token)


def path(given: Path) -> Path:
    """A path as it was meant in the folder of the command."""
    return here.get().folder / given


def say(text: str) -> None:
    """A line for a person, beside the output."""
    here.get().write("err", (text + "\n").encode())


def out(content: bytes) -> None:
    """Bytes of the output."""
    here.get().write("out", content)


def show(rows: Sequence[dict[str, Any]], as_json: bool, columns: Sequence[str] = ()) -> None:
    """Rows as a table for a person or as a JSON array of objects."""
    if as_json:
        out(orjson.dumps(list(rows), option=JSON | orjson.OPT_INDENT_2) + b"\n")
        return
    names = list(columns) or list(rows[0] if rows else [])
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        numeric = rows and all(isinstance(row.get(name), int | float) for row in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_text(row.get(name)) for name in names))
    text = io.StringIO()
    width = Console().width if sys.stdout.isatty() else 200
    Console(file=text, width=width, highlight=False).print(table)
    out(text.getvalue().encode())


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def lines(pairs: Iterable[tuple[str, object]]) -> None:
    """Named figures for a person, one a line."""
    known = [(name, value) for name, value in pairs if value not in (None, "")]
    width = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        say(f"{name:<{width}}  {value if isinstance(value, str) else _text(value)}")


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal; elsewhere nothing. Yields a function that takes what was done."""
    if here.get().wearhouse is not None or not sys.stderr.isatty():
        yield lambda _done: None
        return
    bar = Progress(
        TextColumn(what),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)
