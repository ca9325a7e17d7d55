"""Keeping rollups: create, refresh, inspect, route."""

from typing import Annotated

import typer

from wearhouse.cli import app
from wearhouse.cli.console import out, say, show
from wearhouse.cli.opening import opened
from wearhouse.cli.people import Json
from wearhouse.errors import Invalid
from wearhouse.levels import by_span, level_named
from wearhouse.window import edge, window_between, zone_named

rollup = typer.Typer(help="Aggregates.", no_args_is_help=True)
app.add_typer(rollup, name="rollup")

UTC = zone_named("UTC")


@rollup.command()
def setup() -> None:
    """Create the tables of every level, or bring them up to date."""
    with opened() as wearhouse:
        wearhouse.store.migrate()
    say("Every level is set up.")


@rollup.command()
def refresh(
    level: str,
    start: Annotated[str | None, typer.Option(help="The first civil day.")] = None,
    end: Annotated[str | None, typer.Option(help="The last civil day.")] = None,
) -> None:
    """Fold a level again from the samples."""
    wanted = level_named(level)
    if wanted == "raw":
        raise Invalid("raw is what the other levels are folded from; refresh one of those.")
    first = edge(start, "start").moment.date() if start else None
    last = edge(end, "start").moment.date() if end else None
    if first and last and first > last:
        raise Invalid(f"end ({last}) is before start ({first}).", "end")
    with opened() as wearhouse:
        rows = wearhouse.store.refresh(wanted, first, last)
    say(f"{rows:,} rows of {wanted} were folded again.")


@rollup.command()
def stats(as_json: Json = False) -> None:
    """Rows, bytes and age of every level, metric by metric."""
    with opened() as wearhouse:
        rows = wearhouse.store.stats().to_pylist()
    show(
        rows,
        as_json,
        ("level", "metric", "rows", "bytes", "bytes_per_sample", "refreshed_at", "stale"),
    )


@rollup.command()
def route(start: str, end: str, as_json: Json = False) -> None:
    """Print the level that the by-span rule answers from."""
    window = window_between(edge(start, "start"), edge(end, "end"), UTC)
    level = by_span(window.span)
    if as_json:
        show([{"level": level, "start": window.start, "end": window.end}], as_json)
    else:
        out(f"{level}\n".encode())
