"""Rubin's rules: one estimate from several draws, with what the missing data cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from wearhouse.errors import Invalid


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its standard error, interval and the fraction of missing information."""

    value: float
    se: float
    low: float
    high: float
    fmi: float
    df: float


def combine(
    values: Sequence[float],
    variances: Sequence[float],
    complete_df: float = np.inf,
    level: float = 0.95,
) -> Estimate:
    """Combine estimates and their sampling variances over draws (Rubin 1987), with the degrees
    of freedom of Barnard and Rubin (1999); `complete_df` are those without missing data.

    Raises Invalid for fewer than two draws, or as many variances as there are not values.
    """
    m = len(values)
    if m < 2 or len(variances) != m:
        raise Invalid(f"Rubin's rules need two draws or more, each with a variance, not {m}.")
    q, u = np.asarray(values, float), np.asarray(variances, float)
    value, within, between = float(q.mean()), float(u.mean()), float(q.var(ddof=1))
    extra = (1 + 1 / m) * between
    total = within + extra
    if total == 0.0 or extra <= 1e-15 * total:
        return _interval(value, total, complete_df, 0.0, level)
    share = extra / total
    df = (m - 1) / share**2
    if np.isfinite(complete_df):
        seen = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
        df = 1 / (1 / df + 1 / seen) if seen > 0 else df
    ratio = extra / within if within > 0 else np.inf
    fmi = 1.0 if np.isinf(ratio) else (ratio + 2 / (df + 3)) / (ratio + 1)
    return _interval(value, total, df, min(1.0, float(fmi)), level)


def alone(value: float, variance: float, df: float = np.inf, level: float = 0.95) -> Estimate:
    """An estimate to which nothing was imputed."""
    return _interval(value, variance, df, 0.0, level)


def _interval(value: float, variance: float, df: float, fmi: float, level: float) -> Estimate:
    se = float(np.sqrt(variance))
    reach = float(stdtrit(df, (1 + level) / 2)) * se if se > 0 else 0.0
    return Estimate(value, se, value - reach, value + reach, fmi, float(df))
