"""How many bytes a sample takes, for series from smooth to random: why health data compress.

`python -m bench.smoothness` writes ten days of one person, a sample a second, into an embedded
store for each kind of series, and prints what one sample takes on disk.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.samples import SAMPLES, constant
from wearhouse.store import open_store

START_MS = 1_767_225_600_000  # 2026-01-01
SECONDS, DAYS = 86_400, 10
Values = NDArray[np.float64]


def series(seed: int = 1) -> dict[str, tuple[NDArray[np.int64], Values]]:
    """Times in ms and values, by a name for people."""
    chance = np.random.default_rng(seed)
    count = SECONDS * DAYS
    grid = START_MS + 1_000 * np.arange(count)
    hour = np.arange(count) / 3_600
    slow = 70 + 12 * np.sin(hour / 4) + 6 * np.sin(hour * 3)
    # Folded back at 45 and 180, so that it never rests at a bound.
    walk = 45.0 + np.abs((np.cumsum(chance.integers(-1, 2, count)) + 25) % 270 - 135)
    noise = chance.normal(0, 5, count)
    gaps = chance.choice([1, 5, 10, 15], count, p=[0.1, 0.4, 0.3, 0.2])
    uneven = START_MS + 1_000 * np.cumsum(gaps)
    within = uneven < START_MS + 1_000 * count
    return {
        "constant": (grid, np.full(count, 70.0)),
        "smooth, whole beats": (grid, np.round(slow)),
        "random walk, whole beats": (grid, walk),
        "noisy (sd 5), whole beats": (grid, np.round(slow + noise)),
        "noisy (sd 5), as measured in float64": (grid, slow + noise),
        "smooth, whole beats, every 1 to 15 s": (uneven[within], np.round(slow)[within]),
        "random between 20 and 250, float64": (grid, chance.uniform(20, 250, count)),
    }


def bytes_per_sample(t: NDArray[np.int64], values: Values, url: str) -> float:
    """What one sample takes in a new store, rollups not counted."""
    store = open_store(url)
    for day in range(DAYS):
        of_day = (t - START_MS) // (1_000 * SECONDS) == day
        store.write(_samples(t[of_day], values[of_day]))
    [raw] = [row for row in store.stats().to_pylist() if row["level"] == "raw"]
    store.close()
    return float(raw["bytes_per_sample"])


def _samples(t: NDArray[np.int64], values: Values) -> pa.Table:
    rows = len(t)
    columns = [
        np.ones(rows, np.uint32), constant("heart_rate", rows), t.astype("datetime64[ms]"),
        np.zeros(rows, np.int16), values, constant("csv", rows), np.ones(rows, np.uint32),
    ]  # fmt: skip
    arrays = [
        (c if isinstance(c, pa.Array) else pa.array(c)).cast(f.type)
        for c, f in zip(columns, SAMPLES, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=SAMPLES)


def main() -> None:
    for name, (t, values) in series().items():
        with tempfile.TemporaryDirectory() as folder:
            size = bytes_per_sample(t, values, f"chdb://{Path(folder) / 'store'}")
        sys.stdout.write(f"{size:8.2f}  {name}\n")


if __name__ == "__main__":
    main()
