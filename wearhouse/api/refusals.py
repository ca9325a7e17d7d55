"""Every refusal as application/problem+json (RFC 9457), naming the parameter at fault."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from wearhouse.errors import BadRows, TooMany, WearhouseError, no_room
from wearhouse.origin import origin

log = logging.getLogger("wearhouse")


class RowProblem(BaseModel):
    """A row that cannot be taken, by its place from 1, and why."""

    row: int
    problem: str


class Problem(BaseModel):
    """What a refusal says (RFC 9457), and of which request: the log's lines name it too."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    parameter: str | None = None
    problems: list[RowProblem] | None = None
    request: str | None = None


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "model": Problem,
        "description": HTTPStatus(status).phrase,
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for status in (401, 403, 404, 409, 413, 422, 429, 503)
}


def install(app: FastAPI) -> None:
    """Teach an application to refuse."""
    app.add_exception_handler(WearhouseError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OSError, _of_system)


def problem(
    status: int,
    detail: str,
    code: str,
    parameter: str | None = None,
    problems: Sequence[tuple[int, str]] = (),
) -> JSONResponse:
    """A refusal."""
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        parameter=parameter,
        problems=[RowProblem(row=row, problem=said) for row, said in problems] or None,
        request=origin().get("request"),
    )
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(
        body.model_dump(exclude_none=True),
        status,
        headers,
        media_type="application/problem+json",
    )


async def _ours(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, WearhouseError)
    problems = error.problems if isinstance(error, BadRows) else ()
    refusal = problem(error.status, str(error), error.code, error.parameter, problems)
    if isinstance(error, TooMany):
        refusal.headers["Retry-After"] = str(error.wait_s)
    return refusal


async def _validation(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part not in ("query", "path", "body")]
    name = ".".join(place) or str(first["loc"][0])
    said = first["msg"]
    if first["type"] == "extra_forbidden":
        said = "there is no such parameter"
    return problem(422, f"{name}: {said}.", "invalid", place[0] if place else name)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = HTTPStatus(error.status_code).name.lower()
    return problem(error.status_code, str(error.detail), code)


async def _of_system(request: Request, error: Exception) -> JSONResponse:
    full = no_room(error)
    if full is None:
        raise error
    return await _ours(request, full)


def unforeseen(method: str, route: str, error: Exception) -> JSONResponse:
    """The refusal after an error that nobody foresaw, which the log tells of."""
    log.error("unforeseen error in %s %s", method, route, exc_info=error)
    return problem(500, "Something went wrong here; the log says what.", "internal")
