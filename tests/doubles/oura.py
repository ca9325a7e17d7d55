"""A double of the Oura API, version 2."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from doubles.faults import Faults
from doubles.oauth import Gate
from doubles.serving import failing, served

Json = Any

SCOPES = {
    "heartrate": "heartrate", "sleep": "daily", "daily_activity": "daily", "daily_spo2": "spo2",
    "ring_configuration": "", "personal_info": "personal",
}  # fmt: skip


@dataclass
class Oura:
    """The service: records of each person by collection, its faults, and what it was asked."""

    people: dict[str, dict[str, list[Json]]]
    address: str = ""
    faults: Faults = field(default_factory=Faults)
    page: int = 100
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = Gate(list(self.people), rotates=True)

    @contextmanager
    def running(self) -> Iterator["Oura"]:
        """The service on loopback."""
        routes = [
            Route("/oauth/authorize", self.gate.page),
            Route("/consent", self.gate.consent, methods=["POST"]),
            Route("/oauth/token", self.gate.token, methods=["POST"]),
            Route("/oauth/revoke", self.gate.end, methods=["POST"]),
            Route("/v2/usercollection/{collection}", self._collection),
        ]
        with served(failing(Starlette(routes=routes), self.faults)) as self.address:
            yield self

    async def _collection(self, request: Request) -> Response:
        collection = request.path_params["collection"]
        holder = self.gate.holder(request)
        self.asked.append(str(request.url))
        if collection not in SCOPES:
            return JSONResponse({"detail": "Not Found"}, 404)
        if holder is None:
            return JSONResponse({"detail": "Unauthorized"}, 401)
        if SCOPES[collection] and SCOPES[collection] not in holder.scopes:
            return JSONResponse({"detail": "Forbidden"}, 403)
        if collection == "personal_info":
            return JSONResponse({"id": holder.user})
        rows = self.people[holder.user].get(collection, [])
        asked = request.query_params
        if collection == "heartrate":
            if not asked["start_datetime"] < asked["end_datetime"]:
                return JSONResponse({"detail": "Unprocessable"}, 422)
        elif collection != "ring_configuration":
            rows = [r for r in rows if asked["start_date"] <= r["day"] <= asked["end_date"]]
        at = int(asked.get("next_token", "0"))
        end = at + self.page
        following = str(end) if end < len(rows) else None
        return JSONResponse({"data": rows[at:end], "next_token": following})
