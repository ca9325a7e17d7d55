"""Whether what is kept is whole: schemas, rollups, payloads, the archive, backups."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wearhouse.care.archiving import strays
from wearhouse.care.backup import noted_at
from wearhouse.care.checks import Finding, State
from wearhouse.errors import WearhouseError
from wearhouse.payloads import Payloads
from wearhouse.registry import Registry
from wearhouse.registry.dumping import newest_revision, revision
from wearhouse.registry.holding import digests
from wearhouse.store import Store, archive, newest_schema

TOO_OLD_H = 36
A_WHILE = timedelta(hours=1)
"""A payload is put there first and noted then."""

NAMED = 3
"""How many of what is wrong one finding names."""


def schemas(store: Store, registry: Registry) -> Iterator[Finding]:
    """Whether both schemas are those of this release."""
    about, known = store.about(), newest_schema(store.about().kind)
    yield Finding("software", about.software)
    yield Finding("kind", about.kind)
    yield _version("schema", about.schema, known)
    yield Finding("registry", registry.engine.dialect.name)
    yield _version("registry_schema", revision(registry.engine), newest_revision())


def rollups(store: Store) -> Iterator[Finding]:
    """Whether rollups are in step with their samples."""
    levels = store.stats().to_pylist()
    yield Finding("samples", sum(row["rows"] for row in levels if row["level"] == "raw"))
    yield Finding("bytes", sum(row["bytes"] for row in levels))
    stale = sum(row["stale"] for row in levels)
    do = "Rollups that a crash left are folded again with the next load of their participants; "
    do += "`wearhouse rollup refresh LEVEL` does it now."
    state = State.WARNING if stale else State.WELL
    yield Finding("stale_rollups", stale, state, do if stale else "")


def payloads(kept: Payloads, registry: Registry) -> Iterator[Finding]:
    """Whether the archive of payloads and the registry know the same."""
    known_before = digests(registry.engine)
    there = kept.digests()
    since = datetime.now(UTC) - A_WHILE
    loose = there.keys() - digests(registry.engine)
    orphans = [digest for digest in loose if (there[digest] or since) <= since]
    lost = known_before - there.keys()
    do = "A crash left them before they were noted; the vendor was asked again since. They may "
    do += "be removed by hand, and take only room."
    state = State.WARNING if orphans else State.WELL
    yield Finding("orphan_payloads", len(orphans), state, do if orphans else "")
    do = f"Bring them back from a backup ({', '.join(sorted(lost)[:NAMED])}); without them their "
    do += "days cannot be parsed again."
    state = State.FAILED if lost else State.WELL
    yield Finding("lost_payloads", len(lost), state, do if lost else "")


def archived(store: Store) -> Iterator[Finding]:
    """Whether every file of the archive is there as it was written."""
    moved = store.moved()
    yield Finding("archived_samples", sum(one.rows for one in moved if one.root))
    harmed: list[str] = []
    for one in moved:
        try:
            archive.whole(one)
        except WearhouseError as error:
            harmed.append(str(error))
    do = "Bring these files back from a copy of the archive, or their samples from a backup: "
    do += " ".join(harmed[:NAMED])
    state = State.FAILED if harmed else State.WELL
    yield Finding("archive_files_harmed", len(harmed), state, do if harmed else "")
    loose = [file for root in sorted({one.root for one in moved if one.root})
             for file in strays(store, root)]  # fmt: skip
    do = "An interrupted run left them; the next `wearhouse archive` to that place removes them."
    state = State.WARNING if loose else State.WELL
    yield Finding("archive_files_loose", len(loose), state, do if loose else "")


def backups(home: Path, now: datetime) -> Finding:
    """How old the newest backup is."""
    at = noted_at(home)
    do = "Run `wearhouse backup --out URL`, every night from a timer."
    if not at:
        return Finding("backup", "there is none", State.WARNING, do)
    hours = (now.timestamp() - at) / 3_600
    old = hours > TOO_OLD_H
    state = State.FAILED if old else State.WELL
    return Finding("backup", f"{hours:,.0f} h old", state, do if old else "")


def _version(what: str, found: int | str, known: int | str) -> Finding:
    if found == known:
        return Finding(what, found)
    do = f"This release knows {known}. Install the release that wrote it, or a later one."
    return Finding(what, found, State.FAILED, do)
