"""What a pushed batch says: samples and heartbeats, each record looked at by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

import msgspec
import pyarrow as pa
from msgspec import Meta, Raw

from wearhouse.errors import Invalid
from wearhouse.metrics import METRICS
from wearhouse.samples import NAMES, PARSED_SAMPLES, Parsed

T = TypeVar("T")

SOURCE = "ingest"
"""The source of pushed samples, in the store and in figures."""

MINUTE = timedelta(minutes=1)
SHOWN = 500

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Label = Annotated[str, Meta(min_length=1, max_length=100)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Offset = Annotated[int, Meta(ge=-900, le=900)]
Measured = Annotated[dict[Label, float | str | bool | None], Meta(max_length=1_000)]


class Sample(msgspec.Struct, frozen=True):
    """One value of one metric of a participant."""

    participant: Code
    metric: Label
    t: datetime
    value: float
    offset: Offset | None = None
    device: Name | None = None


class Heartbeat(msgspec.Struct, frozen=True):
    """What a device reports of itself; `device` is its serial."""

    device: Name
    captured_at: Annotated[datetime, Meta(tz=True)]
    type: Label = "heartbeat"
    version: Name | None = None
    metrics: Measured = {}


class Whose(msgspec.Struct, frozen=True):
    """A record of which only the participant can be read, or not even that."""

    participant: str = ""


class Whole(msgspec.Struct, frozen=True):
    """A batch whose records have not been looked at."""

    study: Code | None = None
    sent_at: Annotated[datetime, Meta(tz=True)] | None = None
    samples: list[Raw] = []
    heartbeats: list[Raw] = []


@dataclass(frozen=True)
class Batch:
    """A batch, read: samples by the clock that their times are written on, heartbeats as rows of
    their table, and the records that were refused (of, position, person, reason, record)."""

    study: str | None
    sent_at: datetime | None
    persons: frozenset[str]
    samples: Sequence[Parsed]
    heartbeats: Sequence[Mapping[str, Any]]
    refused: Sequence[Mapping[str, Any]]


def read_batch(body: bytes) -> Batch:
    """Read a batch; Invalid if it is none, or holds nothing."""
    whole = _whole(body)
    if not whole.samples and not whole.heartbeats:
        raise Invalid("The batch holds neither samples nor heartbeats.", "samples")
    refused: list[dict[str, Any]] = []
    samples = [
        (position, sample)
        for position, sample in _each(whole.samples, Sample, "samples", refused)
        if _measurable(position, sample, refused)
    ]
    beats = [
        {
            "position": position, "device": beat.device, "captured_at": beat.captured_at,
            "type": beat.type, "version": beat.version,
            "record": bytes(whole.heartbeats[position]).decode(),
        }
        for position, beat in _each(whole.heartbeats, Heartbeat, "heartbeats", refused)
    ]  # fmt: skip
    zoned = [(position, sample) for position, sample in samples if sample.t.tzinfo]
    civil = [(position, sample) for position, sample in samples if not sample.t.tzinfo]
    return Batch(
        whole.study,
        whole.sent_at,
        frozenset(sample.participant for _, sample in samples),
        [
            Parsed(samples=_table(zoned), clock="utc"),
            Parsed(samples=_table(civil), clock="civil"),
        ],
        beats,
        refused,
    )


def raw_samples(body: bytes) -> dict[str, list[bytes]]:
    """The sample records of a batch as they were written, by participant."""
    found: dict[str, list[bytes]] = {}
    for raw in _whole(body).samples:
        found.setdefault(_whose(raw), []).append(bytes(raw))
    return found


def _whole(body: bytes) -> Whole:
    try:
        body.decode()
        return msgspec.json.decode(body, type=Whole)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"This is no batch of samples and heartbeats: {error}.", "body") from None


def _each(
    raws: Sequence[Raw], kind: type[T], of: str, refused: list[dict[str, Any]]
) -> list[tuple[int, T]]:
    """The records that are as they should be, each with its position."""
    decoder = msgspec.json.Decoder(kind)
    good: list[tuple[int, T]] = []
    for position, raw in enumerate(raws):
        try:
            good.append((position, decoder.decode(raw)))
        except (msgspec.DecodeError, RecursionError) as error:
            refused.append(_refusal(of, position, _whose(raw), str(error), bytes(raw)))
    return good


def _measurable(position: int, sample: Sample, refused: list[dict[str, Any]]) -> bool:
    """Whether it is a sample of a metric that is measured in samples."""
    metric = METRICS.get(sample.metric)
    if metric is not None and metric.kind != "episode":
        return True
    said = f"{sample.metric} is made of episodes, not of samples"
    reason = said if metric else f"no metric is called {sample.metric!r}"
    shown = f"{sample.metric} {sample.t.isoformat()} {sample.value:g}".encode()
    refused.append(_refusal("samples", position, sample.participant, reason, shown))
    return False


def _refusal(of: str, position: int, person: str, reason: str, record: bytes) -> dict[str, Any]:
    shown = record[:SHOWN].decode(errors="replace")
    return {
        "of": of, "position": position, "person": person[:64], "reason": reason, "record": shown,
    }  # fmt: skip


def _whose(raw: Raw) -> str:
    try:
        return msgspec.json.decode(raw, type=Whose).participant
    except (msgspec.DecodeError, RecursionError):
        return ""


def _table(samples: Sequence[tuple[int, Sample]]) -> pa.Table:
    """Samples in the schema PARSED_SAMPLES; an offset that a time is written with is kept."""
    times = [_plain(sample.t) for _, sample in samples]
    columns = [
        pa.array([sample.participant for _, sample in samples], pa.string()).cast(NAMES),
        pa.array([sample.metric for _, sample in samples], pa.string()).cast(NAMES),
        pa.array([time for time, _ in times], pa.timestamp("us")).cast(
            pa.timestamp("ms"), safe=False
        ),
        pa.array(
            [
                written if sample.offset is None else sample.offset
                for (_, sample), (_, written) in zip(samples, times, strict=True)
            ],
            pa.int16(),
        ),
        pa.array([sample.value for _, sample in samples], pa.float64()),
        pa.array([position for position, _ in samples], pa.int64()),
    ]
    return pa.Table.from_arrays(columns, schema=PARSED_SAMPLES)


def _plain(t: datetime) -> tuple[datetime, int | None]:
    """A time without its zone, and how many minutes east of UTC it is written. `Z` says nothing
    of the participant's clock."""
    offset = t.utcoffset()
    if not offset:
        return t.replace(tzinfo=None), None
    try:
        return t.replace(tzinfo=None) - offset, offset // MINUTE
    except OverflowError:  # at either end of the calendar; refused later as out of reach
        return t.replace(tzinfo=None), None
