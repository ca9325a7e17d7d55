"""Every alert fires when it should and stays silent when not."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from alert_cases import CASES

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "deploy" / "prometheus" / "rules").glob("*.yml"))
ALERTS: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for file in RULES
    for group in yaml.safe_load(file.read_text())["groups"]
    for rule in group["rules"]
    if "alert" in rule
}


def promtool(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool")
    assert program, "Prometheus is not installed"
    return subprocess.run([program, *words], capture_output=True, text=True, check=False)


def firing(alert: str, series: dict[str, str], minutes: int, folder: Path) -> bool:
    """Whether an alert fires after so many minutes of these series."""
    asked = f'ALERTS{{alertname="{alert}",alertstate="firing"}}'
    test = {
        "rule_files": [str(file) for file in RULES],
        "evaluation_interval": f"{max(1, minutes // 120)}m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": s, "values": v} for s, v in series.items()],
                "promql_expr_test": [
                    {
                        "expr": f"max({asked}) or vector(0)",
                        "eval_time": f"{minutes}m",
                        "exp_samples": [{"labels": "{}", "value": 1}],
                    }
                ],
            }
        ],
    }
    file = folder / "test.yml"
    file.write_text(yaml.safe_dump(test))
    told = promtool("test", "rules", str(file))
    assert told.returncode == 0 or "nil" in told.stdout or "got:" in told.stderr, told.stderr
    return told.returncode == 0


def test_every_alert_is_tried() -> None:
    assert set(CASES) == set(ALERTS)


@pytest.mark.parametrize("alert", CASES)
def test_an_alert_fires_when_it_should(alert: str, tmp_path: Path) -> None:
    case = CASES[alert]

    assert firing(alert, case.fires, case.minutes, tmp_path)


@pytest.mark.parametrize("alert", CASES)
def test_an_alert_is_silent_when_it_should_be(alert: str, tmp_path: Path) -> None:
    case = CASES[alert]

    assert not firing(alert, case.silent, case.minutes, tmp_path)


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_has_a_severity_an_area_and_words(alert: str) -> None:
    rule = ALERTS[alert]

    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["labels"]["area"]
    assert set(rule["annotations"]) == {"summary", "description"}


def test_the_configuration_passes_prometheus_own_check() -> None:
    told = promtool("check", "config", str(ROOT / "deploy" / "prometheus" / "prometheus.yml"))

    assert told.returncode == 0, told.stderr
