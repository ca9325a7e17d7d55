"""The built dashboard, and headers that keep browsers careful."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.middleware.base import RequestResponseEndpoint

from wearhouse.errors import NotFound

BUILT = Path(__file__).parent / "dashboard"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MISSING = "<h1>Wearhouse</h1><p>The dashboard is not built here. Run <code>make install</code>.</p>"


def install(app: FastAPI) -> None:
    """Serve the dashboard at every path that is not the API's."""

    @app.middleware("http")
    async def careful(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.url.path.startswith("/assets/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.get("/{path:path}", include_in_schema=False)
    def page(path: str) -> Response:
        if path.startswith(("api/", "internal/")):
            raise NotFound("There is nothing at this address.")
        asked = (BUILT / path).resolve()
        if path and asked.is_file() and asked.is_relative_to(BUILT.resolve()):
            keep = (
                "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-store"
            )
            return FileResponse(asked, headers={"Cache-Control": keep})
        if path.startswith("assets/"):
            raise NotFound("There is nothing at this address.")
        index = BUILT / "index.html"
        return FileResponse(index) if index.is_file() else HTMLResponse(MISSING)
