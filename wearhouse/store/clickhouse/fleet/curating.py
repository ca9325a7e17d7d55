"""Curation in ClickHouse. Nothing is in a transaction: every step may be done again, and the last
one, noting that a load is curated, comes when all others are done."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.fleet.asking import filled
from wearhouse.store.clickhouse.layout import text
from wearhouse.store.fleets import Clocks, Pending, Taken

Given = Mapping[str, Any]
Pieces = Mapping[str, str]
NONE: Mapping[str, Any] = {}
AT_ONCE = 300_000
"""How many events are curated in one statement: their JSON must fit into memory."""


class Curation:
    """One run over some loads that wait, the references as the newest of them leaves them."""

    def __init__(
        self,
        connection: Connection,
        statements: dict[str, str],
        loads: Sequence[Pending],
        clocks: Clocks,
    ) -> None:
        self.connection = connection
        self.statements = statements
        self.loads = loads
        self.clocks = {"ahead_s": clocks.ahead_s, "behind_s": clocks.behind_s}
        upto, before = str(loads[-1].load), str(loads[0].load - 1)
        self.pieces = {
            "devices": filled(statements, "fleet_devices_at", upto=upto),
            "versions": filled(statements, "fleet_versions_at", upto=upto),
        }
        self.old = {
            "devices": filled(statements, "fleet_devices_at", upto=before),
            "versions": filled(statements, "fleet_versions_at", upto=before),
        }

    def hours_named_anew(self) -> dict[int, int]:
        """Write heartbeats again whose device or version is called something else now; the hours
        that they lie in."""
        if not any(one.references for one in self.loads):
            return {}
        changed = {
            f"changed_{of}": filled(
                self.statements, f"fleet_changed_{of}", before=self.old[of], **self.pieces
            )
            for of in ("devices", "versions")
        }
        # Asked once: what comes of it is named in several statements.
        pairs = {name: self._pairs(statement) for name, statement in changed.items()}
        if not any(pairs.values()):
            return {}
        lists = {name: _literal(found) for name, found in pairs.items()}
        hours = self._hours("fleet_stale_hours", pieces=lists)
        if hours:
            self._run("fleet_take_again", pieces=self.pieces | lists)
        return hours

    def take(self, one: Pending, version: int) -> tuple[Taken, dict[int, int]]:
        """Curate one load; what became of it, and the hours that it touched."""
        hours: Counter[int] = Counter()
        counts: Counter[str] = Counter()
        for stretch in _stretches(one):
            asked = {"load": one.load, **stretch, **self.clocks}
            found = self._ask("fleet_counts", asked).to_pylist()
            whats = {row["what"] for row in found}
            for row in found:
                counts[row["what"]] += row["n"]
            if "quarantined" in whats:
                self._run("fleet_quarantine_some", {**asked, "changed": version})
            if "" in whats:
                hours.update({row["hour"]: row["n"] for row in found if row["what"] == ""})
                self._run("fleet_take", asked, self.pieces)
        return Taken(one.load, counts[""], counts["quarantined"], counts["-"]), dict(hours)

    def note_latest(self) -> None:
        """Keep each device's newest heartbeat."""
        for one in self.loads:
            for stretch in _stretches(one):
                asked = {"load": one.load, **stretch, **self.clocks}
                self._run("fleet_note_latest", asked, self.pieces)
        if any(one.references for one in self.loads):
            self._run("fleet_note_latest_again", pieces=self.pieces)

    def _pairs(self, statement: str) -> list[tuple[str, str]]:
        rows = self.connection.query(statement)
        return list(zip(rows["project"].to_pylist(), rows["id"].to_pylist(), strict=True))

    def _hours(self, name: str, given: Given = NONE, pieces: Pieces = NONE) -> dict[int, int]:
        rows = self._ask(name, given, pieces)
        return dict(zip(rows["hour"].to_pylist(), rows["n"].to_pylist(), strict=True))

    def _ask(self, name: str, given: Given = NONE, pieces: Pieces = NONE) -> pa.Table:
        return self.connection.query(filled(self.statements, name, **pieces), given)

    def _run(self, name: str, given: Given = NONE, pieces: Pieces = NONE) -> None:
        self.connection.command(filled(self.statements, name, **pieces), **given)


def _stretches(one: Pending) -> Iterator[dict[str, int]]:
    for first in range(0, one.events, AT_ONCE):
        yield {"first": first, "end": first + AT_ONCE}


def _literal(pairs: Sequence[tuple[str, str]]) -> str:
    """Pairs as a set that stands in parentheses; one that nothing is in has a pair of no device."""
    every = [*pairs, ("\0", "\0")]
    return ", ".join(f"({text(project)}, {text(one)})" for project, one in every)
