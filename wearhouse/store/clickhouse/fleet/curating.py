"""Curation in ClickHouse. Nothing is in a transaction: every step may be done again, and the last
one, noting that a load is curated, comes when all others are done."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.fleet import asking
from wearhouse.store.clickhouse.fleet.asking import NOBODY, filled, literals, unfolded
from wearhouse.store.correcting import SETTLED_AT_ONCE, Delivery, Event, Place, settled
from wearhouse.store.fleets import Clocks, Pending, Taken
from wearhouse.store.spans import lots

Given = Mapping[str, Any]
Pieces = Mapping[str, str]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOWHERE = (*NOBODY, "\0", EPOCH)
Correction = Mapping[Place, Delivery | None]
NONE: Mapping[str, Any] = {}
AT_ONCE = 300_000
"""How many events are curated in one statement: their JSON must fit into memory."""
NOTED_AT_ONCE, HOURS_NOTED = 2_500_000, 240


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
        self.named: list[tuple[int, dict[str, int]]] = []
        self.pieces = {
            "upto": upto,
            "which": statements["fleet_stretch"],
            "unfolded": unfolded(statements),
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
        # Asked once: what comes of it is named in several statements.
        pairs = {
            f"changed_{of}": self._pairs(f"fleet_changed_{of}", pieces={"before": self.old[of]})
            for of in ("devices", "versions")
        }
        if not any(pairs.values()):
            return {}
        lists = {name: literals(found) for name, found in pairs.items()}
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
            found = self._ask("fleet_counts", asked, self.pieces).to_pylist()
            whats = {row["what"] for row in found}
            for row in found:
                counts[row["what"]] += row["n"]
            if "quarantined" in whats:
                self._run("fleet_quarantine_some", {**asked, "changed": version}, self.pieces)
            if any(row["named"] for row in found):
                self.named.append((one.load, stretch))
            if "" in whats:
                hours.update({row["hour"]: row["n"] for row in found if row["what"] == ""})
                self._run("fleet_take", asked, self.pieces)
        return Taken(one.load, counts[""], counts["quarantined"], counts["-"]), dict(hours)

    def corrections(self) -> Iterator[Correction]:
        """What the events of these loads correct, when all of them are taken."""
        events: dict[Event, None] = {}
        for load, stretch in self.named:
            asked = {"load": load, **stretch}
            events.update(dict.fromkeys(self._pairs("fleet_corrected", asked)))
        every = list(events)
        for at in range(0, len(every), SETTLED_AT_ONCE):
            some = every[at : at + SETTLED_AT_ONCE]
            yield settled(some, self._of_events, self._at_places)

    def correct(self, correction: Correction) -> None:
        """Have what counts stand in each place, and nothing else."""
        standing = [one for one in correction.values() if one is not None]
        counting = literals(((*one.place, one.rank) for one in standing), (*NOWHERE, 0))
        # First what counts no more: a merge keeps the highest rank only.
        self._run("fleet_withdraw", pieces={"places": literals(correction), "counting": counting})
        if standing:
            which = f"(load, position) IN ({literals((o.load, o.position) for o in standing)})"
            self._run("fleet_take", self.clocks, self.pieces | {"which": which})
        owners = literals({(project, device) for project, device, _, _ in correction})
        found = self._ask("fleet_newest_of", pieces={"owners": owners}).to_pylist()
        newest = literals((tuple(row.values()) for row in found), (*NOBODY, EPOCH, EPOCH))
        self._run("fleet_forget_latest", pieces={"owners": owners, "newest": newest})
        self._run("fleet_note_again", pieces={"newest": newest})

    def _of_events(self, events: Sequence[Event]) -> list[Delivery]:
        ids = literals({(one,) for _, one in events})
        return self._delivered(f"id IN ({ids}) AND (project, id) IN ({literals(events)})")

    def _at_places(self, places: Sequence[Place]) -> list[Delivery]:
        times = literals({(at,) for *_, at in places})
        known = f"(project, device, type, captured_at) IN ({literals(places)})"
        return self._delivered(f"captured_at IN ({times}) AND {known}")

    def _delivered(self, which: str) -> list[Delivery]:
        pieces = self.pieces | {"which": f"{which} AND {self.statements['fleet_whole']}"}
        return [
            Delivery(**row) for row in self._ask("fleet_delivered", self.clocks, pieces).to_pylist()
        ]

    def note_latest(self, hours: Mapping[int, int]) -> None:
        """Keep the newest heartbeat of each device that has one in these hours."""
        for some in lots(dict(sorted(hours.items())), NOTED_AT_ONCE, HOURS_NOTED):
            self._run("fleet_note_latest", {"hours": some}, {"within": asking.within(some)})

    def _pairs(self, name: str, given: Given = NONE, pieces: Pieces = NONE) -> list[Event]:
        rows = self._ask(name, given, {**self.pieces, **pieces})
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
