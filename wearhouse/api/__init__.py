"""The HTTP API and the dashboard, as one application."""

from fastapi import APIRouter, FastAPI

from wearhouse import __version__
from wearhouse.api import (
    access,
    audit,
    catalogue,
    commands,
    dashboard,
    definitions,
    desk,
    enrolment,
    estimate,
    fleet,
    fleet_alerts,
    fleet_devices,
    grants,
    health,
    imputations,
    ingest,
    ingestion,
    joining,
    messages,
    overview,
    people,
    refusals,
    rhythm,
    roster,
    series,
    sessions,
    store,
    studies,
    syncs,
    wear,
    webhooks,
)
from wearhouse.api.border import BASE, Border
from wearhouse.api.gate import Gate, Most
from wearhouse.api.limits import Limits
from wearhouse.runtime import Wearhouse
from wearhouse.settings import Settings

ROUTERS = (
    sessions,
    access,
    audit,
    people,
    wear,
    overview,
    rhythm,
    definitions,
    desk,
    roster,
    enrolment,
    studies,
    series,
    imputations,
    catalogue,
    estimate,
    ingestion,
    store,
    grants,
    joining,
    messages,
    syncs,
    ingest,
    webhooks,
    fleet,
    fleet_devices,
    fleet_alerts,
)


def _routed() -> APIRouter:
    whole = APIRouter(generate_unique_id_function=lambda route: route.name)
    for router in (
        *(module.router for module in ROUTERS), messages.rules_router, messages.open_router,
    ):  # fmt: skip
        whole.include_router(router, prefix=BASE)
    whole.include_router(health.router)
    whole.include_router(commands.router)
    whole.include_router(dashboard.router)
    return whole


ROUTED = _routed()
"""What every application answers. What FastAPI makes of a route it keeps where that was included;
for all of them that takes the better part of a second, so they are included once."""


def create_app(
    wearhouse: Wearhouse | None,
    token: str | None = None,
    runner: commands.Runner | None = None,
) -> FastAPI:
    """The application over an open Wearhouse. `token` and `runner` let the command line relay
    its commands. Without a Wearhouse it can only describe itself."""
    app = FastAPI(
        title="Wearhouse",
        version=__version__,
        description="A warehouse for wearables.",
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.wearhouse, app.state.token, app.state.runner = wearhouse, token, runner
    app.state.limits = Limits(wearhouse.settings.ingest_per_minute if wearhouse else 1)
    refusals.install(app)
    if wearhouse is not None:
        app.add_middleware(Gate, most=_most(wearhouse.settings), presence=wearhouse.presence)
    app.add_middleware(Border)
    app.router.routes.extend(ROUTED.routes)
    return app


def _most(settings: Settings) -> Most:
    return Most(
        settings.body_mb * 1_000_000, settings.requests_per_minute, settings.requests_at_once
    )
