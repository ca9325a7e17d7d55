"""The HTTP API and the dashboard, as one application."""

from fastapi import FastAPI

from wearhouse import __version__
from wearhouse.api import (
    catalogue,
    commands,
    dashboard,
    estimate,
    grants,
    health,
    ingestion,
    people,
    refusals,
    series,
    sessions,
    store,
    syncs,
)
from wearhouse.api.border import BASE, Border
from wearhouse.runtime import Wearhouse

ROUTERS = (sessions, people, series, catalogue, estimate, ingestion, store, grants, syncs)


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
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.wearhouse, app.state.token, app.state.runner = wearhouse, token, runner
    refusals.install(app)
    app.add_middleware(Border)
    for module in ROUTERS:
        app.include_router(module.router, prefix=BASE)
    app.include_router(health.router)
    app.include_router(commands.router)
    dashboard.install(app)
    return app
