"""Prometheus and Alertmanager as Debian packs them, with the configuration of `deploy`, on loopback
and in a hurry: seconds where it says minutes."""

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2 as httpx
import yaml
from ports import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"

CONTAINERS = """\
# TYPE container_cpu_usage_seconds_total counter
container_cpu_usage_seconds_total{cpu="total",id="/docker/1",image="wearhouse:0.1.0",name="wearhouse"} 12.5
# TYPE container_memory_working_set_bytes gauge
container_memory_working_set_bytes{id="/docker/1",image="wearhouse:0.1.0",name="wearhouse"} 4.1e+08
# TYPE container_network_receive_bytes_total counter
container_network_receive_bytes_total{id="/docker/1",image="wearhouse:0.1.0",interface="eth0",name="wearhouse"} 9000
# TYPE container_network_transmit_bytes_total counter
container_network_transmit_bytes_total{id="/docker/1",image="wearhouse:0.1.0",interface="eth0",name="wearhouse"} 7000
# TYPE container_fs_writes_bytes_total counter
container_fs_writes_bytes_total{device="/dev/sda",id="/docker/1",image="wearhouse:0.1.0",name="wearhouse"} 8192
# TYPE container_start_time_seconds gauge
container_start_time_seconds{id="/docker/1",image="wearhouse:0.1.0",name="wearhouse"} 1.7e+09
"""  # noqa: E501
"""What cAdvisor says of one container, in its form: it needs an engine, and there is none here."""


@dataclass(frozen=True)
class Watch:
    """Where Prometheus and Alertmanager answer."""

    prometheus: str
    alertmanager: str

    def asked(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression gives just now."""
        answer = httpx.get(f"{self.prometheus}/api/v1/query", params={"query": expression})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]["result"]
        return found

    def alerts(self) -> dict[str, list[dict[str, Any]]]:
        """What Alertmanager knows, by the name of the alert."""
        known: dict[str, list[dict[str, Any]]] = {}
        for alert in httpx.get(f"{self.alertmanager}/api/v2/alerts").json():
            known.setdefault(alert["labels"]["alertname"], []).append(alert)
        return known


@contextmanager
def program(*command: str, **environment: str) -> Iterator[None]:
    """A program that runs for as long as this lasts."""
    found = shutil.which(command[0])
    assert found, f"{command[0]} is not installed"
    running = subprocess.Popen(
        [found, *command[1:]],
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        running.terminate()
        running.wait(timeout=30)


@contextmanager
def saying(text: str) -> Iterator[int]:
    """An exporter that always says the same; its port."""

    class Said(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Said)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def watching(folder: Path, targets: dict[str, int], mail: str) -> Iterator[Watch]:
    """Prometheus over some jobs at their ports, and Alertmanager behind it."""
    alertmanager, prometheus = free_port(), free_port()
    config = _config(folder, targets | {"alertmanager": alertmanager, "prometheus": prometheus})
    with (
        program(
            "sh", str(DEPLOY / "alertmanager" / "start.sh"),
            f"--web.listen-address=127.0.0.1:{alertmanager}", "--cluster.listen-address=",
            f"--storage.path={folder / 'alertmanager'}",
            ALERTMANAGER=str(shutil.which("prometheus-alertmanager")),
            ALERT_CONFIG=str(folder / "alertmanager.yml"), ALERT_GROUP_WAIT="2s",
            ALERT_TO="engineers@lab.example", ALERT_SMTP_HOST=mail, ALERT_SMTP_TLS="false",
        ),
        program(
            "prometheus", f"--config.file={config}",
            f"--web.listen-address=127.0.0.1:{prometheus}",
            f"--storage.tsdb.path={folder / 'prometheus'}",
        ),
    ):  # fmt: skip
        watch = Watch(f"http://127.0.0.1:{prometheus}", f"http://127.0.0.1:{alertmanager}")
        eventually(lambda: _answers(f"{watch.prometheus}/-/ready"))
        eventually(lambda: _answers(f"{watch.alertmanager}/-/ready"))
        yield watch


def eventually(holds: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.25)


def expressions() -> list[tuple[str, str]]:
    """Every panel's expressions: the panel, and what it asks."""
    return [
        (f"{board['title']}: {panel['title']}", target["expr"])
        for file in sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
        for board in [json.loads(file.read_text())]
        for panel in board["panels"]
        for target in panel["targets"]
    ]


def _config(folder: Path, targets: dict[str, int]) -> Path:
    given = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    given["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    [[manager]] = [one["static_configs"] for one in given["alerting"]["alertmanagers"]]
    manager["targets"] = [f"127.0.0.1:{targets['alertmanager']}"]
    given["scrape_configs"] = [
        {
            "job_name": job["job_name"],
            "metrics_path": job.get("metrics_path", "/metrics"),
            "static_configs": [{"targets": [f"127.0.0.1:{targets[job['job_name']]}"]}],
        }
        for job in given["scrape_configs"]
        if job["job_name"] in targets
    ]
    rules = folder / "rules"
    rules.mkdir()
    for file in (DEPLOY / "prometheus" / "rules").glob("*.yml"):
        text = re.sub(r"for: \d+[mh]", "for: 2s", file.read_text())
        (rules / file.name).write_text(text)
    config = folder / "prometheus.yml"
    config.write_text(yaml.safe_dump(given))
    return config


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.HTTPError:
        return False
