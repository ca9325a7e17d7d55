"""A double of the Google Health API, version 4: its lists, rollups, people and refusals."""

import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from doubles import discovery, filters
from doubles.faults import Faults
from doubles.oauth import Gate
from doubles.people import WEARABLE, Account
from doubles.rollups import by_day, by_window
from doubles.serving import failing, problem, served
from doubles.webhooks import Sender

Json = Any

ACTIVITY = "activity_and_fitness"
SCOPES = defaultdict(
    lambda: "health_metrics_and_measurements",
    sleep="sleep",
    **dict.fromkeys(
        ("exercise", "steps", "distance", "floors"), ACTIVITY
    ),
) | dict.fromkeys(
    (
        "total-calories", "active-zone-minutes", "active-minutes", "sedentary-period",
        "time-in-heart-rate-zone", "daily-vo2-max",
    ),
    ACTIVITY,
)  # fmt: skip
INTERVALS = {"steps", "distance", "active-zone-minutes"}
UNLISTED = {"floors", "total-calories", "calories-in-heart-rate-zone"}
SESSIONS = {"sleep", "exercise"}
FAMILY = "users/me/dataSourceFamilies/"
KEYS = "/googlehealthapi/webhooks/webhooks_public_keyset.json"


class Refusal(Exception):
    """Answered as Google refuses."""

    def __init__(self, code: int, status: str, reason: str = "", message: str = "No.") -> None:
        super().__init__(message)
        self.code, self.body = code, problem(code, status, reason, message)


@dataclass(frozen=True)
class Shape:
    """How rows are cut into pages; it does not change from page to page."""

    size: int
    doubled: bool
    empty: bool

    def of(self, rows: list[Json]) -> list[list[Json]]:
        pages = [rows[at : at + self.size] for at in range(0, len(rows), self.size)] or [[]]
        if self.doubled:
            pages = [page for page in pages for _ in range(2)]
        return [one for page in pages for one in (page, [])] if self.empty else pages


