"""The built dashboard."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response

from wearhouse.errors import NotFound

BUILT = Path(__file__).parent / "dashboard"
router = APIRouter()
MISSING = "<h1>Wearhouse</h1><p>The dashboard is not built here. Run <code>make install</code>.</p>"


@router.get("/{path:path}", include_in_schema=False)
def page(path: str) -> Response:
    """The dashboard at every path that is not the API's."""
    if path.startswith(("api/", "internal/")):
        raise NotFound("There is nothing at this address.")
    asked = (BUILT / path).resolve()
    if path and asked.is_file() and asked.is_relative_to(BUILT.resolve()):
        keep = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-store"
        return FileResponse(asked, headers={"Cache-Control": keep})
    if path.startswith("assets/"):
        raise NotFound("There is nothing at this address.")
    index = BUILT / "index.html"
    return FileResponse(index) if index.is_file() else HTMLResponse(MISSING)
