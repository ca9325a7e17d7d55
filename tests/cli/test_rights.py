"""Commands by the holder of a key: the same rights and the same reach as over HTTP."""

import json
from datetime import datetime
from pathlib import Path

import pytest
import typer
from commands import Run
from typer.core import TyperGroup

from wearhouse import cli
from wearhouse.cli.rights import ANYBODY, NEEDS
from wearhouse.study import RIGHTS, Role

OWNERS = {
    "audit verify FILE", "backup", "copy", "demo", "key rotate", "restore", "rollup setup",
    "serve", "worker",
}  # fmt: skip
"""Commands for the owner of the home alone, and such as need no home."""


@pytest.fixture
def study(run: Run) -> str:
    """A blinded study with a person at each of two sites."""
    run("study", "create", "S1")
    for site in ("NORTH", "SOUTH"):
        run("site", "add", site)
        run("participant", "add", f"P-{site}", "--site", site)
    run("arm", "add", "ARM-X")
    assert run("participant", "change", "P-NORTH", "--arm", "ARM-X").code == 0
    return "S1"


def key(run: Run, role: str, *places: str) -> str:
    options = [word for place in places for word in ("--place", place)]
    ran = run("key", "create", "--role", role, *options, "--json")
    assert ran.code == 0, ran.err
    return str(json.loads(ran.out)["key"])


def commands(group: TyperGroup, path: str = "") -> set[str]:
    found = set()
    for name, command in group.commands.items():
        whole = f"{path} {name}".strip()
        found |= commands(command, whole) if isinstance(command, TyperGroup) else {whole}
    return found


def test_every_command_has_a_right_or_is_the_owners(run: Run) -> None:
    run("--version")
    root = typer.main.get_command(cli.app)
    assert isinstance(root, TyperGroup)

    assert commands(root) <= NEEDS.keys() | ANYBODY | OWNERS


@pytest.mark.parametrize("command", sorted(NEEDS))
def test_the_holder_of_a_key_without_any_right_runs_nothing(run: Run, command: str) -> None:
    if NEEDS[command] in RIGHTS[Role.DEVICE]:
        return
    root = typer.main.get_command(cli.app)
    assert isinstance(root, TyperGroup)
    if command not in commands(root):
        pytest.skip("not a command yet")
    word = key(run, "device")

    ran = run("--key", word, *command.split(), *required(root, command))

    assert ran.code == 1
    assert "may not do this" in ran.err


def required(root: TyperGroup, command: str) -> list[str]:
    """Something for everything that a command cannot do without."""
    found: TyperGroup = root
    for word in command.split():
        found = found.commands[word]  # type: ignore[assignment]
    words: list[str] = []
    for param in found.params:
        if param.required:
            value = "2026-01-01" if param.type_descriptor.annotation is datetime else "x"
            words += [param.opts[0], value] if param.param_type_name == "option" else ["1"]
    return words


@pytest.mark.parametrize("command", ["serve", "worker", "demo"])
def test_what_is_the_owners_is_not_for_keys(run: Run, command: str) -> None:
    ran = run("--key", key(run, "manager"), command)

    assert ran.code == 1
    assert "not for the holders of keys" in ran.err


def test_a_key_of_one_site_lists_and_finds_nobody_of_another(run: Run, study: str) -> None:
    word = key(run, "coordinator", "S1/NORTH")

    listed = json.loads(run("--key", word, "participant", "list", "--json").out)
    asked = run("--key", word, "participant", "pause", "P-SOUTH")

    assert [person["code"] for person in listed] == ["P-NORTH"]
    assert (asked.code, "No participant is called" in asked.err) == (1, True)


def test_a_key_that_may_not_know_arms_is_not_told(run: Run, study: str) -> None:
    word = key(run, "coordinator")

    told = run("--key", word, "participant", "list", "--json").out
    refused = run("--key", word, "arm", "list")

    assert "ARM-X" not in told
    assert '"arm"' not in told
    assert refused.code == 1
    assert "ARM-X" in run("participant", "list", "--json").out


def test_a_key_from_the_environment_counts(
    run: Run, study: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEARHOUSE_KEY", key(run, "analyst"))

    assert run("participant", "add", "P-3").code == 1


def test_a_key_that_nobody_was_given_is_refused(run: Run, study: str) -> None:
    ran = run("--key", "wh_guess", "participant", "list")

    assert (ran.code, ran.out) == (1, "")


def test_people_are_imported_all_or_none(run: Run, study: str, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("code,site,email\nP-1,NORTH,ada@example.org\nP-2,MOON,\n")
    refused = run("participant", "import", file)
    file.write_text("code,site,email\nP-1,NORTH,ada@example.org\nP-2,SOUTH,\n")
    looked = run("participant", "import", file, "--dry-run")
    taken = run("participant", "import", file)

    assert (refused.code, looked.code, taken.code) == (1, 0, 0)
    assert "Row 2: S1 has no site 'MOON'." in refused.err
    assert json.loads(run("participant", "contact", "P-1", "--json").out)[0]["email"]
    assert len(json.loads(run("participant", "list", "--json").out)) == 4


def test_what_was_done_is_in_the_trail_and_the_trail_is_verified(
    run: Run, study: str, tmp_path: Path
) -> None:
    acts = {row["act"] for row in json.loads(run("audit", "list", "--json").out)}
    assert run("audit", "export", "--out", "trail.jsonl").code == 0
    file = tmp_path / "trail.jsonl"

    sound = run("audit", "verify", file)
    file.write_bytes(file.read_bytes().replace(b"NORTH", b"NORTE", 1))
    broken = run("audit", "verify", file)

    assert {"study.create", "site.add", "participant.enrol", "participant.change"} <= acts
    assert (run("audit", "verify").code, sound.code, broken.code) == (0, 0, 1)
    assert "is not what was written" in broken.err


def test_a_user_is_made_with_a_password_that_is_shown_once(run: Run, study: str) -> None:
    made = json.loads(run("user", "add", "carla", "--role", "coordinator", "--place", "S1/NORTH",
                          "--json").out)  # fmt: skip

    [listed] = json.loads(run("user", "list", "--json").out)

    assert len(made["password"]) >= 12
    assert (listed["name"], listed["role"], listed["places"]) == (
        "carla", "coordinator", ["S1/NORTH"],
    )  # fmt: skip


def test_a_rotation_keeps_contact_details_readable(run: Run, study: str, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("code,email\nP-1,ada@example.org\n")
    run("participant", "import", file)

    ran = run("key", "rotate")

    assert "1 other secrets" in ran.err
    assert json.loads(run("participant", "contact", "P-1", "--json").out)[0]["email"]
