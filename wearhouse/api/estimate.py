"""How much data a study will make."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from wearhouse import estimate as estimation
from wearhouse.api.deps import TheStore, needs
from wearhouse.api.refusals import RESPONSES
from wearhouse.study import Right

router = APIRouter(tags=["store"], responses=RESPONSES, dependencies=[needs(Right.READ)])


class VolumeAnswer(BaseModel):
    """What one metric comes to; the last one, `all`, is their sum. `stores` has the bytes in each
    kind of store, `here` by what this installation measured."""

    model_config = ConfigDict(from_attributes=True)

    metric: str
    every_s: float | None
    samples: int
    raw_bytes: int
    compressed_bytes: int | None
    stores: dict[str, int]
    arithmetic: str


@router.get("/estimate")
def get_estimate(
    store: TheStore,
    participants: Annotated[int, Query(ge=1, le=10_000_000)] = 1_000,
    years: Annotated[float, Query(gt=0, le=1_000, allow_inf_nan=False)] = 1.0,
    metric: Annotated[
        list[str], Field(max_length=100), Query(description="NAME@1s, or NAME for its own rate.")
    ] = [],  # noqa: B006
    compression: Annotated[
        float | None, Query(ge=0, lt=1, description="What it saves of the bytes: 0.8.")
    ] = None,
) -> list[VolumeAnswer]:
    """Samples and bytes; without metrics, those of a Fitbit."""
    rates = [estimation.rate_of(text) for text in metric] or estimation.fitbit_mix()
    sizes = estimation.measured(store.stats())
    stores = estimation.STORES | ({"here": sizes} if sizes else {})
    volumes = estimation.estimate(rates, participants, years, compression, stores)
    return [VolumeAnswer.model_validate(volume) for volume in volumes]
