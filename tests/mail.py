"""A mail server on loopback that keeps what it takes, and misbehaves when told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from ports import free_port


@dataclass
class Mailbox:
    """What arrived. `replies` are given, in turn, instead of taking a message; `DROP` breaks the
    line when the whole message has been received."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if address in self.refused:
            return "550 5.1.1 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del session
        reply = self.replies.pop(0) if self.replies else "250 OK"
        if reply == "DROP":
            assert server.transport is not None
            server.transport.abort()
        elif reply.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return reply


@contextmanager
def mail_server_running() -> Iterator[Mailbox]:
    """A mailbox behind a real mail server on a free port."""
    mailbox = Mailbox(free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, ready_timeout=30)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
