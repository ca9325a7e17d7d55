"""What every request passes on its way in and out: a name, figures for Prometheus, a trace, a log
line, careful headers."""

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wearhouse import telemetry
from wearhouse.api.refusals import unforeseen
from wearhouse.origin import LONGEST, within
from wearhouse.tracing import span

log = logging.getLogger("wearhouse")

BASE = "/api/v1"
NAME = "X-Request-ID"
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""What is asked again and again by machines."""
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
    """Names each request, measures it, and adds the headers that its answer lacks. What nobody
    foresaw is refused here, where its name is still known."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        name = _name(headers)
        with within(request=name), span(scope["method"], "server", headers) as traced:
            status = await self._passed(scope, receive, send, name)
            route = _template(scope)
            traced.rename(f"{scope['method']} {route}")
            traced.note(**{"http.route": route})
            traced.note(**{"http.response.status_code": status})
            if status >= 500:
                traced.failed(str(status))

    async def _passed(self, scope: Scope, receive: Receive, send: Send, name: str) -> int:
        began = time.perf_counter()
        status, started = 500, False

        async def watched(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                status, started = message["status"], True
                headers = MutableHeaders(scope=message)
                headers[NAME] = name
                for header, value in HEADERS.items():
                    headers.setdefault(header, value)
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            refusal = unforeseen(scope["method"], _template(scope), error)
            if started:  # the answer is broken off, and whoever asked must see that
                status = 500
                raise
            await refusal(scope, receive, watched)
        finally:
            _measure(scope, status, time.perf_counter() - began)
        return status


def _measure(scope: Scope, status: int, seconds: float) -> None:
    method, route = scope["method"], _template(scope)
    telemetry.requests.labels(method, route, status).inc()
    telemetry.request_seconds.labels(method, route).observe(seconds)
    facts = {"method": method, "route": route, "status": status, "ms": round(seconds * 1_000, 1)}
    log.log(logging.DEBUG if scope["path"] in QUIET else logging.INFO, "answered", extra=facts)


def _name(headers: Headers) -> str:
    """The name that a proxy gave the request, if it is one, or a new one."""
    given = headers.get(NAME, "")
    return given if re.fullmatch(rf"[A-Za-z0-9._-]{{1,{LONGEST}}}", given) else uuid.uuid4().hex


def _template(scope: Scope) -> str:
    """The route's template, never the address itself, so that labels stay few."""
    path: str = getattr(scope.get("route"), "path", "none")
    inside = scope["path"].startswith(BASE + "/") and not path.startswith(BASE)
    return BASE + path if inside and path != "none" else path
