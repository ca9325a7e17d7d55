"""Nights: the main sleep of each participant and day, whether it was uploaded and how long it was.

A night is named by the civil day on which it ends, and runs from one split to the next: from noon
to noon by default. The log that the vendor calls main counts; without one the longest. Staged and
classic logs are kept apart: neither is ever made into the other.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.wear.definition import DAY_MINUTES, Definition
from wearhouse.window import DAY_MS, MINUTE_MS

ASLEEP = ("light", "deep", "rem", "asleep")
NIGHTS = pa.schema(
    [
        ("participant", pa.uint32()),
        ("day", pa.date32()),
        ("asleep_minutes", pa.float64()),  # of the main sleep; null if its stages are not there
        ("kind", pa.string()),  # stages or classic
        ("start", pa.timestamp("ms", tz="UTC")),
        ("end", pa.timestamp("ms", tz="UTC")),
        ("valid", pa.bool_()),  # null if it is not known how long it was
    ]
)


def nights(definition: Definition, episodes: pa.Table) -> pa.Table:
    """One row per participant and night that holds a sleep (schema NIGHTS), from episodes of
    `sleep` and `sleep_stage` (schema EPISODES)."""
    plain = pa.table(
        {
            "participant": episodes["participant"],
            "log": episodes["log"],
            "t": episodes["t"].cast(pa.int64()),
            "end": episodes["end"].cast(pa.int64()),
            "label": episodes["label"].cast(pa.string()),
            "main": episodes["main"],
            "offset": episodes["offset"].cast(pa.int64()),
            "stage": pc.equal(episodes["metric"].cast(pa.string()), "sleep_stage"),
        }
    )
    logs = _logs(plain)
    at_end = logs["end"].to_numpy() + logs["offset"].to_numpy() * MINUTE_MS
    after = (DAY_MINUTES - definition.night_split) * MINUTE_MS
    # A sleep that ends at the split itself belongs to the night before it.
    day = (at_end - 1 + after) // DAY_MS
    chosen = _main(logs.append_column("day", pa.array(day)))
    asleep = chosen["asleep"]
    dates = pa.array(chosen["day"].to_numpy().astype("datetime64[D]"), pa.date32())
    stamp = pa.timestamp("ms", tz="UTC")
    valid = pc.greater_equal(asleep, float(definition.night_least))
    return pa.Table.from_arrays(
        [
            chosen["participant"], dates, asleep, chosen["label"],
            chosen["t"].cast(stamp), chosen["end"].cast(stamp), valid,
        ],
        schema=NIGHTS,
    )  # fmt: skip


def _logs(rows: pa.Table) -> pa.Table:
    """One row per log: when it began and ended, of which kind it is, and the minutes asleep."""
    stages = rows.filter(rows["stage"])
    sleeping = pc.is_in(stages["label"], pa.array(ASLEEP))
    classic = pc.is_in(stages["label"], pa.array(("asleep", "restless")))
    length = pc.divide(pc.subtract(stages["end"], stages["t"]).cast(pa.float64()), MINUTE_MS)
    stages = stages.append_column("asleep", pc.if_else(sleeping, length, 0.0))
    stages = stages.append_column("classic", classic)
    place = ["participant", "log"]
    summed = stages.group_by(place).aggregate(
        [
            ("asleep", "sum"), ("t", "min"), ("end", "max"), ("offset", "min"), ("main", "max"),
            ("classic", "max"),
        ]
    )  # fmt: skip
    of_logs = rows.filter(pc.invert(rows["stage"])).drop_columns(["stage"])
    both = of_logs.join(summed, keys=place, join_type="full outer")
    kind = pc.if_else(both["classic_max"], "classic", "stages")
    return pa.table(
        {
            "participant": both["participant"].cast(pa.uint32()),
            "t": pc.coalesce(both["t"], both["t_min"]),
            "end": pc.coalesce(both["end"], both["end_max"]),
            "offset": pc.coalesce(both["offset"], both["offset_min"]),
            "main": pc.coalesce(both["main"], both["main_max"]),
            "label": pc.coalesce(both["label"], kind),
            "asleep": both["asleep_sum"],
        }
    )


def _main(logs: pa.Table) -> pa.Table:
    """Of each participant and day the main log: that the vendor calls so, else the longest."""
    length = pc.subtract(logs["end"], logs["t"])
    ordered = logs.append_column("length", length).sort_by(
        [
            ("participant", "ascending"), ("day", "ascending"), ("main", "descending"),
            ("length", "descending"), ("t", "ascending"),
        ]
    )  # fmt: skip
    who, day = ordered["participant"].to_numpy(), ordered["day"].to_numpy()
    first = np.ones(len(who), bool)
    first[1:] = (who[1:] != who[:-1]) | (day[1:] != day[:-1])
    return ordered.filter(pa.array(first))
