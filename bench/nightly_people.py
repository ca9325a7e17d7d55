"""How well nights are filled, on the people of LifeSnaps that the kernels were not fitted to."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

from wearhouse.imputation.nightly import Nights, fill_nights, gate_nights

COLUMNS = {
    "daily_hrv_rmssd": "rmssd",
    "breathing_rate": "full_sleep_breathing_rate",
    "daily_spo2": "spo2",
}
LEAST, TURNS, DRAWS = 15, 6, 20


def nightly(shared: Path) -> list[str]:
    """A line for each metric: error beside a line and the person's mean, and the coverage."""
    table = csv.read_csv(shared / "lifesnaps" / "daily_fitbit_sema.csv.gz")
    return [_line(metric, _people(table, metric)) for metric in COLUMNS]


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


def _line(metric: str, people: list[Nights]) -> str:
    rng = np.random.default_rng(0)
    rows: list[tuple[float, float, float, bool]] = []
    for person in people:
        for turn in range(TURNS):
            seen = np.flatnonzero(np.isfinite(person.value))
            value = person.value.copy()
            for length in (1, 1, 3, 6):
                start = int(rng.choice(seen[1:-1]))
                value[start : min(start + length, int(seen[-1]))] = np.nan
            masked = Nights(person.participant, metric, person.first, value, *_none(value))
            filled = fill_nights(masked, gate_nights(masked), DRAWS, turn)
            left = np.flatnonzero(np.isfinite(value))
            line = np.interp(filled.at, left, value[left])
            for place in np.flatnonzero(np.isfinite(person.value[filled.at])):
                true = person.value[filled.at[place]]
                rows.append(
                    (
                        abs(filled.value[place] - true), abs(line[place] - true),
                        abs(np.nanmean(value) - true),
                        bool(filled.low[place] <= true <= filled.high[place]),
                    )
                )  # fmt: skip
    ours, line, level, covered = np.array(rows, float).mean(axis=0)
    return (
        f"- {metric}: {len(people)} people, {len(rows)} nights, MAE {ours:.2f} (a line {line:.2f}, "
        f"the person's mean {level:.2f}), the 90 % interval holds {covered:.2f}"
    )


def _none(value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(len(value), bool), np.zeros(len(value), bool)
