"""The doctor finds what is wrong, says what to do, and ends with 1 where something has failed."""

import json
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from builders import NOON, beats
from commands import Run
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from ports import free_port

from wearhouse.care.archiving import archive_before
from wearhouse.care.backup import Done, note
from wearhouse.care.checks import Finding, State, clocks, kept, links, room
from wearhouse.payloads import Payloads
from wearhouse.registry import open_registry
from wearhouse.store import open_store

DAY_S = 86_400


def told(run: Run) -> tuple[int, dict[str, dict[str, str]]]:
    ran = run("doctor", "--json")
    return ran.code, {row["what"]: row for row in json.loads(ran.out)}


def test_a_new_installation_is_well_and_is_told_what_it_lacks(run: Run) -> None:
    code, found = told(run)

    assert code == 0
    assert found["backup"]["state"] == "warning"
    assert "wearhouse backup" in found["backup"]["do"]
    assert found["address"]["state"] == "warning"
    for name in ("schema", "registry_schema", "stale_rollups", "clock beside store"):
        assert found[name]["state"] == "well", found[name]


def test_a_backup_that_is_too_old_fails(run: Run, home: Path) -> None:
    run("study", "create", "S1")
    note(home, Done("b"))
    assert told(run)[1]["backup"]["state"] == "well"
    (home / "backup.json").write_text(json.dumps({"at": datetime.now(UTC).timestamp() - 40 * 3600}))

    code, found = told(run)

    assert (code, found["backup"]["state"]) == (1, "failed")


def test_payloads_that_only_one_of_archive_and_registry_knows_are_told(tmp_path: Path) -> None:
    registry = open_registry(f"sqlite:///{tmp_path}/registry.sqlite")
    payloads = Payloads(str(tmp_path / "payloads"))
    digest = payloads.put(b"left by a crash")
    [file] = (tmp_path / "payloads").rglob("*.zst")
    young = {one.what: one for one in kept.payloads(payloads, registry)}
    os.utime(file, (0, 0))

    found = {one.what: one for one in kept.payloads(payloads, registry)}

    assert digest in payloads.digests()
    assert young["orphan_payloads"].found == 0  # it may be about to be noted
    assert found["orphan_payloads"] == Finding(
        "orphan_payloads", 1, State.WARNING, found["orphan_payloads"].do
    )
    assert found["lost_payloads"].state is State.WELL
    registry.close()


def test_an_archive_that_was_harmed_fails_and_names_the_file(tmp_path: Path) -> None:
    registry = open_registry(f"sqlite:///{tmp_path}/registry.sqlite")
    store = open_store(f"chdb://{tmp_path}/store")
    store.write(beats(1, 60, 61))
    archive_before(store, registry, str(tmp_path / "archive"), NOON.date() + timedelta(days=1))
    well = [one.state for one in kept.archived(store)]
    [file] = (tmp_path / "archive").rglob("*.parquet")
    file.rename(file.with_name("0000000001-elsewhere.parquet"))

    found = {one.what: one for one in kept.archived(store)}

    assert set(well) == {State.WELL}
    assert found["archive_files_harmed"].state is State.FAILED
    assert file.name in found["archive_files_harmed"].do
    assert (found["archive_files_loose"].found, found["archive_files_loose"].state) == (
        1, State.WARNING,
    )  # fmt: skip
    store.close()
    registry.close()


def notes(free_gb: list[float], every_s: float = DAY_S) -> list[room.Note]:
    return [(number * every_s, int(free * 1e9)) for number, free in enumerate(free_gb)]


@pytest.mark.parametrize(
    ("seen", "days"),
    [
        (notes([100, 90, 80, 70]), 7.0),
        (notes([100, 100, 100]), float("inf")),
        (notes([50, 60, 70]), float("inf")),
        (notes([100, 90], every_s=3_600), None),
        ([], None),
    ],
)
def test_when_a_disk_will_be_full_is_told_from_how_it_filled(
    seen: list[room.Note], days: float | None
) -> None:
    free = seen[-1][1] if seen else 1

    assert room.days_left(seen, free) == (pytest.approx(days) if days is not None else None)


def test_room_is_noted_once_an_hour_and_not_for_ever(tmp_path: Path) -> None:
    for minute in range(0, 60 * 24 * 20, 30):
        known = room.note(tmp_path, [tmp_path], minute * 60.0)

    assert len(known[str(tmp_path)]) == room.NOTES
    assert room.noted(tmp_path) == known


@pytest.mark.parametrize(
    ("there", "state"),
    [(100.0, State.WELL), (90.5, State.WARNING), (109.0, State.WARNING), (300.0, State.FAILED)],
)
def test_a_clock_that_is_wrong_is_told(there: float, state: State) -> None:
    assert clocks.judged("clock", there, 100.2, 100.4).state is state


class Alive(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"status":"alive"}' if self.path == "/healthz" else b"{}"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def certificate(folder: Path, days: float) -> Path:
    """A certificate for this machine, signed by itself, that ends in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )  # fmt: skip
    return file


@contextmanager
def serving(secured_by: Path | None = None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Alive)
    if secured_by:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(secured_by)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("days", "trusted", "state", "words"),
    [
        (90.3, True, State.WELL, "holds for 90 days"),
        (3.3, True, State.WARNING, "holds for 3 days"),
        (-2.3, True, State.FAILED, "ended 2 days ago"),
        (90.5, False, State.FAILED, "is not trusted"),
    ],
)
def test_certificates_are_told_before_they_end(
    tmp_path: Path, days: float, trusted: bool, state: State, words: str
) -> None:
    file = certificate(tmp_path, days)
    with serving(file) as port:
        authority = str(file) if trusted else None
        asked = [links.Server("store", "localhost", port, authority=authority)]
        [found] = links.certificates(asked, datetime.now(UTC))

    assert found.state is state
    assert words in str(found.found)


def test_the_address_leads_here_or_is_told() -> None:
    with serving() as port:
        here = links.reachable(f"http://127.0.0.1:{port}/")
    nowhere = links.reachable(f"http://127.0.0.1:{free_port()}")

    assert (here.state, nowhere.state) == (State.WELL, State.FAILED)
    assert "/healthz" in nowhere.do


def test_servers_with_certificates_are_read_from_the_settings() -> None:
    found = links.servers(
        "https://study.example", "smtp://u:p@mail.example:587", "clickhouses://u:p@db.example/x"
    )

    assert [(one.host, one.port, one.starttls) for one in found] == [
        ("study.example", 443, False), ("mail.example", 587, True), ("db.example", 8443, False),
    ]  # fmt: skip
    assert links.servers("http://x", "", "chdb:///y") == []
