"""The process that answers: the API and the dashboard on a socket, and the jobs beside them."""

import secrets
import signal
import socket
import sys
import threading
from types import FrameType

import uvicorn

from wearhouse import logs, runtime, tracing
from wearhouse.api import create_app
from wearhouse.cli import run_relayed
from wearhouse.cli.console import here, say
from wearhouse.cli.opening import settings
from wearhouse.errors import Conflict, Invalid
from wearhouse.homes import Address, announced
from wearhouse.runtime import Wearhouse
from wearhouse.study import Role

SWITCH_S = 0.001
"""How long a thread that computes may keep the others, which answer, from going on."""
KEEP_ALIVE_S = 75
"""How long a connection stays that nobody asks on: longer than a proxy before it keeps its own."""


def run(wearhouse: Wearhouse, host: str, port: int | None) -> None:
    """Answer until told to stop. Conflict if the home is served already; Invalid if the port is
    taken."""
    if here.get().wearhouse is not None:
        raise Conflict(f"A server has {wearhouse.settings.home} open already.")
    bound = _bind(host, wearhouse.settings.port if port is None else port, port is not None)
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{bound.getsockname()[1]}"  # noqa: S104
    token = secrets.token_urlsafe(32)
    application = create_app(wearhouse, token, run_relayed)
    login = wearhouse.registry.access.create_login("owner", Role.MANAGER)
    config = uvicorn.Config(
        application, log_config=None, access_log=False, lifespan="off",
        timeout_graceful_shutdown=settings().drain_s, timeout_keep_alive=KEEP_ALIVE_S,
    )  # fmt: skip
    here_too = announced(wearhouse.settings.home, Address(address, token))
    server = _Server(config, wearhouse.intake.stop)
    if threading.current_thread() is threading.main_thread():
        # From before it runs, and after: it passes a signal on once it has ended, and what runs
        # beside it is to end in peace.
        signal.signal(signal.SIGTERM, server.handle_exit)
    chosen = wearhouse.settings
    sys.setswitchinterval(SWITCH_S)
    written = logs.written(chosen.log_format, chosen.log_level)
    with written, tracing.exporting(chosen.traces), here_too, runtime.jobs(wearhouse):
        say(f"Open {address}/login?token={login}\n(this link signs you in once; Ctrl-C stops)")
        server.run(sockets=[bound])


class _Server(uvicorn.Server):
    """A server that, told to stop, lets syncs end with the slices at hand while it still answers
    what it was asked."""

    def __init__(self, config: uvicorn.Config, stop: threading.Event) -> None:
        super().__init__(config)
        self.stop = stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.stop.set()
        super().handle_exit(sig, frame)


def _bind(host: str, port: int, exactly: bool) -> socket.socket:
    """A listening socket; if the port is taken and was not asked for, one that is free."""
    for attempt in (port, 0):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Only of a socket that says it is TCP does asyncio switch Nagle's delay off.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, attempt))
            listening.listen()  # whoever reads the address below may come before the server does
        except (OSError, OverflowError) as error:
            listening.close()
            if exactly or attempt == 0:
                reason = getattr(error, "strerror", None) or str(error)
                raise Invalid(f"Cannot listen on {host}:{attempt}: {reason}.", "port") from error
        else:
            return listening
    raise AssertionError
