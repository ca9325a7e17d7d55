"""A real NATS server with JetStream for the tests, in a temporary folder."""

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import nats
import pytest
from nats.js import JetStreamContext

T = TypeVar("T")

STREAM, SUBJECT, GROUP = "WEARHOUSE", "wearhouse.ingest", "wearhouse"


@dataclass
class Server:
    """A running NATS server that listens on this machine only."""

    program: str
    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [self.program, "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", self.folder]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log)
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        pytest.fail(f"NATS did not start: {(self.folder / 'log').read_text()[-2_000:]}")

    def stop(self) -> None:
        assert self.process
        self.process.terminate()
        self.process.wait(60)

    def asked(self, question: Callable[[JetStreamContext], Awaitable[T]]) -> T:
        """What JetStream answers."""

        async def ask() -> T:
            connection = await nats.connect(self.url)
            try:
                return await question(connection.jetstream())
            finally:
                await connection.close()

        # On a thread: the browser's driver keeps an event loop running in the tests' own.
        with ThreadPoolExecutor(1) as aside:
            return aside.submit(asyncio.run, ask()).result()

    def send(self, messages: Sequence[tuple[bytes, str]]) -> None:
        """Publish messages, each with its id or without; the stream is made where it is not
        there. It does not itself leave out what comes twice."""

        async def publish(stream: JetStreamContext) -> None:
            await stream.add_stream(name=STREAM, subjects=[SUBJECT])
            for number, (body, key) in enumerate(messages):
                # The stream drops what repeats an id; a subject of its own header does not count.
                headers = {"Nats-Msg-Id": key} if key else {"n": str(number)}
                await stream.publish(SUBJECT, body, headers=headers)

        self.asked(publish)

    def unacknowledged(self) -> int:
        """How many messages were not acknowledged yet."""

        async def count(stream: JetStreamContext) -> int:
            found = await stream.consumer_info(STREAM, GROUP)
            return (found.num_ack_pending or 0) + (found.num_pending or 0)

        return self.asked(count)


def new_server(folder: Path) -> Server:
    program = shutil.which("nats-server", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        missing = "nats-server is not installed"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = int(listening.getsockname()[1])
    server = Server(str(program), folder, port)
    server.start()
    return server
