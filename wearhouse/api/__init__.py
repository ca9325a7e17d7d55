"""The HTTP API and the dashboard, as one application."""

import time
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response

from wearhouse import __version__, telemetry
from wearhouse.api import (
    catalogue,
    commands,
    dashboard,
    health,
    ingestion,
    people,
    refusals,
    series,
    sessions,
    store,
)
from wearhouse.runtime import Wearhouse

ROUTERS = (sessions, people, series, catalogue, ingestion, store)


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
    app.middleware("http")(_measured)
    for module in ROUTERS:
        app.include_router(module.router, prefix="/api/v1")
    app.include_router(health.router)
    app.include_router(commands.router)
    dashboard.install(app)
    return app


async def _measured(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    began = time.perf_counter()
    status = 500
    try:
        response = await call_next(request)
        status = response.status_code
        return response
    finally:
        route = getattr(request.scope.get("route"), "path", "none")
        telemetry.requests.labels(request.method, route, status).inc()
        telemetry.request_seconds.labels(request.method, route).observe(time.perf_counter() - began)
