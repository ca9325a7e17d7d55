"""Which metric-days have rollups that are behind their samples.

The marks are rows, so that they outlive a crash and other processes see them. Where this process
is the only one that writes, it also remembers them, and reading a rollup costs no extra question.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.store.clickhouse.away import Away
from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.versions import Versions
from wearhouse.store.slices import METRIC_ORDER, keys, metric_codes, unpacked


class Marks:
    """The stale metric-days of one store; `away` says which lie in an archive."""

    def __init__(self, connection: Connection, versions: Versions) -> None:
        self.connection = connection
        self.versions = versions
        self.lifted: set[int] = set()
        self.sole_writer = connection.address.kind == "embedded"
        self.known: set[int] = set()
        self.away = Away(connection)

    def behind(self) -> NDArray[np.int64]:
        """The stale metric-days, as keys."""
        if self.sole_writer:
            return np.array(sorted(self.known), np.int64)
        return self.stored()

    def behind_of(self, participants: Sequence[int], metrics: Sequence[str]) -> NDArray[np.int64]:
        """The stale metric-days of these metrics of these participants."""
        if not self.sole_writer:
            asked = {"participants": list(participants), "metrics": list(metrics)}
            return _keys(self.connection.ask("stale_of", **asked))
        known = self.behind()
        if not known.size:
            return known
        metric, participant, _ = unpacked(known)
        codes = [METRIC_ORDER.index(name).as_py() for name in metrics]
        return known[np.isin(metric, codes) & np.isin(participant, participants)]

    def stored(self) -> NDArray[np.int64]:
        """The stale metric-days as the store has them."""
        return _keys(self.connection.ask("stale"))

    def pass_by(self, participants: Sequence[int]) -> None:
        """Let the next versions be newer than whatever another process, whose clock may be ahead
        of this one's, has written of these participants."""
        if not self.sole_writer:
            newest = self.connection.ask("newest_marks", participants=list(participants))
            self.versions.pass_by(newest["version"][0].as_py())

    def put(self, days: NDArray[np.int64], version: int) -> None:
        """Note that these metric-days are about to change."""
        self.known.update(days.tolist())
        lifted = np.setdiff1d(np.array(sorted(self.lifted), np.int64), days)
        self._insert(days, lifted, version)
        self.lifted.clear()

    def lift(self, days: NDArray[np.int64]) -> None:
        """Note that their rollups are in step again. Where nobody else reads the marks they are
        taken off the store with the next ones; one that stays only makes more to mend."""
        self.known.difference_update(days.tolist())
        self.lifted.update(days.tolist())
        if not self.sole_writer:
            self.flush(self.versions.next())

    def flush(self, version: int) -> None:
        """Take what was lifted off the store."""
        self._insert(np.empty(0, np.int64), np.array(sorted(self.lifted), np.int64), version)
        self.lifted.clear()

    def _insert(self, stale: NDArray[np.int64], lifted: NDArray[np.int64], version: int) -> None:
        days = np.concatenate([stale, lifted])
        metric, participant, day = unpacked(days)
        rows = {
            "participant": participant,
            "metric": pa.DictionaryArray.from_arrays(
                pa.array(metric.astype(np.int32)), METRIC_ORDER
            ),
            "day": pa.array(day.astype("datetime64[D]"), pa.date32()),
            "version": np.full(len(days), version, np.uint64),
            "gone": (np.arange(len(days)) >= len(stale)).astype(np.uint8),
        }
        self.connection.insert("stale", pa.table(rows))


def _keys(rows: pa.Table) -> NDArray[np.int64]:
    day = rows["day"].cast(pa.date32()).cast(pa.int32()).to_numpy()
    return keys(metric_codes(rows), rows["participant"].to_numpy(), day)
