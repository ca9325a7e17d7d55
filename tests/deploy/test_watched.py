"""A running Wearhouse, watched by a real Prometheus; what goes wrong arrives by mail."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from lab import Lab, open_lab
from mail import Mailbox, mail_server_running
from ports import free_port
from watching import CONTAINERS, Watch, eventually, expressions, program, saying, watching

from wearhouse.registry import open_registry
from wearhouse.registry.tables import attempts
from wearhouse.study import State


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with mail_server_running() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def lab(home: Path) -> Iterator[Lab]:
    with open_lab(home) as lab:
        lab.connect("P-001")
        lab.program.get("/api/v1/participants")
        yield lab


@pytest.fixture(scope="module")
def exporters() -> Iterator[ExitStack]:
    with ExitStack() as exporters:
        yield exporters


@pytest.fixture(scope="module")
def watch(
    lab: Lab, mailbox: Mailbox, exporters: ExitStack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watch]:
    host = free_port()
    exporters.enter_context(
        program("prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{host}")
    )
    containers = exporters.enter_context(saying(CONTAINERS))
    port = urlsplit(lab.address).port
    assert port
    targets = {"wearhouse": port, "host": host, "containers": containers}
    folder = tmp_path_factory.mktemp("watch")
    with watching(folder, targets, f"127.0.0.1:{mailbox.port}") as watch:
        yield watch


def subjects(mailbox: Mailbox) -> list[str]:
    return [str(message["Subject"]) for message in mailbox.taken]


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


def quarantined(home: Path) -> None:
    """Let something lie in quarantine."""
    registry = open_registry(f"sqlite:///{home / 'registry.sqlite'}")
    load = registry.begin_load(None, "x.csv", "csv")
    refused = {"person": "", "position": 1, "reason": "the time is not a time", "record": "x"}
    registry.quarantine(load, "x.csv", [refused])
    registry.close()


def set_back(home: Path, by: timedelta) -> None:
    """Let everything that was ever loaded have been loaded so much earlier."""
    registry = open_registry(f"sqlite:///{home / 'registry.sqlite'}")
    at = datetime.now(UTC) - by
    with registry.engine.begin() as rows:
        rows.execute(sa.update(attempts).values(finished_at=at))
        rows.execute(sa.text("UPDATE grants SET granted_at = :at"), {"at": str(at)[:26]})
    registry.close()


def test_every_panel_of_every_dashboard_has_data(lab: Lab, watch: Watch, home: Path) -> None:
    quarantined(home)
    for code in ("P-002", "P-003"):  # so that what is counted moves while it is watched
        lab.connect(code)
    unanswered = set(expressions())

    def all_answered() -> bool:
        for one in list(unanswered):
            if watch.asked(one[1]):
                unanswered.remove(one)
        return not unanswered

    with suppress(AssertionError):
        eventually(all_answered)
    assert not unanswered


def test_a_sync_that_is_overdue_arrives_by_mail_and_its_warning_does_not(
    watch: Watch, mailbox: Mailbox, home: Path
) -> None:
    set_back(home, timedelta(hours=30))

    eventually(lambda: "[FIRING] NoSuccessfulSync (critical)" in subjects(mailbox), seconds=90)
    eventually(lambda: "SyncLate" in watch.alerts())
    [warning] = watch.alerts()["SyncLate"]

    assert warning["status"]["state"] == "suppressed"
    assert not [subject for subject in subjects(mailbox) if "SyncLate" in subject]
    [mail] = [m for m in mailbox.taken if "NoSuccessfulSync" in m["Subject"]]
    assert mail["To"] == "engineers@lab.example"
    assert "No sync has gone well for 26 hours." in text_of(mail)
    assert "docs/runbook.md: NoSuccessfulSync" in text_of(mail)


def test_two_targets_that_are_gone_arrive_in_one_mail(
    watch: Watch, mailbox: Mailbox, exporters: ExitStack
) -> None:
    exporters.close()

    eventually(lambda: len(watch.alerts().get("TargetDown", [])) == 2)
    eventually(lambda: [s for s in subjects(mailbox) if "TargetDown" in s])

    [mail] = [m for m in mailbox.taken if "TargetDown" in m["Subject"]]
    text = text_of(mail)
    assert "containers is not being watched." in text
    assert "host is not being watched." in text


def test_no_label_names_a_person(lab: Lab, watch: Watch) -> None:
    told = lab.program.get("/metrics").text

    assert State.ACTIVE in told
    assert "P-001" not in told
    assert "account-of" not in told
