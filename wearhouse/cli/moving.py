"""Stores: what they run on, how much a study will take, one copied into another."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from wearhouse import estimate as estimation
from wearhouse import moving
from wearhouse.cli import app
from wearhouse.cli.console import progress, say, show
from wearhouse.cli.opening import opened, settings, whole_registry
from wearhouse.cli.people import Json
from wearhouse.errors import Conflict, Invalid
from wearhouse.fleet import carrying
from wearhouse.store import Store, open_store
from wearhouse.store.fleet_of import fleet_of

Rates = Annotated[
    list[str] | None,
    typer.Option(help="NAME@1s, or NAME for its own rate; may be given often."),
]


@app.command()
def copy(
    origin: Annotated[str, typer.Option("--from", metavar="URL", help="The store to read.")],
    target: Annotated[str, typer.Option("--to", metavar="URL", help="An empty store.")],
    as_json: Json = False,
) -> None:
    """Copy a whole store into another, and compare them."""
    if origin == target:
        raise Invalid("A store cannot be copied into itself.", "to")
    if origin.startswith("chdb:") and target.startswith("chdb:"):
        raise Invalid(
            "One process can open one embedded store; copy its folder while nothing runs.", "to"
        )
    file = settings().home / f"copy-{_digest(origin, target)}.json"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        _store_at(origin) as here,
        _store_at(target) as there,
        progress("Copying", len(here.participants())) as done,
    ):
        compared = moving.copy(here, there, file, done)
        archived, removed = moving.away(here)
        _copy_fleet(here, there)
    rows = [
        {
            "participant": pair.participant,
            "metric": pair.metric,
            "rows": pair.here.rows,
            "sum": pair.here.total,
            "checksum": pair.here.checksum[:16],
            "rows_there": pair.there.rows,
            "checksum_there": pair.there.checksum[:16],
            "same": pair.same,
        }
        for pair in compared
    ]
    show(rows, as_json)
    different = sum(not pair.same for pair in compared)
    if different:
        raise Conflict(f"{different:,} of {len(rows):,} series differ; run the copy again.")
    say(f"{len(rows):,} series are the same in both stores.")
    if archived:
        say(f"{archived:,} archived samples lie in the new store itself; archive them again.")
    if removed:
        say(f"Rollups of {removed:,} samples that retention removed are not in the copy.")


def _copy_fleet(origin: Store, target: Store) -> None:
    """Carry the fleet along, if there is one."""
    here = fleet_of(origin)
    if not here.loads(1):
        return
    there = fleet_of(target)
    with whole_registry() as registry:
        say(f"{carrying.carry(here, there, registry):,} deliveries of the fleet were carried over.")
    waits = any(load.state != "curated" for load in carrying.complete(here))
    if not waits and carrying.proof(here) != carrying.proof(there):
        raise Conflict("The fleet's heartbeats differ; run the copy again.")


@contextmanager
def _store_at(url: str) -> Iterator[Store]:
    """A store, which may be the one that this installation has open."""
    if url == settings().store_url:
        with opened() as wearhouse:
            yield wearhouse.store
        return
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def _digest(*urls: str) -> str:
    """A name for a pair of stores that gives no password away."""
    plain = [re.sub(r"//[^/@]*@", "//", url) for url in urls]
    return hashlib.sha256("\n".join(plain).encode()).hexdigest()[:12]


@app.command()
def estimate(
    participants: Annotated[int, typer.Option(min=1, help="How many people.")] = 1_000,
    years: Annotated[float, typer.Option(help="How long.")] = 1.0,
    metric: Rates = None,
    compression: Annotated[
        str | None, typer.Option(help="What compression saves of the bytes: 0.8 or 80%.")
    ] = None,
    as_json: Json = False,
) -> None:
    """How many samples and bytes a study makes; without metrics, those of a Fitbit."""
    rates = [estimation.rate_of(text) for text in metric or []] or estimation.fitbit_mix()
    stores = estimation.STORES | _measured()
    volumes = estimation.estimate(rates, participants, years, _part(compression), stores)
    if as_json:
        show(estimation.rows_of(volumes), as_json)
        return
    show([_told(volume) for volume in volumes], as_json)
    for volume in volumes:
        say(f"{volume.metric}: {volume.arithmetic}")


def _part(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise Invalid(f"compression is {text!r}; write 0.8 or 80%.", "compression") from None


def _measured() -> dict[str, estimation.Sizes]:
    """What samples take in this installation, if there are any."""
    if not (settings().store or settings().home.exists()):
        return {}
    with opened() as wearhouse:
        sizes = estimation.measured(wearhouse.store.stats())
    return {"here": sizes} if sizes else {}


def _told(volume: estimation.Volume) -> dict[str, object]:
    sizes = {"raw": volume.raw_bytes, "compressed": volume.compressed_bytes} | dict(volume.stores)
    told = {name: estimation.amount(size) for name, size in sizes.items() if size is not None}
    return {"metric": volume.metric, "every_s": volume.every_s, "samples": volume.samples, **told}
