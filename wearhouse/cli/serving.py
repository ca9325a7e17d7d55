"""The service, the demo, and synthetic payloads."""

import json
import secrets
import shutil
import signal
import socket
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Annotated

import pyarrow.parquet as pq
import typer
import uvicorn

from wearhouse import logs, runtime, tracing
from wearhouse.api import create_app
from wearhouse.cli import app, run_relayed
from wearhouse.cli.console import here, lines, path, progress, say
from wearhouse.cli.opening import opened, settings
from wearhouse.errors import Conflict, Invalid
from wearhouse.homes import Address, announced
from wearhouse.imports import Request, import_files
from wearhouse.registry.devices import Heartbeat
from wearhouse.runtime import Wearhouse
from wearhouse.study import Role, Study
from wearhouse.synth import write_study
from wearhouse.synth.wearipedia import write_wearipedia

People = Annotated[int, typer.Option(min=1, max=100_000, help="How many participants.")]
Days = Annotated[int, typer.Option(min=1, max=3_650, help="How many days.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed makes the same study.")]
GOES_ON = timedelta(days=28)
SWITCH_S = 0.001
"""How long a thread that computes may keep the others, which answer, from going on."""
KEEP_ALIVE_S = 75
"""How long a connection stays that nobody asks on: longer than a proxy before it keeps its own."""
Port = Annotated[int | None, typer.Option(min=0, max=65_535, help="The port to listen on.")]


@app.command()
def synth(
    target: Annotated[Path, typer.Option("--out", help="A new folder.")],
    participants: People = 25,
    days: Days = 60,
    seed: Seed = 1,
    end_on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    wearipedia: Annotated[
        Path | None,
        typer.Option(help="Let Wearipedia make them up: the Python that it is installed in."),
    ] = None,
    device: Annotated[str, typer.Option(help="Wearipedia's device.")] = "fitbit-charge-6",
) -> None:
    """Synthetic payloads in the vendors' own formats, with the truth beside them."""
    last = end_on.date() if end_on else _yesterday()
    if wearipedia is not None:
        span = (last - timedelta(days=days - 1), last)
        with progress("Asking Wearipedia", participants) as done:
            write_wearipedia(path(target), wearipedia, device, participants, seed, span, done)
        say(f"{participants} participants over {days} days are in {target}.")
        return
    with progress("Making up a study", participants) as done:
        write_study(path(target), participants, days, seed, last, lambda _: done(1))
    say(f"{participants} participants over {days} days are in {target}.")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Port = None,
) -> None:
    """The API and the dashboard."""
    with opened() as wearhouse:
        _serve(wearhouse, host or settings().host, port)


@app.command()
def demo(
    participants: People = 25,
    days: Days = 60,
    seed: Seed = 1,
    port: Port = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop before serving.")] = False,
) -> None:
    """An example study with known truth, then the dashboard."""
    with opened() as wearhouse:
        _prepare(wearhouse, participants, days, seed)
        if not no_serve:
            _serve(wearhouse, settings().host, port)


def _prepare(wearhouse: Wearhouse, participants: int, days: int, seed: int) -> None:
    folder = wearhouse.settings.home / "demo"
    asked = {"participants": participants, "days": days, "seed": seed}
    done = folder / "loaded.json"
    if done.exists():
        if json.loads(done.read_text(encoding="utf-8")) != asked:
            raise Conflict(f"{wearhouse.settings.home} holds another demo; choose another --home.")
        return
    if any(study.code == "DEMO" for study in wearhouse.registry.studies()) or folder.exists():
        _forget_half_a_demo(wearhouse, folder)
    with progress("Making up a study", participants) as made:
        write_study(folder, participants, days, seed, _yesterday(), lambda _: made(1))
    _load(wearhouse, folder)
    done.write_text(json.dumps(asked), encoding="utf-8")


def _forget_half_a_demo(wearhouse: Wearhouse, folder: Path) -> None:
    """A demo that was interrupted begins again; its participants are enrolled already."""
    shutil.rmtree(folder, ignore_errors=True)
    say(f"An unfinished demo in {wearhouse.settings.home} is made again.")


def _load(wearhouse: Wearhouse, folder: Path) -> None:
    study = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    registry = wearhouse.registry
    if not any(known.code == study["code"] for known in registry.studies()):
        ends_on = date.fromisoformat(study["ends_on"]) + GOES_ON  # so that it is under way today
        registry.create_study(study["code"], study["title"], _date(study["starts_on"]), ends_on)
    within = registry.study_named(study["code"])
    enrolled = {participant.code for participant in registry.participants(study["code"])}
    samples = episodes = 0
    began = datetime.now(UTC)
    with progress("Loading it", len(study["participants"])) as loaded:
        for person in study["participants"]:
            code = person["code"]
            if code not in enrolled:
                registry.enrol(
                    within.code, code, person["time_zone"],
                    _date(person["enrolled_on"]), _date(person["withdrawn_on"]),
                )  # fmt: skip
            participant = registry.participant_named(code, within.code)
            payloads = folder / "payloads" / code
            for zone in sorted({file.parent for file in payloads.rglob("*.json.gz")}):
                request = Request(
                    zone, within, participant, "fitbit-web", str(zone.relative_to(payloads))
                )
                summary = import_files(wearhouse.store, registry, request)
                samples += summary.samples.total()
                episodes += summary.episodes.total()
            loaded(1)
    _report_devices(wearhouse, folder, within)
    seconds = (datetime.now(UTC) - began).total_seconds()
    lines(
        [
            ("participants", len(study["participants"])),
            ("samples", samples),
            ("episodes", episodes),
            ("loaded in", f"{seconds:.1f} s"),
        ]
    )


def _report_devices(wearhouse: Wearhouse, folder: Path, study: Study) -> None:
    """What the made-up devices told last, as a vendor's cloud would."""
    people = {who.code: who for who in wearhouse.registry.participants(study.code)}
    for device in pq.read_table(folder / "truth" / "devices.parquet").to_pylist():
        who, at = people[device["participant"]], device["last_synced_at"]
        beat = Heartbeat(
            who.code, "fitbit-web", device["device"], "tracker", device["model"],
            device["firmware"], None, None, at, at,
        )  # fmt: skip
        wearhouse.registry.devices.report(who, beat)


def _serve(wearhouse: Wearhouse, host: str, port: int | None) -> None:
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


def _yesterday() -> date:
    return datetime.now(UTC).date() - timedelta(days=1)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
