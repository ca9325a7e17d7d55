"""What may come in: bodies up to a size, so many questions a minute and at once for whoever sends a
key or a session, and for each address.

Who asks is told by what they send, unseen by anybody: a key that is none still counts for its
address.
"""

import hashlib
import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wearhouse.api.border import BASE
from wearhouse.api.deps import COOKIE
from wearhouse.api.refusals import problem
from wearhouse.errors import TooLarge, TooMany, WearhouseError
from wearhouse.presence import Presence

FREE = frozenset({"/healthz", "/readyz", "/metrics"})
OWN_SIZE = frozenset({f"{BASE}/ingest"})
"""Where batches come in, which have a limit of their own."""

ADDRESS_TIMES = 4
"""Several people stand behind one address."""

NAMES = 10_000


@dataclass(frozen=True, slots=True)
class Most:
    """How much may come in."""

    body_bytes: int
    a_minute: int
    at_once: int


class Pace:
    """So many questions a minute for each name, evenly: after a rest all of them at once."""

    def __init__(self, a_minute: int) -> None:
        self.a_minute = a_minute
        self._full_at: dict[str, float] = {}

    def spend(self, name: str) -> None:
        """Count one question; TooMany if that is one too many."""
        now, each = time.monotonic(), 60 / self.a_minute
        at = max(self._full_at.get(name, now), now) + each
        if at - now > 60:
            wait_s = math.ceil(at - now - 60)
            said = f"That is more than {self.a_minute:,} requests a minute; wait {wait_s} s."
            raise TooMany(said, wait_s)
        self._full_at[name] = at
        if len(self._full_at) > NAMES:
            self._full_at = {one: then for one, then in self._full_at.items() if then > now}


class Gate:
    """Lets requests in, or refuses them before anything is read."""

    def __init__(self, app: ASGIApp, most: Most, presence: Presence) -> None:
        self.app, self.most, self.presence = app, most, presence
        self.keys, self.addresses = Pace(most.a_minute), Pace(most.a_minute * ADDRESS_TIMES)
        self.inside: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in FREE:
            await self.app(scope, receive, send)
            return
        if scope["method"] == "GET":
            self.presence.note()
        try:
            with self._let_in(scope):
                await self._sized(scope, receive, send)
        except (TooMany, TooLarge) as error:
            await _refuse(error, scope, receive, send)

    @contextmanager
    def _let_in(self, scope: Scope) -> Iterator[None]:
        headers = Headers(scope=scope)
        address = scope["client"][0] if scope["client"] else ""
        self.addresses.spend(address)
        limits = {f"address {address}": self.most.at_once * ADDRESS_TIMES}
        sent = headers.get("authorization") or _session(headers.get("cookie", ""))
        if sent:
            name = hashlib.sha256(sent.encode()).hexdigest()[:32]
            self.keys.spend(name)
            limits[f"key {name}"] = self.most.at_once
        with ExitStack() as leaving:
            for name, most in limits.items():
                if self.inside[name] >= most:
                    kind = name.partition(" ")[0]
                    raise TooMany(f"{most:,} requests of this {kind} are being answered; wait.")
                self.inside[name] += 1
                leaving.callback(self._left, name)
            yield

    def _left(self, name: str) -> None:
        self.inside[name] -= 1
        if not self.inside[name]:
            del self.inside[name]

    async def _sized(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a body in as far as it is not too large."""
        if scope["path"] in OWN_SIZE:
            await self.app(scope, receive, send)
            return
        most = self.most.body_bytes
        too_large = TooLarge(f"A body may have {most:,} bytes here; send less at once.", "body")
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdigit() and int(stated) > most:
            raise too_large
        size, answered = 0, False

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            return {"type": "http.disconnect"} if size > most else message

        async def passed(message: Message) -> None:
            nonlocal answered
            if size <= most or answered:
                answered = True
                await send(message)

        try:
            await self.app(scope, counted, passed)
        except Exception:
            if size <= most:
                raise
        if size > most and not answered:
            raise too_large


def _session(cookies: str) -> str:
    found = (part.strip().partition("=") for part in cookies.split(";"))
    return next((value for name, _, value in found if name == COOKIE), "")


async def _refuse(error: WearhouseError, scope: Scope, receive: Receive, send: Send) -> None:
    refusal = problem(error.status, str(error), error.code, error.parameter)
    if isinstance(error, TooMany):
        refusal.headers["Retry-After"] = str(error.wait_s)
    await refusal(scope, receive, send)
