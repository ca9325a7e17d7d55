"""Loading from vendors' clouds: sync, replay, the worker, and when it all happens."""

import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from wearhouse import logs, runtime, scheduler, secrets, tracing
from wearhouse.cli import app
from wearhouse.cli.console import here, lines, say, show
from wearhouse.cli.opening import opened, registry, settings
from wearhouse.cli.people import Json, StudyCode, key
from wearhouse.consent import grants
from wearhouse.enrolling import contacts
from wearhouse.errors import Conflict, Unavailable
from wearhouse.runtime import Wearhouse
from wearhouse.scraped import answering
from wearhouse.study import Participant, Schedule
from wearhouse.sync.fetching import Request, sync
from wearhouse.sync.replay import replay
from wearhouse.team import signing
from wearhouse.window import zone_named

Code = Annotated[str | None, typer.Option(help="A participant's code; everybody without.")]
SourceName = Annotated[str | None, typer.Option(help="A live source's name; all without.")]

grant = typer.Typer(help="Grants.", no_args_is_help=True)
app.add_typer(grant, name="grant")


@app.command("sync")
def sync_(
    participant: Code = None,
    source: SourceName = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Read again from this day on.")
    ] = None,
    study: StudyCode = None,
    as_json: Json = False,
) -> None:
    """Fetch what is new and what was restated, now."""
    with opened() as wearhouse:
        people = _people(wearhouse, participant, study)
        asked = Request(people, source, since.date() if since else None)
        done = sync(wearhouse.intake, asked)
    figures = {
        "sync": done.sync, "grants": done.grants, "attempts": done.attempts,
        "failed": done.failed, "samples": done.samples, "episodes": done.episodes,
        "written": done.written, "withdrawn": done.withdrawn, "quarantined": done.quarantined,
    }  # fmt: skip
    _report(figures, done.problems, as_json)
    if done.outcome == "failed":
        raise Unavailable("Nothing could be fetched.")


@app.command("replay")
def replay_(
    participant: Code = None,
    source: SourceName = None,
    study: StudyCode = None,
    as_json: Json = False,
) -> None:
    """Parse the archived payloads again, as after the mending of a parser."""
    with opened() as wearhouse:
        people = _people(wearhouse, participant, study)
        done = replay(wearhouse.intake, people, source)
    figures = asdict(done)
    figures.pop("problems")
    _report(figures, done.problems, as_json)


@app.command()
def worker(
    broker: Annotated[
        str | None, typer.Option(help="Take batches from nats://HOST:4222 or kafka://HOST:9092.")
    ] = None,
) -> None:
    """Do what is due, without the API and the dashboard."""
    if here.get().wearhouse is not None:
        raise Conflict("The server that has the store open does what is due already.")
    with ExitStack() as held:
        wearhouse = held.enter_context(opened())
        chosen = wearhouse.settings
        held.enter_context(logs.written(chosen.log_format, chosen.log_level))
        held.enter_context(tracing.exporting(chosen.traces))
        held.enter_context(answering(chosen))
        held.enter_context(runtime.working(wearhouse, broker))
        told = held.enter_context(_told_to_stop())
        say("At work; Ctrl-C stops.")
        told.recv(1)


@contextmanager
def _told_to_stop() -> Iterator[socket.socket]:
    """What holds a byte once this process was told to stop. Python hears of a signal only between
    two of its steps: one that comes as a wait for a lock or a queue begins would not end it."""
    told, tells = socket.socketpair()
    tells.setblocking(False)
    with told, tells:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(tells.fileno())
        try:
            yield told
        finally:
            signal.set_wakeup_fd(-1)


@app.command()
def schedule(
    study: StudyCode = None,
    at: Annotated[str | None, typer.Option(help="A time of day such as 01:00.")] = None,
    timezone: Annotated[str | None, typer.Option(help="The clock of that time.")] = None,
    pause: Annotated[bool | None, typer.Option("--pause/--resume", help="Stop or go on.")] = None,
    as_json: Json = False,
) -> None:
    """Show when a study is synced, or set it."""
    with registry() as known:
        within = known.only_study(study)
        usual = Schedule(within.code, settings().sync_at, settings().timezone)
        now = scheduler.schedule_of(known, within, usual)
        then = Schedule(
            within.code,
            at or now.at,
            zone_named(timezone or now.timezone).key,
            now.paused if pause is None else pause,
        )
        scheduler.checked_time(then.at)
        if then != now:
            known.schedules.set(within, then)
    show([asdict(then)], as_json)


@grant.command("seats")
def list_seats(as_json: Json = False) -> None:
    """How many accounts ever granted each live source access, of how many that may."""
    with opened() as wearhouse:
        found = grants.seats(wearhouse.intake.consents)
    rows = [{**asdict(one), "left": one.left} for one in found]
    show(rows, as_json, ("source", "used", "limit", "left"))


@key.command("rotate")
def rotate_key() -> None:
    """Encrypt every token, all contact details and second factors with a new secret key; keys of
    before can still decrypt."""
    asked = settings()
    with registry() as known:
        if not asked.secret_key and asked.secret_key_file is None:
            secrets.rotate(asked.home)
        kept = secrets.open_secrets(asked.home, asked.secret_key, asked.secret_key_file)
        many = grants.encrypt_again(known, kept)
        others = contacts.encrypt_again(known, kept) + signing.encrypt_again(known, kept)
    say(f"{many} tokens and {others} other secrets are encrypted with the newest key.")


def _people(wearhouse: Wearhouse, code: str | None, study: str | None) -> list[Participant]:
    if code is not None:
        return [wearhouse.registry.participant_named(code, study)]
    return wearhouse.registry.participants(study)


def _report(figures: dict[str, int], problems: list[tuple[str, str]], as_json: bool) -> None:
    if as_json:
        said = [{"participant": code, "problem": problem} for code, problem in problems]
        show([{**figures, "problems": said}], as_json)
        return
    lines(figures.items())
    for code, problem in problems:
        say(f"{code}: {problem}")
