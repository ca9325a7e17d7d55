"""Signing in and out, and what people do about their own way in."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from wearhouse.api.deps import (
    COOKIE,
    TheActing,
    TheActor,
    TheWearhouse,
    TheWholeRegistry,
    refuse_other_sites,
)
from wearhouse.api.refusals import RESPONSES
from wearhouse.errors import Invalid
from wearhouse.study import Right, Role
from wearhouse.team import signing

router = APIRouter(tags=["access"], responses=RESPONSES)

Password = Annotated[str, Field(max_length=1_000)]
Session = Annotated[str | None, Cookie(alias=COOKIE)]


class SignIn(BaseModel):
    """A name and a password (and the code of a second factor), or the token of a login link."""

    name: str = Field("", max_length=200)
    password: Password = ""
    code: str = Field("", max_length=40)
    token: str = Field("", max_length=200)


class SessionAnswer(BaseModel):
    """Who is signed in, what they may do, and where; without places, everywhere. `own` is whether
    they signed in with a password of their own."""

    name: str
    role: Role
    rights: list[Right]
    places: list[str] | None
    own: bool


class NewPassword(BaseModel):
    """One's password, and what it is to be."""

    password: Password
    new: Password


class FactorAnswer(BaseModel):
    """A second factor for an authenticator app, not asked for yet. Shown once."""

    model_config = ConfigDict(from_attributes=True)

    secret: str
    address: str
    recovery: list[str]


class TakeFactor(BaseModel):
    """A second factor as it was shown, with a code that the app made of it."""

    password: Password
    secret: str = Field(min_length=16, max_length=100, pattern=r"^[A-Z2-7]+$")
    recovery: list[Annotated[str, Field(max_length=40)]] = Field(max_length=20)
    code: str = Field(max_length=20)


class Proof(BaseModel):
    """One's password."""

    password: Password


@router.get("/session")
def get_session(actor: TheActor) -> SessionAnswer:
    """Who is asking."""
    return SessionAnswer(
        name=actor.name,
        role=actor.role,
        rights=[right for right in Right if actor.may(right)],
        places=None if actor.places is None else sorted(actor.places),
        own=actor.via == "session",
    )


@router.post("/session", status_code=204)
def post_session(
    asked: SignIn,
    wearhouse: TheWearhouse,
    registry: TheWholeRegistry,
    request: Request,
    before: Session = None,
) -> Response:
    """Sign in. A session from before is over, and the new one has a secret of its own."""
    refuse_other_sites(request)
    if asked.token:
        secret = registry.access.sign_in(asked.token)
    elif asked.name and asked.password:
        secret = signing.sign_in(
            registry, wearhouse.secrets, asked.name, asked.password, asked.code
        )
    else:
        raise Invalid("Send a name and a password, or the token of a login link.", "name")
    if before:
        registry.access.sign_out(before)
    response = Response(status_code=204)
    response.set_cookie(
        COOKIE, secret, httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    return response


@router.delete("/session", status_code=204)
def delete_session(
    registry: TheWholeRegistry, _actor: TheActor, session: Session = None
) -> Response:
    """Sign out."""
    if session:
        registry.access.sign_out(session)
    return _signed_out()


@router.delete("/sessions", status_code=204)
def delete_sessions(acting: TheActing) -> Response:
    """Sign out wherever one is signed in."""
    signing.sign_out_everywhere(acting)
    return _signed_out()


@router.put("/session/password", status_code=204)
def put_password(asked: NewPassword, acting: TheActing, session: Session = None) -> Response:
    """Change one's own password; all other sessions end."""
    signing.change_password(acting, asked.password, asked.new, session)
    return Response(status_code=204)


@router.post("/session/factor")
def post_factor(acting: TheActing) -> FactorAnswer:
    """A second factor to put into an authenticator app; it counts once a code of it was sent."""
    return FactorAnswer.model_validate(signing.propose_factor(acting))


@router.put("/session/factor", status_code=204)
def put_factor(asked: TakeFactor, acting: TheActing) -> Response:
    """Ask for this second factor from now on."""
    factor = signing.SecondFactor(asked.secret, "", tuple(asked.recovery))
    signing.take_factor(acting, asked.password, factor, asked.code)
    return Response(status_code=204)


@router.delete("/session/factor", status_code=204)
def delete_factor(asked: Proof, acting: TheActing) -> Response:
    """Ask for the password alone from now on."""
    signing.drop_factor(acting, asked.password)
    return Response(status_code=204)


def _signed_out() -> Response:
    response = Response(status_code=204)
    response.delete_cookie(COOKIE)
    return response
