"""Which days of the store lie in an archive: the index of `store.archive`, in ClickHouse.

Where this process is the only one that writes it remembers how far each participant's samples are
archived, and reading newer ones costs no extra question.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pyarrow as pa

from wearhouse.store.archive import Moved, month_of
from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.layout import text
from wearhouse.store.clickhouse.versions import latest

PLACE = ("participant", "metric", "month")
LONGEST_STATEMENT = 100_000


class Away:
    """The index of one store."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.sole_writer = connection.address.kind == "embedded"
        self.newest: dict[int, int] | None = None

    def moved(
        self, metrics: Sequence[str], participants: Sequence[int], first: int, end: int
    ) -> list[Moved]:
        """The months that have a day from `first` up to `end` (days since 1970-01-01)."""
        low = month_of(max(first, 0))
        if self.sole_writer:
            newest = self._newest()
            participants = [one for one in participants if newest.get(one, -1) >= low]
        if not participants:
            return []
        rows = self.connection.ask(
            "moved", metrics=list(metrics), participants=list(participants),
            first_month=low, end_month=month_of(min(max(end, 1), 60_000) - 1) + 1,
        )  # fmt: skip
        return _entries(rows)

    def everything(self) -> list[Moved]:
        """The whole index."""
        return _entries(self.connection.ask("moved_everything"))

    def put(self, moved: Sequence[Moved], version: int) -> None:
        """Let entries take the place of those of the same months."""
        if not moved:
            return
        names = ("participant", "metric", "month", "days", "root", "file", "digest", "shadow",
                 "rows")  # fmt: skip
        columns = {name: [getattr(one, name) for one in moved] for name in names}
        kinds = {"participant": pa.uint32(), "month": pa.uint16(), "days": pa.uint32(),
                 "rows": pa.uint64()}  # fmt: skip
        table = pa.table({n: pa.array(c, kinds.get(n, pa.string())) for n, c in columns.items()})
        table = table.append_column("version", pa.array([version] * len(moved), pa.uint64()))
        table = table.append_column("gone", pa.array([0] * len(moved), pa.uint8()))
        self.connection.insert("moved", table)
        if self.newest is not None:
            for one in moved:
                known = self.newest.get(one.participant, -1)
                self.newest[one.participant] = max(known, one.month)

    def relocate(self, moved: Moved, root: str, version: int) -> bool:
        """Let the files of an entry lie elsewhere from now on, if it still stands."""
        day = moved.first_day
        stands = moved in self.moved([moved.metric], [moved.participant], day, day + 1)
        if stands:
            self.put([replace(moved, root=root)], version)
        return stands

    def forget(self) -> None:
        """Forget what is remembered of the store."""
        self.newest = None

    def sweep(self) -> int:
        """Remove the rows of archived days that the store still holds, physically; of how many
        months. What comes back meanwhile is newer than the index's entry, and stays."""
        swept, moved = 0, self.everything()
        high = max((one.end_ms for one in moved), default=0)
        for table in ("samples", "shadowed") if moved else ():
            held = self.connection.ask(f"{table}_held_of_moved", high=high).to_pylist()
            wanted = {tuple(row[name] for name in PLACE) for row in held}
            rows = [row for row in self._versions() if tuple(row[n] for n in PLACE) in wanted]
            for condition in _conditions(rows):
                layout = self.connection.layout
                named = f"{table}{layout.local}{layout.on_cluster}"
                self.connection.command(
                    f"ALTER TABLE {named} DELETE WHERE {condition} SETTINGS mutations_sync = 2"
                )
            swept += len(rows)
        return swept

    def _versions(self) -> list[dict[str, object]]:
        """The newest entry of each month, with its version."""
        rows = self.connection.ask("moved_everything").to_pylist()
        newest = {tuple(row[name] for name in PLACE): row for row in sorted(
            rows, key=lambda row: int(row["version"]))}  # fmt: skip
        return [row for row in newest.values() if row["days"] and not row["gone"]]

    def _newest(self) -> dict[int, int]:
        if self.newest is None:
            found = self.connection.ask("newest_moved")
            columns = (found[name].to_pylist() for name in ("participant", "month"))
            self.newest = dict(zip(*columns, strict=True))
        return self.newest


def _conditions(rows: Sequence[dict[str, object]]) -> Iterator[str]:
    """What the rows of these days are, in statements that are not too long."""
    groups: dict[tuple[object, ...], list[dict[str, object]]] = {}
    for row in rows:
        groups.setdefault((row["metric"], row["month"], row["days"]), []).append(row)
    waiting: list[str] = []
    for (metric, month, days), members in groups.items():
        for at in range(0, len(members), 2_000):
            some = members[at : at + 2_000]
            people = ", ".join(str(row["participant"]) for row in some)
            newest = ", ".join(str(row["version"]) for row in some)
            civil = "addMinutes(t, offset)"
            waiting.append(
                f"(metric = {text(str(metric))} AND participant IN ({people}) "
                f"AND toRelativeMonthNum({civil}) - toRelativeMonthNum(toDate(0)) = {month} "
                f"AND bitTest(toUInt32({days}), toDayOfMonth({civil}) - 1) "
                f"AND version < transform(participant, [{people}], [{newest}], toUInt64(0)))"
            )
            if sum(map(len, waiting)) > LONGEST_STATEMENT:
                yield " OR ".join(waiting)
                waiting = []
    if waiting:
        yield " OR ".join(waiting)


def _entries(rows: pa.Table) -> list[Moved]:
    found = latest(rows, PLACE).to_pylist()
    return [Moved(**row) for row in found if row["days"]]
