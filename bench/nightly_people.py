"""How well nights are filled, on the people of LifeSnaps that the kernels were not fitted to."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

from wearhouse.imputation import release
from wearhouse.imputation.hidden_nights import BASELINES, KINDS, METHOD, score_nights
from wearhouse.imputation.nightly import Nights
from wearhouse.imputation.scores import table_of
from wearhouse.imputation.summary import figures

COLUMNS = {
    "daily_hrv_rmssd": "rmssd",
    "breathing_rate": "full_sleep_breathing_rate",
    "daily_spo2": "spo2",
}
LEAST, TURNS, DRAWS = 15, 6, 20


def nightly(shared: Path) -> list[str]:
    """Lines for each metric and class: error beside the baselines, coverage, and the verdict."""
    table = csv.read_csv(shared / "lifesnaps" / "daily_fitbit_sema.csv.gz")
    return [line for metric in COLUMNS for line in _lines(metric, _people(table, metric))]


def _people(table: pa.Table, metric: str) -> list[Nights]:
    """Every second person by id; zeros stand for missing there."""
    column = COLUMNS[metric]
    there = table.filter(pc.greater(table[column], 0))
    found = []
    for number, name in enumerate(sorted(pc.unique(there["id"]).to_pylist())):
        own = there.filter(pc.equal(there["id"], name)).group_by("date")
        own = own.aggregate([(column, "max")]).sort_by("date")
        if number % 2 == 0 or own.num_rows < LEAST:
            continue
        day = own["date"].cast(pa.date32()).cast(pa.int32()).to_numpy()
        value = np.full(day[-1] - day[0] + 1, np.nan)
        value[day - day[0]] = own[f"{column}_max"].to_numpy()
        none = np.zeros(len(value), bool)
        found.append(Nights(number, metric, int(day[0]), value, none, none.copy()))
    return found


def _lines(metric: str, people: list[Nights]) -> list[str]:
    rows = [
        row
        for one in people
        for row in score_nights(one, [each for each in people if each is not one], TURNS, DRAWS, 0)
    ]
    scores = table_of(rows)
    verdicts = release(scores, METHOD, KINDS, BASELINES).verdicts
    lines = [f"- {metric}: {len(people)} people"]
    for pattern in ("fixed", "transplanted"):
        some = scores.filter(pc.equal(scores["pattern"], pattern))
        for kind in (*KINDS.values(), "all"):
            ours = figures(some, kind, METHOD, BASELINES)
            line, middle = (figures(some, kind, name).mae.value for name in BASELINES)
            against = ours.versus["median"]
            lines.append(
                f"  - {pattern}, {kind}: {ours.minutes} nights in {ours.gaps} gaps, MAE "
                f"{ours.mae.value:.2f} [{ours.mae.low:.2f}, {ours.mae.high:.2f}] (a line "
                f"{line:.2f}, the person's median {middle:.2f}; against it {against.value:+.0%} "
                f"[{against.low:+.0%}, {against.high:+.0%}]), the 90 % interval holds "
                f"{ours.coverage.value:.2f} [{ours.coverage.low:.2f}, {ours.coverage.high:.2f}]"
            )
    return lines + [f"  - {kind}: {verdicts[kind].state}" for kind in KINDS.values()]
