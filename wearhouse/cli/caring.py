"""Backups, and bringing them back."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from wearhouse.care import backup as care
from wearhouse.care.chunks import Chunks
from wearhouse.care.restoring import restore as bring_back
from wearhouse.cli import app
from wearhouse.cli.console import here, path, progress, say, show
from wearhouse.cli.opening import opened, settings
from wearhouse.cli.people import Json
from wearhouse.errors import Conflict
from wearhouse.payloads import Payloads
from wearhouse.secrets import open_secrets
from wearhouse.store import open_store

KeyFile = Annotated[
    Path | None,
    typer.Option("--key-file", help="The secret.key it is sealed with; that of the home if not."),
]


@app.command()
def backup(
    out: Annotated[str, typer.Option("--out", metavar="URL", help="A folder or object store.")],
    keep: Annotated[
        int | None, typer.Option(min=1, help="Let go of all but so many backups.")
    ] = None,
    key_file: KeyFile = None,
    as_json: Json = False,
) -> None:
    """Write registry, store and payloads, encrypted; what has not changed is not written again."""
    with opened() as wearhouse:
        chunks = _chunks(out, key_file)
        payloads = Payloads(wearhouse.settings.payloads_url)
        with progress("Backing up", len(wearhouse.store.participants())) as step:
            done = care.backup(wearhouse.store, wearhouse.registry, payloads, chunks, step)
        done.removed = care.prune(chunks, keep) if keep else 0
        care.note(wearhouse.settings.home, done)
    show([asdict(done)], as_json)
    if done.lost_payloads:
        raise Conflict(
            f"The backup is written, but {done.lost_payloads:,} payloads that the registry knows "
            "are not in the archive as they were received; see `wearhouse doctor`."
        )
    if done.gone_for_good:
        say(f"Rollups of {done.gone_for_good:,} samples that retention removed are not in it.")
    say(f"Backup {done.name} is whole. Without secret.key nobody can read it: keep a copy apart.")


@app.command()
def restore(
    origin: Annotated[str, typer.Option("--from", metavar="URL", help="Where backups are.")],
    name: Annotated[
        str | None, typer.Option("--backup", help="Which; the newest if none is named.")
    ] = None,
    key_file: KeyFile = None,
    as_json: Json = False,
) -> None:
    """Bring a backup back into an empty home, and compare every series with what it was."""
    if here.get().wearhouse is not None:
        raise Conflict("A server has this home open; restore into one that is empty.")
    wanted = settings()
    wanted.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    chunks = _chunks(origin, key_file)
    manifest = care.manifest_named(chunks, name)
    store = open_store(wanted.store_url)
    try:
        with progress("Restoring", len(manifest.pieces()) - len(manifest.registry)) as step:
            restored = bring_back(
                manifest,
                chunks,
                wanted.registry_url,
                store,
                Payloads(wanted.payloads_url),
                step,
            )
    finally:
        store.close()
    if key_file is not None and not (wanted.home / "secret.key").exists():
        place = wanted.home / "secret.key"
        place.touch(mode=0o600)
        place.write_bytes(path(key_file).read_bytes())
    found = asdict(restored) | {"differing": len(restored.differing)}
    show([found], as_json)
    if restored.differing:
        named = json.dumps(restored.differing[:5])
        raise Conflict(f"{len(restored.differing):,} series are not as they were, as {named}.")
    say(f"{restored.series:,} series are as they were in the backup of {manifest.at}.")


def _chunks(url: str, key_file: Path | None) -> Chunks:
    given = settings()
    file = path(key_file) if key_file else given.secret_key_file
    secrets = open_secrets(given.home, "" if key_file else given.secret_key, file)
    return Chunks(url if "://" in url else str(path(Path(url))), secrets.derived("backup"))
