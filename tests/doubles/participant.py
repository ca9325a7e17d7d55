"""What a participant does in a browser: follow the link, untick, continue."""

import base64
import hashlib
import html
import re
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx

from wearhouse.sources.live import LiveSource, Token

BACK = "http://127.0.0.1:1/back"
VERIFIER = "a-verifier-that-only-this-installation-knows-0123456789"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


def answered(
    client: httpx.Client, link: str, user: str, without: str = "", answer: str = "allow"
) -> dict[str, str]:
    """What the vendor brings back after the participant of an account answered the consent page,
    having unticked the scopes whose name contains `without`."""
    page = client.get(link)
    assert page.status_code == 200, page.text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    boxes = re.findall(r'type="checkbox" name="scope" value="([^"]*)"', page.text)
    ticked = [scope for scope in boxes if not without or without not in scope]
    form = {name: html.unescape(text) for name, text in hidden.items()}
    host = urlsplit(link)
    sent = client.post(
        f"{host.scheme}://{host.netloc}/consent",
        data={**form, "user": user, "scope": ticked, "answer": answer},
    )
    assert sent.status_code == 303
    brought = parse_qs(urlsplit(sent.headers["Location"]).query)
    return {name: texts[0] for name, texts in brought.items()}


def granted(client: httpx.Client, source: LiveSource, user: str, without: str = "") -> Token:
    """The token that a participant's consent gives."""
    link = source.consent_address("some-state", CHALLENGE, BACK)
    brought = answered(client, link, user, without)
    assert brought["state"] == "some-state"
    return source.exchange(client, brought["code"], VERIFIER, BACK)
