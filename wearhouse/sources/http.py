"""Asking a vendor over HTTP: with timeouts, within its quota, again after a passing failure."""

from dataclasses import dataclass, field

import httpx2 as httpx
import msgspec
from pyrate_limiter import BucketFactory, InMemoryBucket, Limiter, MonotonicClock, Rate, RateItem
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from wearhouse.errors import SourceUnavailable

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
PASSING = frozenset({408, 429, 500, 502, 503, 504})


def open_client() -> httpx.Client:
    """A client for sources; whoever opens it closes it."""
    return httpx.Client(timeout=TIMEOUT, headers={"User-Agent": "wearhouse"})


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a question is put, and the waits between: random, doubling, up to the longest."""

    attempts: int = 6
    first_s: float = 1.0
    longest_s: float = 60.0


class Quota:
    """What a vendor allows of each person and of all together; `wait` returns when one more
    question is within it. Counted in this process, over windows that slide."""

    def __init__(self, per_person: Rate, in_all: Rate) -> None:
        self._persons = Limiter(_Buckets(per_person))
        self._all = Limiter(_Buckets(in_all))

    def wait(self, person: str) -> None:
        self._persons.try_acquire(person)
        self._all.try_acquire("all")


@dataclass(frozen=True, slots=True)
class Vendor:
    """Whom to ask: the name for messages, and the manners. Whom a question is about (`person`)
    decides against which quota it counts."""

    title: str
    quota: Quota = field(repr=False)
    patience: Patience = Patience()

    def ask(self, client: httpx.Client, request: httpx.Request, person: str) -> httpx.Response:
        """The answer, be it a refusal; a success holds a whole JSON value or nothing.

        SourceUnavailable if the vendor could not be reached or is overloaded, even after
        several attempts.
        """

        def once() -> httpx.Response:
            self.quota.wait(person)
            return self._answered(client, request)

        return Retrying(
            stop=stop_after_attempt(self.patience.attempts),
            wait=self._pause,
            retry=retry_if_exception_type(_Passing),
            reraise=True,
        )(once)

    def _answered(self, client: httpx.Client, request: httpx.Request) -> httpx.Response:
        try:
            response = client.send(request)
        except httpx.RequestError as error:
            raise _Passing(f"{self.title} cannot be reached: {type(error).__name__}.") from error
        if response.status_code in PASSING:
            wait_s = _stated_wait(response)
            message = f"{self.title} answers {response.status_code} {response.reason_phrase}."
            if wait_s > self.patience.longest_s:
                raise SourceUnavailable(f"{message} It asks to wait {wait_s:.0f} s.")
            raise _Passing(message, wait_s)
        if response.is_success and not _whole(response.content):
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


class _Buckets(BucketFactory):
    """A bucket for each name."""

    def __init__(self, rate: Rate) -> None:
        self._rate, self._clock = rate, MonotonicClock()
        self._named: dict[str, InMemoryBucket] = {}

    def wrap_item(self, name: str, weight: int = 1) -> RateItem:
        return RateItem(name, self._clock.now(), weight=weight)

    def get(self, item: RateItem) -> InMemoryBucket:
        if item.name not in self._named:
            bucket = self.create(InMemoryBucket, [self._rate])
            assert isinstance(bucket, InMemoryBucket)
            self._named[item.name] = bucket
        return self._named[item.name]


def _stated_wait(response: httpx.Response) -> float:
    stated = response.headers.get("Retry-After", "")
    return float(stated) if stated.isdigit() else 0.0


def _whole(content: bytes) -> bool:
    if not content.strip():
        return True
    try:
        msgspec.json.decode(content, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
