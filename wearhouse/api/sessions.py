"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Request, Response
from pydantic import BaseModel, Field

from wearhouse.api.deps import COOKIE, TheActor, TheRegistry
from wearhouse.api.refusals import RESPONSES
from wearhouse.study import Role

router = APIRouter(tags=["access"], responses=RESPONSES)


class SignIn(BaseModel):
    """The token of a login link."""

    token: str = Field(min_length=1, max_length=200)


class SessionAnswer(BaseModel):
    """Who is signed in."""

    name: str
    role: Role


@router.get("/session")
def get_session(actor: TheActor) -> SessionAnswer:
    """Who is asking."""
    return SessionAnswer(name=actor.name, role=actor.role)


@router.post("/session", status_code=204)
def post_session(asked: SignIn, registry: TheRegistry, request: Request) -> Response:
    """Sign in with the token of a login link, which works once."""
    secret = registry.access.sign_in(asked.token)
    response = Response(status_code=204)
    response.set_cookie(
        COOKIE, secret, httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    return response


@router.delete("/session", status_code=204)
def delete_session(
    registry: TheRegistry,
    _actor: TheActor,
    wearhouse_session: Annotated[str | None, Cookie()] = None,
) -> Response:
    """Sign out."""
    if wearhouse_session:
        registry.access.sign_out(wearhouse_session)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE)
    return response
