"""How long one participant-year of minutes takes: a real month, told again and again.

Seconds are those of one processor, so that what else runs on the machine does not count.
"""

from dataclasses import replace
from time import process_time

import numpy as np

from wearhouse.imputation import Minutes, Recipe, impute

YEAR_MIN = 525_600


def speeds(person: Minutes) -> dict[str, float]:
    """Processor seconds: the median with its interval, the same with steps, and with 20 draws."""
    year = _year(person)
    without = replace(year, steps=np.full(YEAR_MIN, np.nan))
    return {
        "median and interval": _timed(without, 0),
        "median and interval, with steps": _timed(year, 0),
        "20 draws": _timed(without, 20),
        "20 draws, with steps": _timed(year, 20),
    }


def _timed(minutes: Minutes, draws: int) -> float:
    began = process_time()
    impute(minutes, Recipe(draws=draws))
    return process_time() - began


def _year(person: Minutes) -> Minutes:
    days = len(person) // 1_440 * 1_440
    times = -(-YEAR_MIN // days)

    def again(column: np.ndarray) -> np.ndarray:
        return np.tile(column[:days], times)[:YEAR_MIN]

    steps = again(person.steps)
    # The sensor fails for half an hour every other day while steps go on.
    value = again(person.value)
    for start in range(600, YEAR_MIN, 2_880):
        value[start : start + 30] = np.nan
        steps[start : start + 30] = 20
    return replace(
        person, value=value, steps=steps,
        worn=np.zeros(YEAR_MIN, bool), barred=np.zeros(YEAR_MIN, bool),
        offset=np.zeros(YEAR_MIN, np.int16),
    )  # fmt: skip