@dataclass
class GoogleHealth:
    """The service, with its people, its faults and what it was asked.

    `misunderstood` lists requests that the official description does not know: there must be
    none. Every one of the API's `questions` is counted as it arrives, before any fault: `most` is
    the largest number of a person's in any window of the quota, `most_of_all` that of all.
    """

    people: dict[str, Account]
    address: str = ""
    faults: Faults = field(default_factory=Faults)
    allowed: int = 300
    allowed_in_all: int = 1_000_000
    per_s: float = 60.0
    page_limit: int = 10_000
    asked: list[str] = field(default_factory=list)
    misunderstood: list[str] = field(default_factory=list)
    throttled: int = 0
    questions: int = 0
    most: int = 0
    most_of_all: int = 0
    sender: Sender = field(default_factory=Sender)

    def __post_init__(self) -> None:
        self.gate = Gate(list(self.people))
        self._pages: dict[str, tuple[str, int, Shape]] = {}
        self._recent: dict[str, deque[float]] = defaultdict(deque)

    def app(self) -> Any:
        """The ASGI application."""
        routes = [
            Route("/o/oauth2/v2/auth", self.gate.page),
            Route("/consent", self.gate.consent, methods=["POST"]),
            Route("/token", self.gate.token, methods=["POST"]),
            Route("/revoke", self.gate.end, methods=["POST"]),
            Route(KEYS, self._keys),
            Route("/v4/{path:path}", self._api, methods=["GET", "POST"]),
        ]
        return self._counting(failing(Starlette(routes=routes), self.faults))

    @contextmanager
    def running(self) -> Iterator["GoogleHealth"]:
        """The service on loopback."""
        with served(self.app()) as self.address:
            yield self

    async def _keys(self, _request: Request) -> Response:
        self.asked.append("GET keys")
        return Response(self.sender.key_set(), media_type="application/json")

    async def _api(self, request: Request) -> Response:
        body = await request.json() if request.method == "POST" else None
        path, query = request.url.path, dict(request.query_params)
        self.asked.append(f"{request.method} {path}")
        wrong = discovery.faults(request.method, path, query, body)
        self.misunderstood += [f"{request.method} {request.url}: {fault}" for fault in wrong]
        try:
            if wrong:
                raise Refusal(400, "INVALID_ARGUMENT", message=wrong[0])
            return JSONResponse(
                self._answer(request, path.removeprefix("/v4/users/me/"), query, body)
            )
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.code)

    def _answer(self, request: Request, path: str, query: dict[str, str], body: Json) -> Json:
        holder = self.gate.holder(request)
        if holder is None:
            raise Refusal(401, "UNAUTHENTICATED")
        account = self.people[holder.user]
        if not account.linked:
            raise Refusal(400, "FAILED_PRECONDITION", "ACCOUNT_NOT_LINKED")
        scopes = {
            scope.rpartition("googlehealth.")[2].removesuffix(".readonly")
            for scope in holder.scopes
        }
        if path == "identity":
            return {"name": "users/me/identity", "healthUserId": account.user}
        if path in ("settings", "pairedDevices"):
            _require("settings", scopes)
            settings = {"name": "users/me/settings", "timeZone": account.timezone}
            return settings if path == "settings" else {"pairedDevices": account.devices}
        _, kind, method = path.split("/")
        _require(SCOPES[kind], scopes)
        points = list(account.points.get(kind, []))
        if method == "dataPoints":
            return self._listed(kind, points, query)
        points = _of_family(points, (body or {}).get("dataSourceFamily", ""))
        fold = by_window if method.endswith(":rollUp") else by_day
        try:
            rows = fold(kind, points, body)
        except ValueError as error:
            raise Refusal(400, "INVALID_ARGUMENT", message=str(error)) from None
        size = min(body.get("pageSize") or 1440, 10_000)
        key = f"{path} {[(name, body[name]) for name in sorted(body) if name != 'pageToken']}"
        return self._paged("rollupDataPoints", rows, size, key, body.get("pageToken", ""))

    def _listed(self, kind: str, points: list[Json], query: dict[str, str]) -> Json:
        if kind in UNLISTED:
            message = f"List is not supported for data type {kind}."
            raise Refusal(400, "INVALID_ARGUMENT", message=message)
        family = query.get("dataSourceFamily", "")
        if family and kind == "sleep":
            raise Refusal(400, "INVALID_ARGUMENT", "INVALID_DATA_POINT_DATA_SOURCE_FAMILY")
        try:
            wanted = filters.read(query.get("filter"), kind.replace("-", "_"), _kind(kind))
        except filters.Refused as refused:
            raise Refusal(400, "INVALID_ARGUMENT", str(refused)) from None
        key = camel(kind)
        found = [point for point in _of_family(points, family) if wanted.lets(point.get(key, {}))]
        found.sort(key=lambda point: _start(point.get(key, {})), reverse=True)
        default, most = (25, 25) if kind in SESSIONS else (1440, self.page_limit)
        size = min(int(query.get("pageSize") or default), most)
        asked = f"{kind} {sorted((n, t) for n, t in query.items() if n != 'pageToken')}"
        return self._paged("dataPoints", found, size, asked, query.get("pageToken", ""))

    def _paged(self, name: str, rows: list[Json], size: int, key: str, token: str) -> Json:
        faults = self.faults
        shape = Shape(
            min(size, faults.smaller_pages or size), faults.doubled_pages, faults.empty_pages
        )
        asked, number, shape = self._pages.get(token, ("", 0, shape)) if token else (key, 0, shape)
        if asked != key:
            raise Refusal(400, "INVALID_ARGUMENT", message="This page token is of another request.")
        pages = shape.of(rows)
        answer: Json = {name: pages[number]} if pages[number] else {}
        if number + 1 < len(pages):
            following = f"page-{len(self._pages)}"
            self._pages[following] = (key, number + 1, shape)
            answer["nextPageToken"] = following
        return answer

    def _counting(self, app: Any) -> Any:
        async def answer(scope: Any, receive: Any, send: Any) -> None:
            of_api = scope["path"].startswith("/v4/")
            self.questions += of_api
            holder = self.gate.holder(Request(scope)) if of_api else None
            if holder is None or self._allows(holder.user):
                await app(scope, receive, send)
            else:
                self.throttled += 1
                body = problem(429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED")
                await JSONResponse(body, 429)(scope, receive, send)

        return answer

    def _allows(self, user: str) -> bool:
        of_person, of_all = self._counted(user), self._counted("")
        self.most, self.most_of_all = max(self.most, of_person), max(self.most_of_all, of_all)
        return of_person <= self.allowed and of_all <= self.allowed_in_all

    def _counted(self, name: str) -> int:
        recent, now = self._recent[name], time.monotonic()
        recent.append(now)
        while recent[0] <= now - self.per_s:
            recent.popleft()
        return len(recent)


def camel(kind: str) -> str:
    """A data type as JSON names it."""
    first, *rest = kind.split("-")
    return first + "".join(word.capitalize() for word in rest)


def _require(scope: str, scopes: set[str]) -> None:
    if scope not in scopes:
        raise Refusal(403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")


def _kind(kind: str) -> str:
    if kind in SESSIONS:
        return "sleep" if kind == "sleep" else "session"
    if kind.startswith("daily-"):
        return "daily"
    return "interval" if kind in INTERVALS else "sample"


def _start(value: Json) -> str:
    for member in ("interval.start_time", "sample_time.physical_time", "date"):
        at = filters.stated(value, member)
        if at:
            return at
    return ""


def _of_family(points: list[Json], family: str) -> list[Json]:
    if not family or family == f"{FAMILY}all-sources":
        return points
    if family != f"{FAMILY}google-wearables":
        raise Refusal(400, "INVALID_ARGUMENT", "INVALID_DATA_POINT_DATA_SOURCE_FAMILY")
    return [
        point
        for point in points
        if point.get("dataSource", {}).get("platform") in WEARABLE
        and point["dataSource"].get("recordingMethod") != "MANUAL"
    ]
