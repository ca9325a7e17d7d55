"""Every command works while a server holds the store, and after it was killed."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
from commands import Ran, Run
from ports import free_port

LOGIN = re.compile(r"(http://\S+)/login\?token=(\S+)")


@contextmanager
def serving(home: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server, and the line that it printed; killed at the end."""
    command = [sys.executable, "-m", "wearhouse", "--home", str(home), "serve", "--port", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr
    try:
        link = next(line for line in server.stderr if "/login?token=" in line)
        _await(f"http://127.0.0.1:{port}/readyz")
        yield server, link
    finally:
        server.kill()
        server.wait()
        server.stderr.close()


def _await(url: str) -> None:
    for _ in range(1_200):
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError(f"{url} does not answer")


def asked(run: Run) -> Ran:
    return run(
        "query", "--participant", "anna", "--metric", "steps", "--resolution", "raw",
        "--start", "2026-03-01", "--end", "2026-03-01",
    )  # fmt: skip


def test_commands_beside_a_server_are_answered_by_it_and_survive_its_death(
    run: Run, program: Run, home: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    port = free_port()
    (tmp_path / "anna.csv").write_text(
        "participant,metric,time,value\nanna,steps,2026-03-01T12:00:00Z,7\n"
    )
    with serving(home, port) as (_, link):
        created = program("study", "create", "S1")
        added = run("participant", "add", "anna")
        imported = run("import", "anna.csv", "--participant", "anna", "--json")
        beside, to_file = asked(run), run(
            "query", "--participant", "anna", "--metric", "steps", "--start", "2026-03-01",
            "--end", "2026-03-01", "--out", "out.csv",
        )  # fmt: skip
        missing = run("import", "nowhere.csv", "--participant", "anna")
        usage = run("query", "--participant", "anna")
        key = json.loads(run("key", "create", "--role", "analyst", "--json").out)["key"]
        url, token = LOGIN.search(link).groups()  # type: ignore[union-attr]
        people = httpx.get(
            f"{url}/api/v1/participants", headers={"Authorization": f"Bearer {key}"}, timeout=30
        )
        session = httpx.post(f"{url}/api/v1/session", json={"token": token.strip()}, timeout=30)
        second = run("serve", "--port", str(free_port()))

    assert (created.code, added.code, imported.code, to_file.code) == (0, 0, 0, 0)
    assert "Traceback" not in created.err
    assert json.loads(imported.out)[0]["written"] == 1
    assert beside.out.splitlines()[1:] == ["anna,steps,2026-03-01T12:00:00Z,7"]
    assert (tmp_path / "out.csv").read_text().startswith("participant,metric,t,")
    assert (missing.code, missing.err.count("\n")) == (1, 1)
    assert "nowhere.csv" in missing.err
    assert usage.code == 2
    assert [person["code"] for person in people.json()] == ["anna"]
    assert session.status_code == 204
    assert (second.code, second.out) == (1, "")

    after = asked(run)  # the server was killed, so its note in the home is out of date

    assert (after.code, after.out) == (0, beside.out)
    with serving(home, port):
        assert asked(run).out == beside.out


def test_a_program_says_where_everything_is_kept_and_its_version(program: Run, home: Path) -> None:
    version, failed = program("--version"), program("participant", "add", "anna")

    assert re.fullmatch(r"wearhouse \d+\.\d+\.\d+\n", version.out), version.err
    assert (failed.code, failed.out, failed.err.count("\n")) == (1, "", 1)
    assert (home / "registry.sqlite").exists()


def test_what_is_private_is_readable_by_its_owner_only(
    run: Run, home: Path, tmp_path: Path
) -> None:
    with serving(home, free_port()):
        assert (home / "serve.json").stat().st_mode & 0o077 == 0
        assert home.stat().st_mode & 0o077 == 0
