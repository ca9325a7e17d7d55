"""Alertmanager's configuration, filled in from the environment."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

START = Path(__file__).parents[2] / "deploy" / "alertmanager" / "start.sh"
GIVEN = {"ALERT_TO": "engineers@lab.example", "ALERT_SMTP_HOST": "mail.lab.example:587"}


def started(config: Path, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "ALERTMANAGER": "true", "ALERT_CONFIG": str(config)}
    return subprocess.run(
        ["sh", str(START)],
        env=environment | given,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "given",
    [
        GIVEN,
        GIVEN | {"ALERT_SMTP_USER": "lab", "ALERT_SMTP_PASSWORD_FILE": "/secrets/alert_password"},
    ],
    ids=["without a user", "with a user"],
)
def test_it_passes_alertmanagers_own_check(given: dict[str, str], tmp_path: Path) -> None:
    config = tmp_path / "alertmanager.yml"
    assert started(config, given).returncode == 0
    program = shutil.which("amtool")
    assert program, "Alertmanager is not installed"

    told = subprocess.run(
        [program, "check-config", str(config)], capture_output=True, text=True, check=False
    )

    assert told.returncode == 0, told.stderr
    assert "${ALERT" not in config.read_text()


@pytest.mark.parametrize("missing", GIVEN)
def test_what_is_missing_is_named(missing: str, tmp_path: Path) -> None:
    given = {name: value for name, value in GIVEN.items() if name != missing}

    told = started(tmp_path / "alertmanager.yml", given)

    assert told.returncode != 0
    assert missing in told.stderr


def test_an_address_cannot_smuggle_anything_in(tmp_path: Path) -> None:
    config = tmp_path / "alertmanager.yml"

    told = started(config, GIVEN | {"ALERT_TO": 'a@b.example"\nreceivers: []'})

    assert told.returncode == 2
    assert not config.exists()
