"""Whether participants' browsers find this server, and whose certificates run out when."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx2 as httpx
from cryptography import x509

from wearhouse.care.checks import Finding, State, unknown

PATIENCE_S = 5
SOON_DAYS = 14
PORTS = {"https": 443, "smtps": 465, "smtp": 587, "clickhouses": 8443}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that shows a certificate: at once, or after STARTTLS. `authority` is the file of
    the one that signed it, where the system does not know that."""

    what: str
    host: str
    port: int
    starttls: bool = False
    authority: str | None = None


def servers(address: str, smtp: str, store: str) -> list[Server]:
    """The servers among these URLs that show certificates."""
    found = []
    for what, url in (("address", address), ("smtp", smtp), ("store", store)):
        parts = urlsplit(url)
        if parts.scheme in PORTS and parts.hostname:
            options = dict(pair.partition("=")[::2] for pair in parts.query.split("&"))
            port = parts.port or PORTS[parts.scheme]
            starttls = parts.scheme == "smtp"
            found.append(Server(what, parts.hostname, port, starttls, options.get("ca_cert")))
    return found


def certificates(asked: list[Server], now: datetime) -> Iterator[Finding]:
    """Until when each server's certificate holds, and whether it is trusted here."""
    for server in asked:
        what = f"certificate of {server.what}"
        try:
            until = expires_at(server)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            yield unknown(what, f"{server.host}:{server.port} shows none: {error}")
            continue
        yield _judged(what, server, until, now)


def expires_at(server: Server) -> datetime:
    """When a server's certificate ends, trusted or not."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    with closing(_shown(server, anybody)) as line:
        shown = line.getpeercert(binary_form=True)
    if shown is None:
        raise ValueError("no certificate")
    return x509.load_der_x509_certificate(shown).not_valid_after_utc


def reachable(address: str) -> Finding:
    """Whether the public address leads here."""
    if not address:
        do = "Set WEARHOUSE_ADDRESS before anybody is invited: links to participants begin with it."
        return Finding("address", "is not set", State.WARNING, do)
    do = (
        f"Open {address}/healthz in a browser from outside; see to the name, the port, and the web "
    )
    do += "server before Wearhouse."
    try:
        answer = httpx.get(f"{address.rstrip('/')}/healthz", timeout=PATIENCE_S)
        alive = answer.status_code == 200 and answer.json().get("status") == "alive"
        found = "leads here" if alive else f"answers {answer.status_code}, not as Wearhouse does"
    except (httpx.HTTPError, ValueError, AttributeError) as error:
        alive, found = False, f"does not answer: {error}"
    return Finding("address", found, State.WELL if alive else State.FAILED, "" if alive else do)


def _judged(what: str, server: Server, until: datetime, now: datetime) -> Finding:
    days = (until - now).total_seconds() / 86_400
    do = f"Renew the certificate of {server.host}, and see why it is not renewed by itself."
    if days < 0:
        return Finding(what, f"ended {-days:,.0f} days ago", State.FAILED, do)
    found = f"holds for {days:,.0f} days"
    try:
        with closing(_shown(server, ssl.create_default_context(cafile=server.authority))):
            pass
    except (OSError, smtplib.SMTPException) as error:
        said = getattr(error, "verify_message", "") or str(error)
        do = f"Wearhouse will not speak to {server.host} until its certificate is trusted here."
        return Finding(what, f"{found}, but is not trusted: {said}", State.FAILED, do)
    soon = days < SOON_DAYS
    return Finding(what, found, State.WARNING if soon else State.WELL, do if soon else "")


def _shown(server: Server, trust: ssl.SSLContext) -> ssl.SSLSocket:
    if server.starttls:
        mail = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_S)
        try:
            mail.starttls(context=trust)
        except BaseException:
            mail.close()
            raise
        assert isinstance(mail.sock, ssl.SSLSocket)
        return mail.sock
    plain = socket.create_connection((server.host, server.port), PATIENCE_S)
    try:
        return trust.wrap_socket(plain, server_hostname=server.host)
    except BaseException:
        plain.close()
        raise
