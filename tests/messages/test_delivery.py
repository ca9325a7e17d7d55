"""Mail, handed to a real server."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from mail import Mailbox, mail_server_running
from ports import free_port

from wearhouse.errors import Invalid, Unavailable
from wearhouse.messages.delivery import (
    MailServer,
    Outcome,
    composed,
    connected,
    deliver,
    mail_server,
)
from wearhouse.messages.templates import Text

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
OPT_OUT = "https://lab.example/opt-out/abc"
TEXT = Text("Bitte synchronisieren — HEART-1", "Grüße\n" + OPT_OUT + "\n")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server_running() as mailbox:
        yield mailbox


def server_of(mailbox: Mailbox) -> MailServer:
    return mail_server(mailbox.url, "HEART-1 team <team@lab.example>")


def sent(mailbox: Mailbox, to: str = "ada@example.org") -> tuple[Outcome, str]:
    server = server_of(mailbox)
    with connected(server) as line:
        return deliver(line, composed(TEXT, to, server, OPT_OUT, "7", AT))


def test_a_message_arrives_as_it_was_written(mailbox: Mailbox) -> None:
    assert sent(mailbox) == (Outcome.SENT, "")

    [message] = mailbox.taken
    assert message["To"] == "ada@example.org"
    assert message["From"] == "HEART-1 team <team@lab.example>"
    assert message["Subject"] == TEXT.subject
    assert message.get_content().splitlines() == TEXT.body.splitlines()


def test_a_mail_program_can_stop_messages_with_one_click(mailbox: Mailbox) -> None:
    sent(mailbox)

    [message] = mailbox.taken
    assert message["List-Unsubscribe"] == f"<{OPT_OUT}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [("451 4.7.1 greylisted", Outcome.LATER), ("554 5.7.1 spam", Outcome.BOUNCED)],
    ids=["greylisted", "refused for good"],
)
def test_the_servers_reply_decides_what_became_of_it(
    mailbox: Mailbox, reply: str, outcome: Outcome
) -> None:
    mailbox.replies = [reply]

    assert sent(mailbox) == (outcome, reply)


def test_an_unknown_address_bounces(mailbox: Mailbox) -> None:
    mailbox.refused.add("nobody@example.org")

    assert sent(mailbox, "nobody@example.org") == (Outcome.BOUNCED, "550 5.1.1 no such person")


def test_a_line_that_breaks_after_the_message_leaves_its_fate_unknown(mailbox: Mailbox) -> None:
    mailbox.replies = ["DROP"]

    assert sent(mailbox)[0] == Outcome.UNKNOWN


def test_a_line_that_is_broken_already_has_taken_nothing(mailbox: Mailbox) -> None:
    server = server_of(mailbox)
    with connected(server) as line:
        line.close()
        outcome, _ = deliver(line, composed(TEXT, "ada@example.org", server, OPT_OUT, "7", AT))

    assert outcome == Outcome.LATER
    assert mailbox.taken == []


def test_a_server_that_is_not_there_is_named_in_one_sentence() -> None:
    port = free_port()
    server = mail_server(f"smtp://127.0.0.1:{port}", "team@lab.example")

    with pytest.raises(Unavailable, match=f"127.0.0.1:{port} cannot be used"), connected(server):
        pass


def test_a_password_is_never_sent_over_an_open_line(mailbox: Mailbox) -> None:
    url = mailbox.url.replace("smtp://", "smtp://team:hunter2@")

    with (
        pytest.raises(Unavailable, match="no encryption for the password") as refused,
        connected(mail_server(url, "team@lab.example")),
    ):
        pass
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://mail.example", "team@lab.example"),
        ("smtp://", "team@lab.example"),
        ("smtp://mail.example:99999", "team@lab.example"),
        ("smtp://mail.example", "the team"),
    ],
    ids=["another protocol", "no host", "no such port", "no address"],
)
def test_a_mail_server_that_makes_no_sense_is_refused(url: str, sender: str) -> None:
    with pytest.raises(Invalid):
        mail_server(url, sender)
