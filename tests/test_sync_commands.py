"""The commands that load from vendors' clouds."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2 as httpx
from commands import Run
from ports import free_port

from wearhouse.secrets import open_secrets


def test_a_sync_of_nobody_says_so_and_is_kept(run: Run) -> None:
    run("study", "create", "S1")
    run("participant", "add", "anna")

    done = run("sync", "--participant", "anna", "--json")

    [row] = json.loads(done.out)
    assert done.code == 0
    assert (row["grants"], row["attempts"], row["problems"]) == (0, 0, [])


def test_a_replay_of_nothing_replays_nothing(run: Run) -> None:
    run("study", "create", "S1")
    run("participant", "add", "anna")

    done = run("replay", "--json")

    assert done.code == 0
    assert json.loads(done.out)[0]["payloads"] == 0


def test_what_cannot_be_synced_is_refused_in_one_sentence(run: Run) -> None:
    run("study", "create", "S1")
    run("participant", "add", "anna")

    stranger = run("sync", "--participant", "bert")
    source = run("sync", "--source", "nimbus")
    usage = run("sync", "--since", "yesterday")

    assert (stranger.code, source.code, usage.code) == (1, 1, 2)
    assert "'bert'" in stranger.err
    assert "'nimbus'" in source.err


def test_a_study_can_be_paused_and_resumed_and_moved_to_another_hour(run: Run) -> None:
    run("study", "create", "S1")

    usual = json.loads(run("schedule", "--json").out)
    run("schedule", "--at", "02:30", "--timezone", "Europe/Berlin", "--pause")
    paused = json.loads(run("schedule", "--json").out)
    resumed = json.loads(run("schedule", "--resume", "--json").out)
    refused = run("schedule", "--at", "25:00")

    own = {"study": "S1", "at": "02:30", "timezone": "Europe/Berlin"}
    assert usual == [{"study": "S1", "at": "01:00", "timezone": "UTC", "paused": False}]
    assert paused == [own | {"paused": True}]
    assert resumed == [own | {"paused": False}]
    assert (refused.code, "01:00" in refused.err) == (1, True)


def test_a_key_is_rotated_and_the_old_one_still_decrypts(run: Run, home: Path) -> None:
    run("study", "create", "S1")
    hidden = open_secrets(home).encrypt("refresh-1")

    done = run("key", "rotate")

    keys = (home / "secret.key").read_text().split()
    assert (done.code, len(keys)) == (0, 2)
    assert open_secrets(home).decrypt(hidden) == "refresh-1"


def test_a_worker_works_until_it_is_told_to_stop(home: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "wearhouse", "--home", str(home), "worker"]
    worker = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    assert worker.stderr
    said = worker.stderr.readline()

    worker.send_signal(signal.SIGTERM)
    code = worker.wait(60)
    rest = worker.stderr.read()
    worker.stderr.close()

    assert "At work" in said
    assert (code, rest) == (0, "")


def test_a_worker_tells_prometheus_what_it_counts_and_not_how_all_stands(
    home: Path, tmp_path: Path
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "wearhouse", "--home", str(home), "worker"]
    told = os.environ | {"WEARHOUSE_METRICS_PORT": str(port)}
    worker = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env=told)
    assert worker.stderr
    worker.stderr.readline()

    text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    worker.send_signal(signal.SIGTERM)
    code = worker.wait(60)
    worker.stderr.close()

    assert 'wearhouse_syncs_total{outcome="failed"} 0.0' in text
    assert "process_resident_memory_bytes" in text
    assert "wearhouse_fleet_loads_waiting" in text
    for of_all in ("wearhouse_store_samples", "wearhouse_grants", "wearhouse_last_sync"):
        assert of_all not in text
    assert code == 0
