"""Whether the service is alive, and what it measures of itself."""

from datetime import UTC, datetime

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from wearhouse import queues, standing, telemetry
from wearhouse.api.answers import Json
from wearhouse.api.deps import TheStore, TheWearhouse, TheWholeRegistry
from wearhouse.care.backup import noted_at
from wearhouse.telemetry import REGISTRY

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz() -> Response:
    """Alive."""
    return Json({"status": "alive"})


@router.get("/readyz")
def readyz(store: TheStore, registry: TheWholeRegistry) -> Response:
    """Ready: the store and the registry answer."""
    store.ready()
    registry.ready()
    return Json({"status": "ready"})


@router.get("/metrics")
def metrics(wearhouse: TheWearhouse) -> Response:
    """For Prometheus."""
    now = datetime.now(UTC)
    queues.measure(wearhouse.registry, now)
    standing.measure(wearhouse.registry, wearhouse.store, now)
    telemetry.backup.set(noted_at(wearhouse.settings.home))
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
