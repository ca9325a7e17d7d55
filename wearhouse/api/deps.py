"""What routes are given: the open Wearhouse, the actor, and records looked up by name."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from wearhouse.errors import NotAllowed, NotSignedIn
from wearhouse.registry import Registry
from wearhouse.runtime import Wearhouse
from wearhouse.store import Store
from wearhouse.study import Actor, Right
from wearhouse.team.acting import Acting, acting

COOKIE = "wearhouse_session"
CSRF = "x-wearhouse-csrf"
SAFE = {"GET", "HEAD", "OPTIONS"}

bearer = HTTPBearer(auto_error=False, scheme_name="key", description="A key for a program.")
cookie = APIKeyCookie(name=COOKIE, auto_error=False, scheme_name="session")


def the_wearhouse(request: Request) -> Wearhouse:
    """The Wearhouse that this application serves."""
    wearhouse: Wearhouse = request.app.state.wearhouse
    return wearhouse


def the_actor(
    request: Request,
    key: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    session: Annotated[str | None, Depends(cookie)],
) -> Actor:
    """Who is asking: a program with a key, or a person with a session."""
    access = the_wearhouse(request).registry.access
    if key is not None:
        return access.holder(key.credentials)
    if session is None:
        raise NotSignedIn("Send a key as `Authorization: Bearer KEY`, or sign in.")
    if request.method not in SAFE:
        if CSRF not in request.headers:
            raise NotAllowed("A change made with a session needs the header X-Wearhouse-CSRF.")
        refuse_other_sites(request)
    return access.signed_in(session)


def refuse_other_sites(request: Request) -> None:
    """Refuse what a page of another site sent, as the browser says."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("This came from a page of another site.")
    origin = request.headers.get("origin")
    address = the_wearhouse(request).settings.address.rstrip("/")
    if origin is None or (address and origin == address):
        return
    if urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowed("This came from a page of another site.")


TheWearhouse = Annotated[Wearhouse, Depends(the_wearhouse)]
TheActor = Annotated[Actor, Depends(the_actor)]


def the_store(wearhouse: TheWearhouse) -> Store:
    return wearhouse.store


def the_acting(wearhouse: TheWearhouse, actor: TheActor) -> Acting:
    return acting(actor, wearhouse.registry, wearhouse.secrets)


TheStore = Annotated[Store, Depends(the_store)]
TheActing = Annotated[Acting, Depends(the_acting)]
"""Whoever is asking, at work: for what they do to people, access and the study."""


def the_registry(acting: TheActing) -> Registry:
    return acting.registry


def the_whole_registry(wearhouse: TheWearhouse) -> Registry:
    return wearhouse.registry


TheRegistry = Annotated[Registry, Depends(the_registry)]
"""The registry as far as whoever is asking reaches."""
TheWholeRegistry = Annotated[Registry, Depends(the_whole_registry)]
"""All of it: for routes without anybody asking, which must not tell of participants."""


def needs(right: Right) -> Any:
    """A dependency that lets only those in who may do this."""

    def allowed(actor: TheActor) -> Actor:
        if not actor.may(right):
            raise NotAllowed(f"The role {actor.role} may not do this ({right}).")
        return actor

    check: Callable[[TheActor], Actor] = allowed
    return Depends(check)
