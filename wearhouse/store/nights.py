"""What becomes of episodes when new ones arrive: a log (a night, a workout) is taken whole.

Episodes carry the schema EPISODES. A log that speaks later (`as_of`) replaces the same log
entirely, wherever its day was before; where two speak at once the one that arrives last stands.
"""

import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.samples import EPISODES
from wearhouse.store.protocol import Slices
from wearhouse.store.slices import Change

KEY = ("metric", "participant", "day", "log", "t")


def settle_logs(incoming: pa.Table, kept: pa.Table, stated: Slices | None) -> Change:
    """What a store must write and withdraw so that the incoming logs stand.

    `stated` (participant, family, day) marks days of which the incoming logs are all that
    their source has; None merges without withdrawing.
    """
    newest: dict[tuple[int, str, str], tuple[int, int]] = {}
    for turn, table in enumerate((kept, incoming)):
        for log, as_of in zip(_logs(table), table["as_of"].to_pylist(), strict=True):
            newest[log] = max(newest.get(log, (0, 0)), (as_of, turn))
    withdrawn = _withdrawn(incoming, kept, stated)
    stands = [newest[log][1] == 0 and log not in withdrawn for log in _logs(kept)]
    arrives = [newest[log][1] == 1 for log in _logs(incoming)]
    wanted = pa.concat_tables(
        [kept.filter(pa.array(stands, pa.bool_())), incoming.filter(pa.array(arrives, pa.bool_()))]
    ).unify_dictionaries()
    return _difference(kept, wanted)


def _logs(table: pa.Table) -> list[tuple[int, str, str]]:
    family = ["exercise" if m == "exercise" else "sleep" for m in table["metric"].to_pylist()]
    return list(
        zip(table["participant"].to_pylist(), family, table["log"].to_pylist(), strict=True)
    )


def _withdrawn(
    incoming: pa.Table, kept: pa.Table, stated: Slices | None
) -> set[tuple[int, str, str]]:
    if stated is None:
        return set()
    days = set(
        zip(*(stated.table[c].to_pylist() for c in ("participant", "family", "day")), strict=True)
    )
    arriving = set(_logs(incoming))
    places = zip(_logs(kept), kept["day"].to_pylist(), kept["source"].to_pylist(), strict=True)
    return {
        log
        for log, day, source in places
        if source == stated.source and (log[0], log[1], day) in days and log not in arriving
    }


def _difference(kept: pa.Table, wanted: pa.Table) -> Change:
    rows = {tuple(row[k] for k in KEY): row for row in wanted.to_pylist()}
    before = {tuple(row[k] for k in KEY): row for row in kept.to_pylist()}
    write = [row for key, row in rows.items() if before.get(key) != row]
    withdraw = [row for key, row in before.items() if key not in rows]
    return Change(_table(write), _table(withdraw))


def _table(rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=EPISODES)


def families(table: pa.Table) -> list[str]:
    """The metrics of the episodes' families, so that a night's log and stages move together."""
    names = set(pc.unique(table["metric"].cast(pa.string())).to_pylist())
    sleeping = {"sleep", "sleep_stage"}
    return sorted(names | (sleeping if names & sleeping else set()))
