"""Log lines: JSON for a service, readable on a terminal. A line names its request, job or sync,
and never a secret, contact details or a value of health."""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from wearhouse.errors import WearhouseError
from wearhouse.origin import origin

Form = Literal["auto", "json", "text"]
Level = Literal["debug", "info", "warning", "error"]

OURS = "wearhouse"
FACTS = ("method", "route", "status", "ms", "outcome", "grants", "attempts", "failed", "samples")
"""What a line may state beside its sentence."""

_HIDDEN = (
    (re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+"), "[address]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 [secret]"),
    (re.compile(r"(?i)\b(\w+://)[^\s/@]*:[^\s@]*@"), r"\1[secret]@"),
    (
        re.compile(
            r"(?i)\b(token|access_token|refresh_token|code|state|invitation|password|passwd|secret"
            r"|client_secret|api_?key|key)(=|:\s?)[^\s&\"',;)]+"
        ),
        r"\1\2[secret]",
    ),
)
_CONTROL = {number: f"\\x{number:02x}" for number in (*range(32), *range(127, 160))} | {
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


@contextmanager
def written(
    form: Form = "auto", level: Level = "warning", stream: TextIO | None = None
) -> Iterator[None]:
    """Write log lines (to stderr unless a stream is given) for as long as this lasts. `auto` is
    readable on a terminal and JSON elsewhere. `level` is that of our own lines; of libraries
    only warnings are wanted, since their chatter holds addresses and parameters."""
    out = stream or sys.stderr
    on_terminal = out.isatty()
    shown = "text" if form == "text" or (form == "auto" and on_terminal) else "json"
    handler = logging.StreamHandler(out)
    handler.setFormatter(_formatter(shown == "json", on_terminal))
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(level.upper())
    try:
        yield
    finally:
        ours.setLevel(before)
        root.removeHandler(handler)


def _formatter(as_json: bool, coloured: bool) -> logging.Formatter:
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        last += [_renamed, structlog.processors.JSONRenderer(sort_keys=False)]
    else:
        last += [
            structlog.dev.ConsoleRenderer(
                colors=coloured, exception_formatter=structlog.dev.plain_traceback
            )
        ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=FACTS),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_origin,
            _traced,
            _careful,
        ],
        processors=last,
    )


def _with_origin(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event.update(origin())
    return event


def _traced(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An exception as places in code. What a library says of itself may quote a value, a
    parameter or a URL; our own sentences do not."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else None
    if error is not None:
        event["exception"] = "\n".join(_places(error))
    return event


def _places(error: BaseException) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _places(cause)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} in {frame.name}"
    said = f": {careful(str(error))}" if isinstance(error, WearhouseError) else ""
    yield f"{type(error).__qualname__}{said}"


def _careful(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event["event"] = careful(str(event["event"]))
    return event


def careful(text: str) -> str:
    """A text on one line, without addresses and secrets, whoever wrote it."""
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text.translate(_CONTROL)


def _renamed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    known: dict[str, Any] = dict(event)
    ordered = {
        "at": known.pop("timestamp"),
        "level": known.pop("level"),
        "said": known.pop("event"),
    }
    return ordered | known
