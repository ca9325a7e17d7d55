"""Letting an archive of samples lie elsewhere."""

from dataclasses import asdict
from typing import Annotated

import typer

from wearhouse.care.relocating import relocate as bring
from wearhouse.cli import app
from wearhouse.cli.archiving import root_of
from wearhouse.cli.console import progress, say, show
from wearhouse.cli.opening import opened
from wearhouse.cli.people import Json


@app.command()
def relocate(
    origin: Annotated[str, typer.Option("--from", metavar="URL", help="Where the archive lay.")],
    target: Annotated[
        str, typer.Option("--to", metavar="URL", help="Where it is to lie, or lies already.")
    ],
    as_json: Json = False,
) -> None:
    """Answer archived samples from another folder or object store, once each file was read
    there."""
    with opened() as wearhouse:
        store, registry = wearhouse.store, wearhouse.registry
        here, there = root_of(origin), root_of(target)
        months = sum(one.root == here for one in store.moved())
        with progress("Relocating", months) as step:
            done = bring(store, registry, here, there, step)
    show([asdict(done)], as_json)
    say(f"{done.samples:,} samples are answered from {there}.")
    if done.left:
        say(f"What lies at {here} could not be removed: remove it by hand.")
