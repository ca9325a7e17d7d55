"""Whether the service is alive, and what it measures of itself."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from wearhouse.api.answers import Json
from wearhouse.api.deps import TheRegistry, TheStore
from wearhouse.telemetry import REGISTRY

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz() -> Response:
    """Alive."""
    return Json({"status": "alive"})


@router.get("/readyz")
def readyz(store: TheStore, registry: TheRegistry) -> Response:
    """Ready: the store and the registry answer."""
    store.ready()
    registry.ready()
    return Json({"status": "ready"})


@router.get("/metrics")
def metrics() -> Response:
    """For Prometheus."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
