"""Handing a message to a mail server."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from wearhouse.errors import Invalid, Unavailable
from wearhouse.messages.templates import Text
from wearhouse.tracing import span

PATIENCE_S = 30
LATER, NEVER = 400, 500  # replies from 400 up ask to try again; from 500 up they are final


class Outcome(StrEnum):
    """What became of an attempt to deliver."""

    SENT = "sent"
    LATER = "later"  # the server asks to try again
    BOUNCED = "bounced"  # the address is refused for good
    UNKNOWN = "unknown"  # the line broke when the message may already have been taken


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server and whom messages come from. `security` is tls, starttls or none."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


def mail_server(url: str, sender: str) -> MailServer:
    """The mail server of `smtp://USER:PASSWORD@HOST:587` (STARTTLS where it is offered, and a
    must with a password) or `smtps://…` (TLS from the start). Invalid if it is neither."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == 0:
        raise Invalid("A mail server is written as smtp://HOST:587 or smtps://HOST:465.", "smtp")
    if "@" not in parseaddr(sender)[1]:
        raise Invalid(f"{sender!r} is not an address to write from.", "smtp_from")
    security = "tls" if parts.scheme == "smtps" else "starttls"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(
        parts.hostname,
        port or (465 if security == "tls" else 587),
        security,
        sender,
        user,
        password,
    )


def composed(
    text: Text, to: str, server: MailServer, opt_out: str, key: str, at: datetime
) -> EmailMessage:
    """A message ready to send. `opt_out` is the link that stops messages with one click
    (RFC 8058); `key` names the message, so that a copy can be known as one."""
    name, address = parseaddr(server.sender)
    message = EmailMessage()
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = text.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(idstring=key, domain=address.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{opt_out}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text.body)
    return message


@contextmanager
def connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A line to the mail server. Unavailable says in one sentence why there is none."""
    try:
        line = _dialled(server)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(
            f"The mail server {server.host}:{server.port} cannot be used: {_reason(error)}."
        ) from error
    try:
        yield line
    finally:
        try:
            line.quit()
        except (OSError, smtplib.SMTPException):
            line.close()


def deliver(line: smtplib.SMTP, message: EmailMessage) -> tuple[Outcome, str]:
    """Hand over one message. What became of it, and the server's reply if it was not taken."""
    with span("mail", "client") as traced:
        outcome, said = _delivered(line, message)
        traced.note(outcome=outcome.value)
    return outcome, said


def _delivered(line: smtplib.SMTP, message: EmailMessage) -> tuple[Outcome, str]:
    try:
        line.noop()  # a line that is broken already has taken nothing
    except (OSError, smtplib.SMTPException) as error:
        return Outcome.LATER, _reason(error)
    try:
        line.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()))
        return _refused(code, reply)
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        return Outcome.UNKNOWN, _reason(error)
    return Outcome.SENT, ""


def _dialled(server: MailServer) -> smtplib.SMTP:
    trust = ssl.create_default_context()
    if server.security == "tls":
        line: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=PATIENCE_S, context=trust
        )
    else:
        line = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_S)
        line.ehlo()
        if line.has_extn("starttls"):
            line.starttls(context=trust)
            line.ehlo()
        elif server.password:
            line.close()
            raise smtplib.SMTPNotSupportedError("it offers no encryption for the password")
    if server.user:
        line.login(server.user, server.password)
    return line


def _refused(code: int, reply: bytes | str) -> tuple[Outcome, str]:
    words = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    outcome = Outcome.BOUNCED if code >= NEVER else Outcome.LATER
    return outcome, f"{code} {' '.join(words.split())}"[:500]


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "it refuses the user or the password"
    return " ".join(str(error).split()) or type(error).__name__
