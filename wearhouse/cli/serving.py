"""The service, the demo, and synthetic payloads."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import pyarrow.parquet as pq
import typer

from wearhouse.cli import app
from wearhouse.cli.console import lines, path, progress, say
from wearhouse.cli.opening import opened, settings
from wearhouse.errors import Conflict
from wearhouse.imports import Request, import_files
from wearhouse.registry.devices import Heartbeat
from wearhouse.runtime import Wearhouse
from wearhouse.study import Study

People = Annotated[int, typer.Option(min=1, max=100_000, help="How many participants.")]
Days = Annotated[int, typer.Option(min=1, max=3_650, help="How many days.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed makes the same study.")]
GOES_ON = timedelta(days=28)
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
    from wearhouse.synth import write_study  # takes a while to import, and most commands need none
    from wearhouse.synth.wearipedia import write_wearipedia

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


def _serve(wearhouse: Wearhouse, host: str, port: int | None) -> None:
    from wearhouse.cli.server import run  # takes a while to import, and most commands need none

    run(wearhouse, host, port)


def _prepare(wearhouse: Wearhouse, participants: int, days: int, seed: int) -> None:
    from wearhouse.synth import write_study

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


def _yesterday() -> date:
    return datetime.now(UTC).date() - timedelta(days=1)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
