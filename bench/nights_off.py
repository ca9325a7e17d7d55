"""What happens to statistics when people take the device off on 40 % of nights."""

from dataclasses import astuple, dataclass

import numpy as np

from wearhouse.imputation import Minutes, StateSpace
from wearhouse.imputation.baselines import linear, tiered
from wearhouse.imputation.masks import Hidden
from wearhouse.imputation.minutes import Floats
from wearhouse.imputation.scores import gate_of_hidden, hidden_from

SHARE, NIGHT_MIN, BEGINS = 0.4, 480, 1_380
REPLICATES, DRAWS = 4, 20


@dataclass(frozen=True)
class Seen:
    """Mean and 5th percentile less the truth, mean error of day means, share of days covered."""

    mean: float
    p5: float
    day_mean: float
    covered: float


def nights_off(people: list[Minutes]) -> list[str]:
    """A line for each way of dealing with it, over those who wear the device at night."""
    return [
        f"- {name}: mean {seen.mean:+.2f}, 5th percentile {seen.p5:+.2f}, day means off by "
        f"{seen.day_mean:.2f}, their 90 % interval covers {seen.covered:.2f}"
        for name, seen in compare(people, REPLICATES).items()
    ]


def compare(people: list[Minutes], replicates: int) -> dict[str, Seen]:
    """Each way's figures, averaged over people and replicates."""
    found: dict[str, list[Seen]] = {}
    for person in people:
        nights = _nights(person)
        if len(nights) < 10:
            continue
        for turn in range(replicates):
            rng = np.random.default_rng([turn, person.participant])
            chosen = rng.choice(nights, round(SHARE * len(nights)), replace=False)
            hidden = [Hidden(int(at), NIGHT_MIN, "480") for at in np.sort(chosen)]
            for name, seen in _seen(person, hidden, turn).items():
                found.setdefault(name, []).append(seen)
    return {name: _averaged(seen) for name, seen in found.items()}


def _averaged(seen: list[Seen]) -> Seen:
    return Seen(*(float(column.mean()) for column in np.array([astuple(one) for one in seen]).T))


def _nights(person: Minutes) -> np.ndarray:
    starts = np.flatnonzero(person.clock == BEGINS)
    starts = starts[starts + NIGHT_MIN < len(person)]
    return np.array([at for at in starts if person.observed[at : at + NIGHT_MIN].mean() > 0.7])


def _seen(person: Minutes, hidden: list[Hidden], seed: int) -> dict[str, Seen]:
    masked = hidden_from(person, hidden)
    gate = gate_of_hidden(masked, hidden, "as_if_worn")
    # Only minutes that were truly measured are compared.
    there = person.observed & gate.wanted
    filled = StateSpace().fill(masked, gate, DRAWS, seed)
    paths = np.tile(masked.value, (DRAWS, 1))
    paths[:, filled.at] = filled.draws
    paths[:, ~person.observed] = np.nan
    ways = {"observed only": masked.value, "linear": linear(masked), "tiered": tiered(masked)}
    found = {
        name: _compared(person, np.where(there, curve, masked.value)[None, :], there)
        for name, curve in ways.items()
    }
    return found | {"ssm-1, 20 draws": _compared(person, paths, there)}


def _compared(person: Minutes, paths: Floats, there: np.ndarray) -> Seen:
    truth = person.value
    day = person.day
    touched = np.unique(day[there])
    errors, covered = [], []
    for one in touched:
        of_day = day == one
        means = np.nanmean(paths[:, of_day], axis=1)
        true = np.nanmean(truth[of_day])
        errors.append(abs(means.mean() - true))
        if len(means) > 1:
            low, high = np.quantile(means, (0.05, 0.95))
            covered.append(low <= true <= high)
    kept = [path[np.isfinite(path)] for path in paths]
    whole = truth[np.isfinite(truth)]
    return Seen(
        float(np.mean([path.mean() for path in kept]) - whole.mean()),
        float(np.mean([np.quantile(path, 0.05) for path in kept]) - np.quantile(whole, 0.05)),
        float(np.mean(errors)),
        float(np.mean(covered)) if covered else float("nan"),
    )
