"""Asking a vendor over HTTP: with timeouts, within its quota, again after a passing failure."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Event

import httpx2 as httpx
import msgspec
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    stop_when_event_set,
    wait_random_exponential,
)

from wearhouse.errors import SourceUnavailable
from wearhouse.sources.quota import Quota
from wearhouse.tracing import span

__all__ = ["Patience", "Quota", "Vendor", "open_client", "stopping"]

_value = msgspec.json.Decoder(msgspec.Raw)
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
PASSING = frozenset({408, 429, 500, 502, 503, 504})
_stop: ContextVar[Event] = ContextVar("stop", default=Event())  # noqa: B039  # never set


def open_client(answered: Callable[[str, int], None] | None = None) -> httpx.Client:
    """A client for sources; whoever opens it closes it. `answered` is told of every answer: the
    host and the status."""

    def told(response: httpx.Response) -> None:
        if answered is not None:
            answered(response.url.host, response.status_code)

    headers = {"User-Agent": "wearhouse"}
    return httpx.Client(timeout=TIMEOUT, headers=headers, event_hooks={"response": [told]})


@contextmanager
def stopping(stop: Event) -> Iterator[None]:
    """Whoever asks a vendor in here does not wait for it, nor ask again, once `stop` is set."""
    before = _stop.set(stop)
    try:
        yield
    finally:
        _stop.reset(before)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a question is put, and the waits between: random, doubling, up to the longest."""

    attempts: int = 6
    first_s: float = 1.0
    longest_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Vendor:
    """Whom to ask: the name for messages, and the manners. Whom a question is about (`person`)
    decides against which quota it counts."""

    title: str
    quota: Quota = field(repr=False)
    patience: Patience = Patience()

    def ask(
        self,
        client: httpx.Client,
        request: httpx.Request,
        person: str,
        read: Callable[[bytes], object] | None = None,
    ) -> httpx.Response:
        """The answer, be it a refusal; a success holds a whole JSON value or nothing.

        `read` is given what a success holds and raises DecodeError if it is cut off: whoever
        reads the whole of it anyway does not have it read twice.

        SourceUnavailable if the vendor could not be reached or is overloaded, even after
        several attempts, or if this is `stopping`.
        """
        stop = _stop.get()

        def once() -> httpx.Response:
            if not self.quota.wait(person, stop):
                raise SourceUnavailable(f"{self.title} was not asked: this process stops.")
            return self._answered(client, request, read or _value.decode)

        return Retrying(
            stop=stop_after_attempt(self.patience.attempts) | stop_when_event_set(stop),
            wait=self._pause,
            sleep=sleep_using_event(stop),
            retry=retry_if_exception_type(_Passing),
            reraise=True,
        )(once)

    def _answered(
        self, client: httpx.Client, request: httpx.Request, read: Callable[[bytes], object]
    ) -> httpx.Response:
        try:
            with span("vendor request", "client", **{"server.address": request.url.host}) as traced:
                response = client.send(request)
                traced.note(**{"http.response.status_code": response.status_code})
        except httpx.RequestError as error:
            raise _Passing(f"{self.title} cannot be reached: {type(error).__name__}.") from error
        if response.status_code in PASSING:
            wait_s = _stated_wait(response)
            message = f"{self.title} answers {response.status_code} {response.reason_phrase}."
            if wait_s > self.patience.longest_s:
                raise SourceUnavailable(f"{message} It asks to wait {wait_s:.0f} s.")
            raise _Passing(message, wait_s)
        if response.is_success and not _whole(response.content, read):
            raise _Passing(f"{self.title} sent an answer that is cut off.")
        return response

    def _pause(self, state: RetryCallState) -> float:
        patience = self.patience
        jitter = wait_random_exponential(multiplier=patience.first_s, max=patience.longest_s)(state)
        error = state.outcome.exception() if state.outcome else None
        # Whoever was told when to come back comes a little later, not all at that instant.
        return error.wait_s + min(jitter, 5.0) if isinstance(error, _Passing) else jitter


class _Passing(SourceUnavailable):
    def __init__(self, message: str, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.wait_s = wait_s


def _stated_wait(response: httpx.Response) -> float:
    stated = response.headers.get("Retry-After", "")
    return float(stated) if stated.isdigit() else 0.0


def _whole(content: bytes, read: Callable[[bytes], object]) -> bool:
    if not content.strip():
        return True
    try:
        read(content)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
