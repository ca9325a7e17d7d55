"""Moving old samples out of the store."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from wearhouse.care.archiving import archive_before
from wearhouse.cli import app
from wearhouse.cli.console import path, progress, say, show
from wearhouse.cli.opening import actor, opened
from wearhouse.cli.people import Day, Json
from wearhouse.errors import Conflict, Invalid
from wearhouse.metrics import metric_named


@app.command("archive")
def archive_(
    before: Annotated[datetime, Day],
    out: Annotated[str, typer.Option("--out", metavar="URL", help="A folder or object store.")],
    study: Annotated[str | None, typer.Option(help="Only of this study.")] = None,
    participant: Annotated[
        list[str] | None, typer.Option(help="Only of theirs; may be given often.")
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option(help="Only of this metric; may be given often.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Move samples of civil days before a date to Parquet files, from which they are still
    answered."""
    if before.date() > datetime.now(UTC).date():
        raise Invalid("before is a day that has not come.", "before")
    metrics = {metric_named(name).name for name in metric} if metric else None
    with opened() as wearhouse:
        registry = wearhouse.registry.seen_by(actor())
        people = None
        if participant:
            people = {one.id for one in registry.participants_named(participant, study)}
        elif study or actor().places is not None:
            people = {one.id for one in registry.participants(study)}
        with progress("Archiving", len(wearhouse.store.participants())) as step:
            store, root = wearhouse.store, root_of(out)
            done = archive_before(
                store, wearhouse.registry, root, before.date(), people, metrics, step
            )
    show([asdict(done)], as_json, ("root", "participants", "months", "days", "samples", "busy"))
    if done.busy:
        raise Conflict(f"{done.busy:,} months are being written just now; run this again.")
    say(f"{done.samples:,} samples are in the archive, checked; series are answered from there.")


def root_of(out: str) -> str:
    """The archive's URL, which stays the same wherever commands are run."""
    return (out if "://" in out else str(path(Path(out)).resolve())).rstrip("/")
