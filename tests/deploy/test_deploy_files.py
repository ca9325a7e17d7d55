"""What `deploy` holds, checked by each format's own checker: there is no engine here to run it."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("file", sorted(DEPLOY.rglob("compose*.yaml")), ids=str)
def test_a_compose_file_keeps_to_the_specification(file: Path) -> None:
    schema = "--builtin-schema", "vendor.compose-spec"
    checked = run(sys.executable, "-m", "check_jsonschema", *schema, str(file))

    assert checked.returncode == 0, checked.stdout


def test_the_dockerfile_passes_its_linter() -> None:
    checked = run(str(Path(sys.executable).parent / "hadolint"), str(DEPLOY / "Dockerfile"))

    assert checked.returncode == 0, checked.stdout


def test_the_image_runs_as_nobody_in_particular() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]

    assert users[-1:] == ["10001:10001"]


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_pinned_to_a_version(name: str) -> None:
    _, _, tag = SERVICES[name]["image"].rpartition(":")

    assert any(figure.isdigit() for figure in tag)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"secrets", "containers"}))
def test_a_service_is_confined(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert not service.get("privileged")
    assert not str(service["user"]).startswith("0")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_says_whether_it_is_well(name: str) -> None:
    assert "healthcheck" in SERVICES[name] or "build" in SERVICES[name]


@pytest.mark.parametrize("name", [name for name in SERVICES if "ports" in SERVICES[name]])
def test_a_port_is_open_to_this_machine_alone(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name]["ports"])


def test_no_password_stands_in_the_compose_file() -> None:
    said = {
        f"{name}.{key}": str(value)
        for name, service in SERVICES.items()
        for key, value in service.get("environment", {}).items()
        if "PASSWORD" in key
    }

    places = ("/secrets/", "${ALERT_SMTP_PASSWORD_FILE:-}")
    assert all(value.startswith(places) for value in said.values()), said


def test_passwords_are_made_at_the_first_start_and_kept_at_the_next(tmp_path: Path) -> None:
    def started() -> dict[str, str]:
        environment = {**os.environ, "SECRETS_GROUP": str(os.getgid())}
        script = str(DEPLOY / "first-start" / "secrets.sh")
        subprocess.run(["sh", script, str(tmp_path)], check=True, env=environment)
        return {str(f): f.read_text() for f in tmp_path.rglob("*") if f.is_file()}

    first = started()

    assert started() == first
    passwords = [text for name, text in first.items() if name.endswith("_password")]
    assert len(set(passwords)) == len(passwords)
    assert all(len(password) >= 40 for password in passwords)
    assert all(not stat.S_IMODE(f.stat().st_mode) & 0o007 for f in tmp_path.rglob("*"))


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and "CI" not in os.environ,
    reason="systemd is not installed",
)
def test_the_unit_file_passes_systemds_own_check(tmp_path: Path) -> None:
    unit = (DEPLOY / "wearhouse.service").read_text()
    program = "/opt/wearhouse/.venv/bin/wearhouse"
    assert f"ExecStart={program} serve" in unit
    placed = tmp_path / "wearhouse.service"
    placed.write_text(unit.replace(program, sys.executable))

    checked = run("systemd-analyze", "verify", str(placed))

    assert checked.returncode == 0, checked.stderr
    assert str(placed.name) not in checked.stderr


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and "CI" not in os.environ,
    reason="systemd is not installed",
)
def test_systemd_calls_the_unit_well_confined() -> None:
    unit = str(DEPLOY / "wearhouse.service")
    checked = run("systemd-analyze", "security", "--offline=true", "--threshold=20", unit)

    assert checked.returncode == 0, checked.stdout[-400:]
