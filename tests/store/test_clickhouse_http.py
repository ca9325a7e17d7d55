"""What the double of a ClickHouse server does as a server does, seen through the real driver."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import clickhouse_connect
import pyarrow as pa
import pytest
from builders import NOON, beats, slices, somebody, values
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError
from clickhouse_server import new_server, remove, shared_server
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from wearhouse.errors import StoreUnavailable
from wearhouse.store import open_store
from wearhouse.store.clickhouse import ClickHouseStore


def connected(**options: object) -> Client:
    server = shared_server()
    return clickhouse_connect.get_client(
        host="127.0.0.1", port=server.port, username=server.user, password=server.password,
        dedicated_pool=True, **options,
    )  # fmt: skip


@pytest.fixture
def client() -> Iterator[Client]:
    client = connected()
    yield client
    client.close()


@pytest.mark.parametrize("compress", ["lz4", "zstd", "gzip", False])
def test_rows_go_both_ways_compressed(compress: str | bool) -> None:
    client = connected(compress=compress)
    client.command("CREATE OR REPLACE TABLE both_ways (a UInt32, b String) ENGINE = Memory")

    client.insert("both_ways", [[1, "one"], [2, "two"]], column_names=["a", "b"])
    client.insert_arrow("both_ways", pa.table({"a": pa.array([3], pa.uint32()), "b": ["three"]}))

    assert client.query("SELECT * FROM both_ways ORDER BY a").result_rows == [
        (1, "one"), (2, "two"), (3, "three"),
    ]  # fmt: skip
    client.close()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT * FROM nowhere", 60), ("SELEKT 1", 62), ("SELECT nothing", 47),
        ("SELECT throwIf(1)", 395), ("SELECT * FROM nowhere.at_all", 81),
    ],
)  # fmt: skip
def test_exceptions_are_the_engines_own(client: Client, statement: str, code: int) -> None:
    with pytest.raises(DatabaseError, match=f"Code: {code}. DB::Exception") as refused:
        client.query(statement)

    assert refused.value.code == code


def test_parameters_and_settings_hold_for_one_question(client: Client) -> None:
    asked = "SELECT {p:Array(UInt32)} AS p, getSetting('max_block_size') AS s"

    first = client.query(asked, {"p": [1, 2]}, settings={"max_block_size": 17}).first_row
    second = client.query(asked, {"p": [3]}).first_row

    assert (first[0], int(first[1])) == ([1, 2], 17)
    assert (second[0], int(second[1])) == ([3], 65_409)


def test_a_session_keeps_what_was_set_and_made_in_it() -> None:
    one, two = connected(session_id="one"), connected(session_id="two")
    one.command("CREATE TEMPORARY TABLE mine (a UInt8)")
    one.command("SET max_block_size = 18")

    asked = "SELECT getSetting('max_block_size') AS s"
    assert [int(each.query(asked).first_row[0]) for each in (one, two)] == [18, 65_409]
    assert one.query("SELECT count() FROM mine").first_row == (0,)
    with pytest.raises(DatabaseError, match="Code: 60"):
        two.query("SELECT count() FROM mine")
    one.close()
    two.close()


def test_an_answer_says_what_a_client_wants_to_know() -> None:
    server = shared_server()
    asked = {"query": "SELECT number FROM numbers(3)", "default_format": "JSONCompact"}
    asked |= {"user": server.user, "password": server.password, "enable_http_compression": "1"}
    request = Request(f"http://127.0.0.1:{server.port}/?{urlencode(asked | {'query_id': 'q-1'})}")
    request.add_header("Accept-Encoding", "gzip")

    with urlopen(request) as answer:
        headers, body = answer.headers, json.loads(gzip.decompress(answer.read()))

    assert body["data"] == [["0"], ["1"], ["2"]] or body["data"] == [[0], [1], [2]]
    assert headers["X-ClickHouse-Query-Id"] == "q-1"
    assert headers["X-ClickHouse-Format"] == "JSONCompact"
    assert headers["X-ClickHouse-Timezone"]
    assert json.loads(headers["X-ClickHouse-Summary"])["read_rows"] == "3"


def test_a_slice_arrives_as_one_part() -> None:
    store, who = open_store(shared_server().new_database()), somebody()
    assert isinstance(store, ClickHouseStore)
    store.connection.command("SYSTEM STOP MERGES samples")
    told = slices((who, "heart_rate", NOON.date()))
    start = NOON.replace(hour=0)

    for turn in (1, 2):
        store.write(beats(who, *[50.0 + turn] * 86_400, start=start, as_of=turn), told)

    parts = store.connection.query(
        f"SELECT rows FROM system.parts WHERE active AND table = 'samples' AND "
        f"database = '{store.connection.address.database}' ORDER BY name"
    )
    assert parts["rows"].to_pylist() == [86_400, 86_400]
    store.close()


def certificate(folder: Path) -> Path:
    """A key, and a certificate for this machine that is its own authority, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "double")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "server.pem"
    form = serialization.Encoding.PEM
    private = key.private_bytes(
        form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(form))
    (folder / "ca.pem").write_bytes(made.public_bytes(form))
    return file


def test_a_server_is_spoken_to_over_tls_if_it_is_who_it_says(tmp_path: Path) -> None:
    server = new_server("--tls", str(certificate(tmp_path)))
    who = somebody()

    with pytest.raises(StoreUnavailable, match=r"(?i)certificate verify failed") as refused:
        open_store(server.url("safe"))
    store = open_store(server.url("safe", ca_cert=str(tmp_path / "ca.pem")))
    store.write(beats(who, 60, 61))

    assert "\n" not in str(refused.value)
    assert values(store, "heart_rate", who) == [60.0, 61.0]
    store.close()
    remove(server)
