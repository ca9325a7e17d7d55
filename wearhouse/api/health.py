"""Whether the service is alive, and what it measures of itself."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from wearhouse.api.answers import Json
from wearhouse.api.deps import TheStore, TheWearhouse, TheWholeRegistry
from wearhouse.scraped import Watched

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
    watched = Watched(wearhouse.settings, wearhouse.store, wearhouse.registry)
    return Response(watched.text(), media_type=CONTENT_TYPE_LATEST)
