"""Commands relayed by the command line while this process holds the store."""

import base64
import json
import queue
import secrets
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from wearhouse.errors import NotAllowed
from wearhouse.runtime import Wearhouse

router = APIRouter(include_in_schema=False)

Stream = Literal["out", "err"]
Write = Callable[[Stream, bytes], None]
Runner = Callable[[Wearhouse, list[str], Path, Write], int]
"""Runs a command line against an open Wearhouse, in a folder; answers the exit code."""


class Command(BaseModel):
    """A command line and the folder it was typed in."""

    arguments: list[str]
    folder: Path


@router.post("/internal/commands")
def run_command(
    command: Command, request: Request, x_wearhouse_token: Annotated[str, Header()] = ""
) -> StreamingResponse:
    """Run a command line here; answers its output line by line, its exit code last."""
    token: str | None = request.app.state.token
    if token is None or not secrets.compare_digest(token, x_wearhouse_token):
        raise NotAllowed("Only the command line of the user who runs the server may do this.")
    runner: Runner = request.app.state.runner
    lines: queue.Queue[dict[str, str | int] | None] = queue.Queue(maxsize=64)

    def write(stream: Stream, text: bytes) -> None:
        lines.put({stream: base64.b64encode(text).decode()})

    def work() -> None:
        code = 1
        try:
            code = runner(request.app.state.wearhouse, command.arguments, command.folder, write)
        finally:
            lines.put({"exit": code})
            lines.put(None)

    threading.Thread(target=copy_context().run, args=(work,), daemon=True).start()
    return StreamingResponse(_lines(lines), media_type="application/x-ndjson")


def _lines(lines: "queue.Queue[dict[str, str | int] | None]") -> Iterator[bytes]:
    while (line := lines.get()) is not None:
        yield json.dumps(line).encode() + b"\n"
