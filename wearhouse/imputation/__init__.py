"""Imputation: which missing minutes may be filled, with what, and how far to believe it.

Pure functions over Arrow and numpy: nothing here asks a store or a registry, and nothing here
touches a measured value.

    minutes    → one participant on the grid of UTC minutes
    gating     → one code and reason for every minute
    methods    → what every way of filling promises; baselines
    model      → ssm-1: ordinary day (profile), steps (exertion), memory (smoother), pooled
    nightly    → one value a night; counting → steps as a modelled count
    imputing   → gate, fill and record; many people in processes of their own
    masks → scores → summary → release: hide, fill, compare, decide
    reporting  → with and without, side by side (rubin); tipping → what if non-wear was different
"""

from wearhouse.imputation.gating import Code, Gate, Rule, Why, gate
from wearhouse.imputation.imputing import DRAWS, Recipe, fill, impute, impute_all, run_of
from wearhouse.imputation.methods import BASELINES, Filled, Method
from wearhouse.imputation.minutes import Evidence, Minutes, minutes_of
from wearhouse.imputation.model import StateSpace, fit
from wearhouse.imputation.pooled import DEFAULT, Pooled
from wearhouse.imputation.records import GAPS, IMPUTED, Imputed, Run
from wearhouse.imputation.release import Release, Verdict
from wearhouse.imputation.reporting import Completed, Line, completed, report
from wearhouse.imputation.rubin import Estimate, combine
from wearhouse.imputation.validation import release, validate

__all__ = [
    "BASELINES",
    "DEFAULT",
    "DRAWS",
    "GAPS",
    "IMPUTED",
    "Code",
    "Completed",
    "Estimate",
    "Evidence",
    "Filled",
    "Gate",
    "Imputed",
    "Line",
    "Method",
    "Minutes",
    "Pooled",
    "Recipe",
    "Release",
    "Rule",
    "Run",
    "StateSpace",
    "Verdict",
    "Why",
    "combine",
    "completed",
    "fill",
    "fit",
    "gate",
    "impute",
    "impute_all",
    "minutes_of",
    "release",
    "report",
    "run_of",
    "validate",
]
