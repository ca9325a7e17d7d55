"""Which classes of gaps may be filled in a study, by how well hidden stretches were filled."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from wearhouse.imputation.gating import Code, Gate, Why
from wearhouse.imputation.masks import KINDS
from wearhouse.imputation.methods import Filled

State = Literal["released", "widened", "not_validated", "refused"]

WORST = 1.02
COVERAGE = (0.85, 0.95)
FEWEST = 10
"""Hidden gaps below which a class counts as not validated: filled, and marked so."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one class of gaps, and the figures that say so."""

    kind: str
    state: State
    reason: str
    gaps: int
    widen: float = 1.0


@dataclass(frozen=True, slots=True)
class Release:
    """Verdicts by class of gap; a class without one is not validated. Nothing known: all filled.
    `kinds` names the class of each length, the shortest first."""

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    kinds: Mapping[int, str] = field(default_factory=lambda: KINDS)

    def gated(self, gate: Gate) -> Gate:
        """The gate with every minute of a refused class refused."""
        closed = np.array([self._state(kind) == "refused" for kind in self.kinds.values()])
        shut = gate.wanted & closed[class_of(gate.length, self.kinds)]
        code = np.where(shut, Code.REFUSED, gate.code).astype(np.int8)
        why = np.where(shut, Why.UNRELEASED, gate.why).astype(np.int8)
        return replace(gate, code=code, why=why)

    def widened(self, filled: Filled, gate: Gate) -> Filled:
        """What was filled, intervals and draws of a widened class stretched about the point."""
        by_class = np.array([self._widen(kind) for kind in self.kinds.values()])
        factor = by_class[class_of(gate.length[filled.at], self.kinds)]
        if np.all(factor == 1.0):
            return filled
        return replace(
            filled,
            sd=filled.sd * factor,
            low=filled.value * (filled.low / filled.value) ** factor,
            high=filled.value * (filled.high / filled.value) ** factor,
            draws=(filled.value * (filled.draws / filled.value) ** factor).astype(np.float32),
        )

    def _state(self, kind: str) -> State:
        return self.verdicts[kind].state if kind in self.verdicts else "not_validated"

    def _widen(self, kind: str) -> float:
        return self.verdicts[kind].widen if kind in self.verdicts else 1.0


def class_of(length: np.ndarray, kinds: Mapping[int, str] = KINDS) -> np.ndarray:
    """The class (position in kinds) that gaps of these lengths are judged with."""
    return np.minimum(np.searchsorted(np.array(list(kinds)), length), len(kinds) - 1)


def verdict(
    kind: str, gaps: int, mae: float, better_baseline: float, coverage: float, factor: float
) -> Verdict:
    """Judge a class: MAE at most 1.02 × the better of linear and time of day, and a 90 % interval
    that covers 85 to 95 %, if need be after widening by `factor`, which restores 90 %."""
    if gaps < FEWEST:
        return Verdict(kind, "not_validated", f"only {gaps} gaps could be hidden", gaps)
    if not mae <= WORST * better_baseline:
        reason = f"MAE {mae:.2f} is above {WORST} × {better_baseline:.2f} of the better baseline"
        return Verdict(kind, "refused", reason, gaps)
    low, high = COVERAGE
    told = f"MAE {mae:.2f} against {better_baseline:.2f}, coverage {coverage:.1%}"
    if low <= coverage <= high:
        return Verdict(kind, "released", told, gaps)
    if np.isfinite(factor) and 0.5 <= factor <= 2.0:
        return Verdict(kind, "widened", f"{told}, interval × {factor:.2f}", gaps, factor)
    return Verdict(kind, "refused", f"{told}, which no plausible widening mends", gaps)
