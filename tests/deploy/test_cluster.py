"""What `deploy/cluster` holds. The servers' configuration is read by the embedded engine; nothing
here starts a container."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

CLUSTER = Path(__file__).parents[2] / "deploy" / "cluster"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((CLUSTER / "compose.yaml").read_text())[
    "services"
]
SERVERS = [f"shard-{shard}-{replica}" for shard in (1, 2) for replica in "ab"]
KEEPERS = [f"keeper-{number}" for number in (1, 2, 3)]

ASK = """
import chdb, json, sys
engine = chdb.connect(sys.argv[1])
for asked in sys.argv[2:]:
    print(json.dumps(json.loads(engine.query(asked, "JSONCompact").bytes())["data"]))
"""


def told(folder: Path, service: str, *asked: str) -> list[list[list[Any]]]:
    """What an engine that has the configuration and the environment of a server answers."""
    secrets = {"CLUSTER_SECRET": "one", "INTERSERVER_PASSWORD": "two"}
    environment = {**os.environ, **secrets, **SERVICES[service]["environment"]}
    engine = f"{folder}/engine?config-file={CLUSTER / 'server' / 'cluster.xml'}"
    ran = subprocess.run(
        [sys.executable, "-c", ASK, engine, *asked],
        env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_server_knows_two_shards_of_two_replicas_each(tmp_path: Path) -> None:
    [nodes] = told(
        tmp_path,
        "shard-1-a",
        "SELECT cluster, shard_num, replica_num, host_name, internal_replication "
        "FROM system.clusters ORDER BY ALL",
    )

    assert nodes == [
        ["wearhouse", shard, place, f"shard-{shard}-{replica}", 1]
        for shard in (1, 2)
        for place, replica in ((1, "a"), (2, "b"))
    ]


@pytest.mark.parametrize("service", SERVERS)
def test_a_server_knows_its_own_shard_and_replica(tmp_path: Path, service: str) -> None:
    [macros] = told(tmp_path, service, "SELECT macro, substitution FROM system.macros ORDER BY 1")

    assert macros == [["replica", service[-1]], ["shard", service[-3]]]
    assert SERVICES[service]["environment"]["NODE"] == service


def test_every_node_is_a_service_with_data_of_its_own() -> None:
    volumes = [SERVICES[name]["volumes"][-1].split(":")[0] for name in SERVERS + KEEPERS]

    assert volumes == SERVERS + KEEPERS
    assert set(SERVICES) == {"secrets", *SERVERS, *KEEPERS}


def test_servers_ask_the_keepers_that_are_there_and_these_know_each_other() -> None:
    server = ElementTree.parse(CLUSTER / "server" / "cluster.xml")
    keeper = ElementTree.parse(CLUSTER / "keeper" / "keeper_config.xml")

    assert [node.text for node in server.iterfind("zookeeper/node/host")] == KEEPERS
    raft = "keeper_server/raft_configuration/server/"
    assert [node.text for node in keeper.iterfind(f"{raft}hostname")] == KEEPERS
    ids = [SERVICES[name]["environment"]["KEEPER"] for name in KEEPERS]
    assert [node.text for node in keeper.iterfind(f"{raft}id")] == ids


def test_there_is_one_user_whose_password_comes_from_outside() -> None:
    users = ElementTree.parse(CLUSTER / "server" / "users.xml").find("users")
    assert users is not None

    assert [user.tag for user in users if user.get("remove") is None] == ["wearhouse"]
    assert [user.tag for user in users if user.get("remove")] == ["default"]
    passwords = [word for word in users.iter() if "password" in word.tag]
    assert [(word.text, word.get("from_env")) for word in passwords] == [
        (None, "CLICKHOUSE_PASSWORD")
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_pinned_confined_and_says_whether_it_is_well(name: str) -> None:
    service = SERVICES[name]

    assert any(figure.isdigit() for figure in service["image"].rpartition(":")[2])
    assert service["cap_drop"] == ["ALL"]
    assert "healthcheck" in service
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_passwords_are_made_once_and_are_for_the_servers_only(tmp_path: Path) -> None:
    def made() -> dict[str, str]:
        environment = {**os.environ, "SECRETS_GROUP": str(os.getgid())}
        script = str(CLUSTER / "server" / "secrets.sh")
        subprocess.run(["sh", script, str(tmp_path)], check=True, env=environment)
        return {file.name: file.read_text() for file in tmp_path.iterdir()}

    first = made()

    assert made() == first
    words = {text for name, text in first.items() if name != "wearhouse_store"}
    assert len(words) == 3
    assert all(len(word) == 64 for word in words)
    assert first["clickhouse_password"] in first["wearhouse_store"]
    assert all(not stat.S_IMODE(file.stat().st_mode) & 0o007 for file in tmp_path.iterdir())
