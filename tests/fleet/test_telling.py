"""Incidents are mailed when they open and when they are over, each once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fleets import NOON, Kept
from mail import Mailbox, mail_server_running
from ports import free_port

from wearhouse.errors import Unavailable
from wearhouse.fleet.alerts import Rule, document, watch
from wearhouse.fleet.telling import tell
from wearhouse.messages.delivery import MailServer, mail_server

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")
"""None of this depends on the kind of store."""

HOUR = timedelta(hours=1)
SENDER = "Fleet <fleet@lab.example>"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server_running() as box:
        yield box


@pytest.fixture
def low(kept: Kept) -> Kept:
    """A device whose battery is low, and a rule that looks for it."""
    rule = Rule("device", "battery", below=300, hours=1_000, project=kept.project,
                emails=("engineer@lab.example",))  # fmt: skip
    values = {"name": f"Low battery {kept.project}", "kind": rule.kind, "document": document(rule),
              "enabled": True, "changed_by": "tests"}  # fmt: skip
    kept.registry.incidents.put_rule(None, values)
    kept.take(kept.beat(metrics={"battery": 100}))
    watch(kept.store, kept.registry, NOON + HOUR)
    return kept


def test_somebody_is_told_once_that_an_incident_opened(low: Kept, mailbox: Mailbox) -> None:
    server = mail_server(mailbox.url, SENDER)

    sent = [tell(low.registry, server, NOON + HOUR) for _ in range(2)]

    [mail] = mailbox.taken
    assert sent == [1, 0]
    assert mail["To"] == "engineer@lab.example"
    assert mail["Subject"] == f"Fleet: Low battery {low.project} is open"
    assert f"{low.project} 1: 100, since 2026-06-01 13:00 UTC" in mail.get_content()


def test_somebody_is_told_that_it_is_over(low: Kept, mailbox: Mailbox) -> None:
    server = mail_server(mailbox.url, SENDER)
    tell(low.registry, server, NOON + HOUR)
    low.take(low.beat(at=NOON + HOUR, metrics={"battery": 900}))
    watch(low.store, low.registry, NOON + 2 * HOUR)

    tell(low.registry, server, NOON + 2 * HOUR)

    subjects = [mail["Subject"].rpartition(" is ")[2] for mail in mailbox.taken]
    assert subjects == ["open", "resolved"]


def test_without_a_mail_server_it_is_told_later(low: Kept, mailbox: Mailbox) -> None:
    gone = MailServer("127.0.0.1", free_port(), "none", SENDER)
    with pytest.raises(Unavailable):
        tell(low.registry, gone, NOON + HOUR)

    tell(low.registry, mail_server(mailbox.url, SENDER), NOON + 2 * HOUR)

    assert len(mailbox.taken) == 1
