"""Data in and out: import, query."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from wearhouse import series, series_tables, tabular
from wearhouse.cli import app
from wearhouse.cli.console import lines, out, path, progress, say, show
from wearhouse.cli.opening import actor, opened, settings
from wearhouse.cli.people import Json, StudyCode
from wearhouse.errors import Invalid
from wearhouse.imports import Request, Summary, import_files
from wearhouse.metrics import metric_named
from wearhouse.team import audit
from wearhouse.team.acting import Acting
from wearhouse.window import edge, zone_named

T = TypeVar("T", bound=str)


@app.command("import")
def import_(
    where: Annotated[Path, typer.Argument(metavar="PATH", help="A file, a folder, a zip.")],
    participant: Annotated[str, typer.Option(help="Whose it is; auto takes those it names.")],
    study: StudyCode = None,
    format_: Annotated[str, typer.Option("--format", help="auto, or a source's name.")] = "auto",
    timezone: Annotated[str | None, typer.Option(help="The clock of times without a zone.")] = None,
    as_json: Json = False,
) -> None:
    """Load files."""
    if timezone:
        zone_named(timezone)
    place = path(where)
    with opened() as wearhouse:
        registry = wearhouse.registry
        auto = participant == "auto"
        if auto:
            within = registry.only_study(study, create="STUDY")
            one = None
            timezone = timezone or settings().timezone
        else:
            one = registry.participant_named(participant, study)
            within = registry.study_named(one.study)
        request = Request(place, within, one, format_, timezone)
        with progress(f"Importing {where.name}", _size(place)) as done:
            summary = import_files(wearhouse.store, registry, request, done)
        at_work = Acting(actor(), registry, wearhouse.secrets)
        whose = {"load": summary.load, "participants": sorted(summary.participants)}
        audit.record(at_work, "import", one, within.code, after=whose, subject=where.name)
    _report(summary, as_json)
    if summary.refused:
        of_all = f"{len(summary.refused)} of {len(summary.refused) + summary.files}"
        raise Invalid(f"{of_all} files were refused; the others are in.")


def _size(place: Path) -> int:
    if place.is_dir():
        return sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    return place.stat().st_size if place.exists() else 0


def _report(summary: Summary, as_json: bool) -> None:
    if as_json:
        row = {
            "load": summary.load,
            "files": summary.files,
            "formats": sorted(summary.formats),
            "participants": sorted(summary.participants),
            "samples": summary.samples.total(),
            "episodes": summary.episodes.total(),
            "by_metric": dict(summary.samples + summary.episodes),
            "quarantined": summary.quarantined.total(),
            "quarantined_by_reason": dict(summary.quarantined),
            "written": summary.written.written,
            "withdrawn": summary.written.withdrawn,
            "shadowed": summary.written.shadowed,
            "notes": summary.notes,
            "skipped": [{"file": name, "reason": why} for name, why in summary.skipped],
            "refused": [{"file": name, "reason": why} for name, why in summary.refused],
        }
        show([row], as_json)
        return
    unchanged = summary.samples.total() + summary.episodes.total() - summary.written.written
    lines(
        [
            ("files", summary.files),
            ("format", ", ".join(sorted(summary.formats))),
            ("participants", len(summary.participants)),
            ("samples", summary.samples.total()),
            ("episodes", summary.episodes.total()),
            ("there already", max(unchanged - summary.written.shadowed, 0)),
            ("outranked by another source", summary.written.shadowed or None),
            ("quarantined", summary.quarantined.total()),
        ]
    )
    for reason, count in summary.quarantined.most_common():
        say(f"  {count:,} × {reason}")
    for note in summary.notes:
        say(note)
    for name, why in summary.skipped:
        say(f"skipped {name}: {why}")
    for name, why in summary.refused:
        say(f"refused {name}: {why}")


@app.command()
def query(
    participant: Annotated[list[str], typer.Option(help="A code; may be given often.")],
    metric: Annotated[list[str], typer.Option(help="A metric; may be given often.")],
    start: Annotated[str, typer.Option(help="A date or an instant.")],
    end: Annotated[str, typer.Option(help="As start; a date includes that whole day.")],
    resolution: Annotated[
        str, typer.Option(help="auto, span, raw, 1m, 1h, 1d, 1w or 1mo.")
    ] = "auto",
    max_points: Annotated[int, typer.Option(min=1, help="Per series, with auto.")] = 2_000,
    imputed: Annotated[str, typer.Option(help="exclude, include or only.")] = "exclude",
    format_: Annotated[str, typer.Option("--format", help="csv, json, parquet or arrow.")] = "csv",
    target: Annotated[Path | None, typer.Option("--out", help="A file to write.")] = None,
    study: StudyCode = None,
    timezone: Annotated[str | None, typer.Option(help="The clock of start and end.")] = None,
) -> None:
    """A series of samples or buckets."""
    wanted = _choice(format_, tabular.FORMATS, "format")
    if timezone:
        zone_named(timezone)
    with opened() as wearhouse:
        asked = series.Query(
            metrics=[metric_named(name) for name in dict.fromkeys(metric)],
            start=edge(start, "start"),
            end=edge(end, "end"),
            participants=wearhouse.registry.participants_named(participant, study),
            resolution=_choice(resolution, series.RESOLUTIONS, "resolution"),
            max_points=max_points,
            imputed=_choice(imputed, series.IMPUTED, "imputed"),
            timezone=timezone,
        )
        at_work = Acting(actor(), wearhouse.registry, wearhouse.secrets)
        layer = "" if asked.imputed == "exclude" else f", imputed={asked.imputed}"
        about = f"{', '.join(metric)} from {start} to {end}{layer}"
        audit.export(at_work, asked.participants, about)
        tables = series_tables.tables(wearhouse.store, asked, text_time=wanted in ("csv", "json"))
        _write(tabular.stream(tables, wanted), path(target) if target else None)


def _choice(given: str, known: tuple[T, ...], name: str) -> T:
    for choice in known:
        if choice == given:
            return choice
    raise Invalid(f"{name} is {given!r}; it can be {', '.join(known)}.", name)


def _write(pieces: Iterator[bytes], target: Path | None) -> None:
    if target is None:
        for piece in pieces:
            out(piece)
        return
    partial = target.with_name(target.name + ".part")
    try:
        with partial.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        partial.replace(target)
    except OSError as error:
        raise Invalid(f"{target} cannot be written: {error.strerror}.", "out") from error
    finally:
        partial.unlink(missing_ok=True)
