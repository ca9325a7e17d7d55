"""Wearhouse over HTTP: `wearhouse serve` in a process of its own, one client that stays
connected, JSON to the last byte of the answer."""

import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench import machine
from bench.questions import MAX_POINTS, Answered, Question
from bench.sides import timed
from bench.wearhouse_side import code


class HttpSide:
    """A client of a running server."""

    def __init__(self, url: str, key: str, process: int) -> None:
        self.process = process
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
        self.headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}

    def ask(self, question: Question, first_turn: int, turns: int) -> Answered:
        """Ask a question some times; reading the JSON is not counted, receiving it is."""
        body = self._answer(question, first_turn)
        answer = json.loads(body)["series"]
        rows = sum(len(one["t"]) for one in answer)
        samples = rows if question.level == "raw" else sum(sum(one["count"]) for one in answer)
        seconds = timed(lambda turn: (len(self._answer(question, turn)), 0), first_turn + 1, turns)
        return Answered(seconds.seconds, rows, samples)

    def peak(self) -> int | None:
        """The most memory that the server had resident, in bytes."""
        return machine.peak_of(self.process)

    def _answer(self, question: Question, turn: int) -> bytes:
        participants, start, end = question.turn(turn)
        asked = [("participant", code(number)) for number in participants] + [
            ("metric", "heart_rate"),
            ("start", start.isoformat()),
            ("end", end.isoformat()),
            ("resolution", question.resolution),
            ("max_points", str(MAX_POINTS)),
        ]
        self.connection.request("GET", f"/api/v1/series?{urlencode(asked)}", headers=self.headers)
        response = self.connection.getresponse()
        body = response.read()
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(f"The server answered {response.status}: {body[:300]!r}")
        return body


@contextmanager
def serving(home: Path, key: str) -> Iterator[HttpSide]:
    """A client of a new server on what stands in a home."""
    server = subprocess.Popen(
        [sys.executable, "-m", "wearhouse", "--home", home, "serve", "--port", "0"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        side = HttpSide(_address(home, server), key, server.pid)
        yield side
        side.connection.close()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def _address(home: Path, server: "subprocess.Popen[bytes]") -> str:
    announced = home / "serve.json"
    for _ in range(600):
        if announced.exists() and (text := announced.read_text(encoding="utf-8")):
            url = str(json.loads(text)["url"])
            if _is_up(urlsplit(url).netloc):
                return url
        if server.poll() is not None:
            raise RuntimeError(f"`wearhouse serve` ended with {server.returncode}.")
        time.sleep(0.1)
    raise TimeoutError("`wearhouse serve` did not start within 60 seconds.")


def _is_up(netloc: str) -> bool:
    connection = http.client.HTTPConnection(netloc, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
