"""The fleet: load, curate, percentiles, vitals, releases."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

import typer

from wearhouse.cli import app
from wearhouse.cli.console import lines, path, progress, say, show
from wearhouse.cli.opening import opened
from wearhouse.cli.people import Json
from wearhouse.errors import Invalid
from wearhouse.fleet import curating, delivery, loading, producing, running, statistics, vitals
from wearhouse.fleet.quantiles import ERROR
from wearhouse.fleet.reaching import needs_project, projects_in_reach
from wearhouse.fleet.statistics import WEIGHTS, Question
from wearhouse.registry import Registry
from wearhouse.store.fleets import GROUPS, Among, By, Span
from wearhouse.window import edge

fleet = typer.Typer(help="Devices and what they report of themselves.", no_args_is_help=True)
app.add_typer(fleet, name="fleet")

Start = Annotated[str | None, typer.Option(help="A date or an instant, UTC.")]
End = Annotated[str | None, typer.Option(help="As start; a date includes that whole day.")]
Project = Annotated[str | None, typer.Option(help="A project; a study for paired devices.")]
Cohort = Annotated[str | None, typer.Option(help="A cohort.")]
Version = Annotated[str | None, typer.Option(help="A software version.")]


@fleet.command("synth")
def synth_fleet(
    target: Annotated[Path, typer.Option("--out", help="A new folder.")],
    devices: Annotated[int, typer.Option(min=1, max=100_000, help="How many devices.")] = 34,
    days: Annotated[int, typer.Option(min=1, max=3_660, help="How many days.")] = 18,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same fleet.")] = 1,
    start: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    regression: Annotated[
        bool, typer.Option("--regression", help="Let the newest version drain the battery.")
    ] = False,
) -> None:
    """A made-up fleet as files that `fleet load` takes, with the truth beside them."""
    from wearhouse.synth.fleet import Fleet, write_fleet  # takes a while to import

    made = Fleet(devices, days, seed, regression)
    if start is not None:
        made = Fleet(devices, days, seed, regression, start.replace(tzinfo=UTC))
    truth = write_fleet(path(target), made)
    say(f"{truth['heartbeats']:,} heartbeats of {truth['reporting']:,} devices are in {target}.")


@fleet.command("load")
def load(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="With events.csv and the like.")],
    as_json: Json = False,
) -> None:
    """Stage cohorts, devices, software versions and events of a folder, as they came."""
    place = path(folder)
    with opened() as wearhouse:
        needs_project(wearhouse.registry, "")
        files = delivery.found(place)
        size = sum(file.stat().st_size for file in files.values())
        with progress(f"Loading {folder.name}", size) as done:
            loaded = loading.load_folder(wearhouse.fleet, wearhouse.registry, place, done)
        wearhouse.registry.fleets.set_mark(running.FILES, datetime.now(UTC))
    if as_json:
        show([asdict(loaded)], as_json)
        return
    if loaded.known:
        say("These very files were loaded before; nothing is new.")
    counts = [(n, v) for n, v in asdict(loaded).items() if n not in ("load", "known") and v]
    lines(counts)


@fleet.command("curate")
def curate(as_json: Json = False) -> None:
    """Make heartbeats, metrics and rollups of what is staged; twice is as good as once."""
    with opened() as wearhouse:
        needs_project(wearhouse.registry, "")
        store, registry = wearhouse.fleet, wearhouse.registry
        producing.take_pushed(store, registry)
        producing.take_paired(store, registry)
        done = curating.curate(store, registry)
    if as_json:
        show([asdict(done)], as_json)
    else:
        lines(list(asdict(done).items()))


@fleet.command("percentile")
def percentile(
    metric: Annotated[str, typer.Option(help="As devices report it.")],
    q: Annotated[float, typer.Option("--q", help="A fraction from 0 to 1.")] = 0.5,
    project: Project = None,
    start: Start = None,
    end: End = None,
    by: Annotated[
        list[str] | None, typer.Option(help=f"{', '.join(GROUPS)}; may be given often.")
    ] = None,
    cohort: Cohort = None,
    version: Version = None,
    weight: Annotated[str, typer.Option(help="What counts as one: report or device.")] = "report",
    exact: Annotated[
        bool, typer.Option("--exact", help="From every report rather than from sketches.")
    ] = False,
    as_json: Json = False,
) -> None:
    """A percentile of a metric, of each group."""
    groups = [_group(one) for one in by or []]
    for name in WEIGHTS:
        if name == weight:
            break
    else:
        raise Invalid(f"weight is {weight!r}; it can be {', '.join(WEIGHTS)}.", "weight")
    with opened() as wearhouse:
        among = _among(wearhouse.registry, project, start, end, cohort, version)
        asked = Question(metric, among, groups, (q,), name, exact)
        found = statistics.figures(wearhouse.fleet, wearhouse.registry, asked)
    rows = [
        dict(zip(groups, one.group, strict=True))
        | {
            "value": one.quantiles[0], "count": one.count, "outside": one.outside,
            "error": 0.0 if one.exact else ERROR,
        }
        for one in found
    ]  # fmt: skip
    show(rows, as_json, (*groups, "value", "count", "outside"))
    if not as_json and any(not one.exact for one in found):
        say(f"From sketches: off by at most {ERROR:.1%} of the value; --exact looks at every one.")


@fleet.command("vitals")
def show_vitals(
    project: Project = None,
    start: Start = None,
    end: End = None,
    cohort: Cohort = None,
    version: Version = None,
    by: Annotated[list[str] | None, typer.Option(help="cohort or version; both without.")] = None,
    as_json: Json = False,
) -> None:
    """Battery life, syncs, silence and hours of each cohort and version."""
    groups = [_group(one) for one in by or ("cohort", "version")]
    with opened() as wearhouse:
        among = _among(wearhouse.registry, project, start, end, cohort, version)
        found = vitals.vitals(wearhouse.fleet, wearhouse.registry, among, groups)
    if as_json:
        show([asdict(one) for one in found], as_json)
        return
    show(
        [
            {
                "project": one.project, "cohort": one.cohort, "version": one.version,
                "battery_drop_h": one.battery_drop.value, "life_h": one.life_h,
                "sync_failure": one.sync_failure.value, "silence": one.silence.value,
                "operational_h": one.operational_h, "devices": one.silence.devices,
            }
            for one in found
        ],
        as_json,
    )  # fmt: skip


@fleet.command("compare")
def compare(
    version: Annotated[str, typer.Argument(help="A software version.")],
    previous: Annotated[str | None, typer.Option(help="Else the one before, by name.")] = None,
    project: Project = None,
    start: Start = None,
    end: End = None,
    cohort: Cohort = None,
    as_json: Json = False,
) -> None:
    """A version against the one before: is anything worse, and how sure is that?"""
    with opened() as wearhouse:
        among = _among(wearhouse.registry, project, start, end, cohort, None)
        before, found = vitals.compare(
            wearhouse.fleet, wearhouse.registry, among, version, previous
        )
    if as_json:
        show([{"version": version, "previous": before, **asdict(one)} for one in found], as_json)
        return
    rows: list[dict[str, Any]] = [
        {
            "cohort": one.cohort or "all", "vital": one.vital, before: one.before.value,
            version: one.after.value, "difference": one.difference, "low": one.low,
            "high": one.high, "verdict": one.verdict,
        }
        for one in found
    ]  # fmt: skip
    show(rows, as_json)


@fleet.command("metrics")
def show_metrics(as_json: Json = False) -> None:
    """Every metric that devices ever reported."""
    with opened() as wearhouse:
        rows = [asdict(one) for one in wearhouse.registry.fleets.metrics()]
    columns = ("name", "title", "unit", "kind", "low", "high", "time_series", "attribute", "vital")
    show([{name: row[name] for name in columns} for row in rows], as_json, columns)


@fleet.command("loads")
def show_loads(as_json: Json = False) -> None:
    """What was delivered and what became of it, the newest first."""
    with opened() as wearhouse:
        needs_project(wearhouse.registry, "")
        rows = [asdict(one) for one in wearhouse.fleet.loads()]
    columns = ("load", "source", "state", "events", "curated", "quarantined", "skipped",
               "started_at")  # fmt: skip
    show(rows, as_json, columns)


def _among(
    registry: Registry,
    project: str | None,
    start: str | None,
    end: str | None,
    cohort: str | None,
    version: str | None,
) -> Among:
    zone = ZoneInfo("UTC")
    span = Span(
        edge(start, "start").at(zone) if start else None, edge(end, "end").at(zone) if end else None
    )
    said = {"project": project, "cohort": cohort, "version": version}
    equal = {name: value for name, value in said.items() if value is not None}
    return Among(span, projects_in_reach(registry), equal)


def _group(name: str) -> By:
    for known in get_args(By):
        if known == name:
            group: By = known
            return group
    raise Invalid(f"by is {name!r}; it can be {', '.join(GROUPS)}.", "by")
