"""ASGI applications served on loopback by a thread, and the faults that befall them."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from doubles.faults import Faults

App = Any


@contextmanager
def served(app: App) -> Iterator[str]:
    """The address of an application for as long as it is served."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_config=None, log_level="critical", lifespan="off", ws="none",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        host, port = listening.getsockname()
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


class Cut(Exception):
    """Ends a connection in the middle of an answer."""


def failing(app: App, faults: Faults) -> App:
    """The application, with faults in front of it."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        fault = faults.next()
        if fault == "slow":
            await asyncio.sleep(faults.latency_s)
        elif fault == "hang":
            await asyncio.sleep(faults.hang_s)
        elif fault in ("cut", "garbled", "drop"):
            await _cut(app, scope, receive, send, fault)
            return
        elif fault in REFUSALS:
            await _refuse(send, *REFUSALS[fault], faults.retry_after_s)
            return
        await app(scope, receive, send)

    return answer


REFUSALS = {
    "throttle": (429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"),
    "error": (500, "INTERNAL", ""),
    "unavailable": (503, "UNAVAILABLE", ""),
    "expired": (401, "UNAUTHENTICATED", ""),
}


def problem(code: int, status: str, reason: str, message: str = "No.") -> dict[str, Any]:
    """The body of a refusal as Google writes it."""
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    error = {"code": code, "message": message, "status": status}
    return {"error": {**error, "details": details} if reason else error}


async def _refuse(send: Any, code: int, status: str, reason: str, after: int | None) -> None:
    body = json.dumps(problem(code, status, reason)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if code == 429 and after is not None:
        headers.append((b"retry-after", b"%d" % after))
    await send({"type": "http.response.start", "status": code, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _cut(app: App, scope: Any, receive: Any, send: Any, fault: str) -> None:
    parts: list[Any] = []

    async def keep(message: Any) -> None:
        parts.append(message)

    await app(scope, receive, keep)
    start, *bodies = parts
    whole = b"".join(message.get("body", b"") for message in bodies)
    half = b"" if fault == "drop" else whole[: len(whole) // 2]
    if fault == "garbled":
        headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
        start = {**start, "headers": [*headers, (b"content-length", b"%d" % len(half))]}
    await send(start)
    await send({"type": "http.response.body", "body": half, "more_body": fault != "garbled"})
    if fault != "garbled":
        raise Cut
