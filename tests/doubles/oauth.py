"""The OAuth 2.0 server of a double: a consent page with a box for every scope, tokens that
expire and can be revoked, PKCE checked."""

import base64
import hashlib
import html
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

CLIENT, SECRET = "study-client", "study-secret"


@dataclass
class Issued:
    """A permission that was given."""

    user: str
    scopes: frozenset[str]
    challenge: str = ""
    return_to: str = ""
    expires_at: float = float("inf")


@dataclass
class Gate:
    """Who was let in. `lasts_s` is how long an access token does; `rotates` whether a refresh
    token is good for one use only."""

    users: list[str]
    lasts_s: float = 3600
    rotates: bool = False
    codes: dict[str, Issued] = field(default_factory=dict)
    access: dict[str, Issued] = field(default_factory=dict)
    lasting: dict[str, Issued] = field(default_factory=dict)

    def revoke(self, user: str) -> None:
        """As when a participant removes the study in their account."""
        for issued in (self.access, self.lasting):
            for token in [token for token, one in issued.items() if one.user == user]:
                del issued[token]

    def expire(self, user: str) -> None:
        """Let the access tokens of a person run out."""
        for one in list(self.access.values()):
            if one.user == user:
                one.expires_at = 0

    def holder(self, request: Request) -> Issued | None:
        """Whose token a request carries, if it is good."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        issued = self.access.get(token)
        return issued if issued and issued.expires_at > time.monotonic() else None

    async def page(self, request: Request) -> Response:
        """The consent page."""
        asked = request.query_params
        fields = {name: asked.get(name, "") for name in ("redirect_uri", "state", "code_challenge")}
        wrong = asked.get("client_id") != CLIENT or asked.get("code_challenge_method") != "S256"
        if wrong or asked.get("response_type") != "code" or not all(fields.values()):
            return HTMLResponse("<h1>Error 400: invalid_request</h1>", 400)
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(text)}">'
            for name, text in fields.items()
        )
        boxes = "".join(
            f'<label><input type="checkbox" name="scope" value="{scope}" checked>'
            f"{scope}</label><br>"
            for scope in asked["scope"].split()
        )
        people = "".join(f"<option>{user}</option>" for user in self.users)
        return HTMLResponse(
            f'<h1>Choose what to share</h1><form method="post" action="/consent">{hidden}{boxes}'
            f'<label>Account <select name="user">{people}</select></label>'
            '<button name="answer" value="allow">Continue</button>'
            '<button name="answer" value="deny">Cancel</button></form>'
        )

    async def consent(self, request: Request) -> Response:
        """What the participant answered, taken back to the study."""
        form = parse_qs((await request.body()).decode())
        back, state = form["redirect_uri"][0], form["state"][0]
        scopes = form.get("scope", [])
        if form["answer"][0] != "allow" or not scopes:
            refused = urlencode({"error": "access_denied", "state": state})
            return RedirectResponse(f"{back}?{refused}", 303)
        code = secrets.token_urlsafe(12)
        user, challenge = form["user"][0], form["code_challenge"][0]
        self.codes[code] = Issued(user, frozenset(scopes), challenge, back)
        granted = urlencode({"code": code, "state": state, "scope": " ".join(scopes)})
        return RedirectResponse(f"{back}?{granted}", 303)

    async def token(self, request: Request) -> Response:
        """Tokens for codes and for refresh tokens."""
        form = {name: texts[0] for name, texts in parse_qs((await request.body()).decode()).items()}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return _refused("invalid_client", 401)
        if form.get("grant_type") == "authorization_code":
            issued = self.codes.pop(form.get("code", ""), None)
            if issued is None or not _fits(issued, form):
                return _refused("invalid_grant")
            return self._given(issued, new_lasting=True)
        held = form.get("refresh_token", "")
        issued = self.lasting.get(held)
        if issued is None:
            return _refused("invalid_grant")
        if self.rotates:
            del self.lasting[held]
        return self._given(issued, new_lasting=self.rotates)

    async def end(self, request: Request) -> Response:
        """A revocation."""
        form = {name: texts[0] for name, texts in parse_qs((await request.body()).decode()).items()}
        token = form.get("token", "")
        issued = self.lasting.get(token) or self.access.get(token)
        if issued is None:
            return _refused("invalid_token")
        self.revoke(issued.user)
        return JSONResponse({})

    def _given(self, issued: Issued, new_lasting: bool) -> Response:
        access = f"access-{secrets.token_urlsafe(12)}"
        expires_at = time.monotonic() + self.lasts_s
        self.access[access] = Issued(issued.user, issued.scopes, expires_at=expires_at)
        answer = {
            "access_token": access,
            "expires_in": self.lasts_s,
            "scope": " ".join(sorted(issued.scopes)),
            "token_type": "Bearer",
        }
        if new_lasting:
            lasting = f"lasting-{secrets.token_urlsafe(12)}"
            self.lasting[lasting] = Issued(issued.user, issued.scopes)
            answer["refresh_token"] = lasting
        return JSONResponse(answer)


def _fits(issued: Issued, form: dict[str, str]) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return challenge == issued.challenge and form.get("redirect_uri") == issued.return_to


def _refused(error: str, code: int = 400) -> Response:
    return JSONResponse({"error": error, "error_description": "No."}, code)
