"""Batches from a message broker, NATS JetStream or Kafka: taken like those over HTTP.

A message is acknowledged once its batch is safe in the registry, so that a consumer that is
killed loses nothing; what is delivered again has its receipt already, so that nothing is doubled.
"""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Protocol
from urllib.parse import urlsplit

from wearhouse import telemetry
from wearhouse.errors import Invalid, WearhouseError
from wearhouse.ingest import Inbox, settle_soon, take_all
from wearhouse.registry.letters import Letter

log = logging.getLogger("wearhouse")

GROUP = "wearhouse"
"""The name under which the broker remembers how far we are."""
AT_ONCE = 200
WAIT_S = 1.0
ACK_WAIT_S = 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 8.0
TICK_S = 0.1


class Message(Protocol):
    """Messages that came together, as the library gives them."""

    raw_message: Any

    async def ack(self) -> None: ...

    async def nack(self) -> None: ...


class Broker(Protocol):
    """A connection to a broker, with what is done about its messages."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Line:
    """Where to listen: a subject that a JetStream stream keeps, or a topic of Kafka."""

    url: str
    subject: str = "wearhouse.ingest"
    stream: str = "WEARHOUSE"

    @property
    def door(self) -> str:
        return "kafka" if urlsplit(self.url).scheme == "kafka" else "nats"


Handler = Callable[[Message], Awaitable[None]]
Letters = Callable[[Message], Sequence[Letter]]


@contextmanager
def consuming(inbox: Inbox, line: Line) -> Iterator[None]:
    """Take what the broker brings, in the background for as long as this lasts. Invalid if its
    URL is of no kind that is known, or the library for brokers is not installed."""
    make = _maker(line)
    stop = threading.Event()
    work = threading.Thread(
        target=lambda: asyncio.run(_listen(inbox, line, make, stop)), name="broker"
    )
    work.start()
    try:
        yield
    finally:
        stop.set()
        work.join()


def on_nats(line: Line, handle: Handler) -> Broker:
    """A durable consumer of JetStream; the stream is made if it is not there."""
    from faststream import AckPolicy, Context
    from faststream.nats import JStream, NatsBroker, PullSub
    from nats.js.api import ConsumerConfig

    broker = NatsBroker(
        line.url, max_reconnect_attempts=-1, logger=None, graceful_timeout=ACK_WAIT_S
    )

    @broker.subscriber(
        line.subject,
        stream=JStream(line.stream),
        durable=GROUP,
        config=ConsumerConfig(ack_wait=ACK_WAIT_S),
        pull_sub=PullSub(AT_ONCE, WAIT_S, batch=True),
        ack_policy=AckPolicy.MANUAL,
        decoder=_undecoded,
    )
    async def arrived(message: Annotated[Any, Context("message")]) -> None:
        await handle(message)

    return broker


def on_kafka(line: Line, handle: Handler) -> Broker:
    """A consumer of a consumer group, which commits what is safe. The topic must be there."""
    from faststream import AckPolicy, Context
    from faststream.confluent import KafkaBroker

    servers = urlsplit(line.url).netloc.split(",")
    broker = KafkaBroker(
        servers, allow_auto_create_topics=False, logger=None, graceful_timeout=ACK_WAIT_S
    )

    @broker.subscriber(
        line.subject,
        group_id=GROUP,
        auto_offset_reset="earliest",
        batch=True,
        max_records=AT_ONCE,
        polling_interval=WAIT_S,
        ack_policy=AckPolicy.MANUAL,
        decoder=_undecoded,
    )
    async def arrived(message: Annotated[Any, Context("message")]) -> None:
        await handle(message)

    return broker


def handler(inbox: Inbox, line: Line, stop: threading.Event) -> Handler:
    """What is done about messages: taken, acknowledged, settled. While that is impossible they
    go back, after a pause that grows."""
    letters = _nats_letters if line.door == "nats" else _kafka_letters
    pause_s = FIRST_PAUSE_S

    async def handle(message: Message) -> None:
        nonlocal pause_s
        try:
            await asyncio.to_thread(take_all, inbox, letters(message))
        except WearhouseError as error:
            log.warning("messages go back to the broker: %s", error)
            telemetry.deliveries.labels(line.door, "put_off").inc()
            await _pause(pause_s, stop)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            await message.nack()
            return
        pause_s = FIRST_PAUSE_S
        await message.ack()
        await asyncio.to_thread(settle_soon, inbox)

    return handle


async def _listen(
    inbox: Inbox, line: Line, make: Callable[[Line, Handler], Broker], stop: threading.Event
) -> None:
    pause_s = FIRST_PAUSE_S
    while not stop.is_set():
        broker = make(line, handler(inbox, line, stop))
        starting = asyncio.ensure_future(broker.start())
        try:
            while not stop.is_set():
                if starting.done():
                    starting.result()
                    pause_s = FIRST_PAUSE_S
                await asyncio.sleep(TICK_S)
        except Exception as error:
            log.error("the broker at %s cannot be reached: %s", _shown(line), error)
            await _pause(pause_s, stop)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        finally:
            starting.cancel()
            with suppress(Exception, asyncio.CancelledError):
                await starting
            with suppress(Exception):
                await broker.stop()


def _maker(line: Line) -> Callable[[Line, Handler], Broker]:
    parts = urlsplit(line.url)
    makers = {"nats": on_nats, "tls": on_nats, "kafka": on_kafka}
    if parts.scheme not in makers or not parts.netloc:
        raise Invalid("A broker's URL looks like nats://HOST:4222 or kafka://HOST:9092.", "broker")
    try:
        import faststream  # noqa: F401
    except ImportError:
        raise Invalid(
            "For a broker, install its library: pip install 'wearhouse[broker]'.", "broker"
        ) from None
    return makers[parts.scheme]


def _nats_letters(message: Message) -> list[Letter]:
    return [
        Letter(
            "nats",
            raw.subject,
            raw.data,
            (raw.headers or {}).get("Nats-Msg-Id", "")[:255],
            raw.metadata.timestamp,
        )
        for raw in message.raw_message
    ]


def _kafka_letters(message: Message) -> list[Letter]:
    return [
        Letter(
            "kafka",
            raw.topic(),
            raw.value() or b"",
            _header(raw, "Idempotency-Key"),
            datetime.fromtimestamp(raw.timestamp()[1] / 1000, UTC),
        )
        for raw in message.raw_message
    ]


def _header(raw: Any, name: str) -> str:
    for key, value in raw.headers() or ():
        if key == name and isinstance(value, bytes):
            return value.decode(errors="replace")[:255]
    return ""


async def _undecoded(_message: Any) -> None:
    """Bodies are read where batches are read, whoever brings them."""


async def _pause(seconds: float, stop: threading.Event) -> None:
    waited = 0.0
    while waited < seconds and not stop.is_set():
        await asyncio.sleep(TICK_S)
        waited += TICK_S


def _shown(line: Line) -> str:
    """Where the broker is, without the words to get in."""
    return urlsplit(line.url).netloc.rpartition("@")[2]
