"""Where research devices and apps push samples and reports."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from wearhouse import telemetry
from wearhouse.api.bodies import raw_body
from wearhouse.api.deps import TheActor, TheRegistry, TheWearhouse, needs
from wearhouse.api.limits import Limits
from wearhouse.api.refusals import RESPONSES
from wearhouse.errors import Conflict, Invalid, TooMany
from wearhouse.ingest import settle_soon, take
from wearhouse.registry.letters import Letter
from wearhouse.study import Right

DOOR = "http"

router = APIRouter(tags=["ingestion"], responses=RESPONSES)


class PushedSample(BaseModel):
    """One value of one metric of a participant. A time without a zone is read on the participant's
    own clock; `offset` says how many minutes that clock was east of UTC."""

    participant: str = Field(min_length=1, max_length=64)
    metric: str = Field(min_length=1, max_length=100)
    t: str = Field(description="An instant or a civil time (RFC 3339).")
    value: float
    offset: int | None = Field(None, ge=-900, le=900)
    device: str | None = Field(None, min_length=1, max_length=200)


class PushedHeartbeat(BaseModel):
    """What a device reports of itself; `device` is its serial."""

    device: str = Field(min_length=1, max_length=200)
    captured_at: AwareDatetime
    type: str = Field("heartbeat", min_length=1, max_length=100)
    version: str | None = Field(None, min_length=1, max_length=200)
    metrics: dict[str, float | str | bool | None] = {}


class PushedBatch(BaseModel):
    """Samples and heartbeats. Where two batches state the same instant, the one that was sent
    later counts."""

    study: str | None = Field(None, min_length=1, max_length=64)
    sent_at: AwareDatetime | None = None
    samples: list[PushedSample] = []
    heartbeats: list[PushedHeartbeat] = []


class ReceiptAnswer(BaseModel):
    """What was taken. It is safe from now on, and on its way into the store."""

    model_config = ConfigDict(from_attributes=True)

    delivery: int
    samples: int
    heartbeats: int
    quarantined: int


def _described() -> dict[str, Any]:
    """A batch for the API's document. Records are read one by one, so that FastAPI, which would
    refuse all of them for one, only describes them."""
    schema = PushedBatch.model_json_schema()
    parts = schema.pop("$defs")
    schema["properties"]["samples"]["items"] = parts["PushedSample"]
    schema["properties"]["heartbeats"]["items"] = parts["PushedHeartbeat"]
    return {"required": True, "content": {"application/json": {"schema": schema}}}


async def the_body(request: Request, wearhouse: TheWearhouse) -> bytes:
    """The batch as it was sent."""
    return await raw_body(request, wearhouse.settings.ingest_body_mb * 1_000_000)


def the_sender(request: Request, actor: TheActor) -> str:
    """Whose batches and keys these are: the holder of one key, or one person; kept within what
    they may push in a minute."""
    who = request.headers.get("authorization") or actor.name
    sender = hashlib.sha256(who.encode()).hexdigest()[:32]
    limits: Limits = request.app.state.limits
    try:
        limits.spend(sender)
    except TooMany:
        telemetry.deliveries.labels(DOOR, "throttled").inc()
        raise
    return sender


Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=255,
        description="A word of the sender's for this batch. Sent again with it, it is taken once.",
    ),
]  # fmt: skip


@router.post(
    "/ingest",
    status_code=202,
    dependencies=[needs(Right.INGEST)],
    openapi_extra={"requestBody": _described()},
)
def post_ingest(
    sender: Annotated[str, Depends(the_sender)],
    body: Annotated[bytes, Depends(the_body)],
    wearhouse: TheWearhouse,
    registry: TheRegistry,
    idempotency_key: Key = None,
) -> ReceiptAnswer:
    """Take a batch of samples and heartbeats. Bad records are quarantined, good ones are kept; the
    same batch again gets the same answer and changes nothing."""
    letter = Letter(DOOR, sender, body, idempotency_key or "")
    try:
        receipt = take(wearhouse.inbox, letter, registry)
    except TooMany:
        telemetry.deliveries.labels(DOOR, "full").inc()
        raise
    except (Invalid, Conflict):
        telemetry.deliveries.labels(DOOR, "refused").inc()
        raise
    settle_soon(wearhouse.inbox)
    return ReceiptAnswer.model_validate(receipt)
