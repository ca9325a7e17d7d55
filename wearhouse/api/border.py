"""What every request passes on its way in and out: figures for Prometheus, careful headers."""

import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wearhouse import telemetry

BASE = "/api/v1"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Border:
    """Measures each request and adds the headers that its answer lacks."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            route = _template(scope)
            telemetry.requests.labels(scope["method"], route, status).inc()
            seconds = time.perf_counter() - began
            telemetry.request_seconds.labels(scope["method"], route).observe(seconds)


def _template(scope: Scope) -> str:
    """The route's template, never the address itself, so that labels stay few."""
    path: str = getattr(scope.get("route"), "path", "none")
    inside = scope["path"].startswith(BASE + "/") and not path.startswith(BASE)
    return BASE + path if inside and path != "none" else path
