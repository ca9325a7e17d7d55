"""What the store keeps and what it costs."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from wearhouse.api.deps import TheStore, needs
from wearhouse.api.refusals import RESPONSES
from wearhouse.study import Right

router = APIRouter(tags=["store"], responses=RESPONSES, dependencies=[needs(Right.READ_INGESTION)])


class LevelAnswer(BaseModel):
    """One metric at one level."""

    level: str
    metric: str
    rows: int
    bytes: int
    bytes_per_sample: float | None
    refreshed_at: datetime | None
    stale: int


class StoreAnswer(BaseModel):
    """What is kept, level by level."""

    kind: str
    levels: list[LevelAnswer]


@router.get("/store")
def get_store(store: TheStore) -> StoreAnswer:
    """Rows and bytes per level and metric."""
    rows = store.stats().to_pylist()
    return StoreAnswer(
        kind=store.url.partition(":")[0],
        levels=[LevelAnswer.model_validate(row) for row in rows],
    )
