"""The metric catalogue."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from wearhouse.api.deps import needs
from wearhouse.api.refusals import RESPONSES
from wearhouse.metrics import METRICS, Fold, Hole
from wearhouse.study import Right

router = APIRouter(tags=["metrics"], responses=RESPONSES, dependencies=[needs(Right.READ)])


class MetricAnswer(BaseModel):
    """One metric."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    title: str
    unit: str
    family: str
    kind: Literal["sample", "daily", "episode"]
    resolution_s: int | None
    low: float
    high: float
    fold: Fold
    hole: Hole
    loinc: str | None


@router.get("/metrics-catalogue")
def get_metrics() -> list[MetricAnswer]:
    """Everything that can be measured."""
    return [MetricAnswer.model_validate(metric) for metric in METRICS.values()]
