"""Two arms of a study: by how much non-wear of one alone must differ from what was filled before
the difference between them stands otherwise to nought."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import permutations
from typing import Any

from wearhouse.imputation.reporting import STATISTICS, over_people
from wearhouse.imputation.rubin import Estimate, combine
from wearhouse.imputation.tipping import SHIFTS, Shifted, tipping_point
from wearhouse.registry.imputations import Share

LEAST = 2
"""An arm of fewer people has no variance between them."""


def between_arms(shares: Sequence[Share]) -> list[dict[str, Any]]:
    """Each statistic's difference between two arms with supported non-wear, that of the first
    shifted. Nothing where arms are hidden, or fewer than two have two people or more."""
    arms: dict[str, list[Share]] = {}
    for share in shares:
        if share.participant.arm is not None and share.statistics:
            arms.setdefault(share.participant.arm, []).append(share)
    large = [arm for arm in sorted(arms) if len(arms[arm]) >= LEAST]
    return [
        _row(arm, other, arms[arm], arms[other], name, hours)
        for arm, other in permutations(large, 2)
        for hours in ("all", "day")
        for name in STATISTICS
        if any("shifted" in share.statistics for share in arms[arm])
    ]


def _row(
    arm: str, other: str, treated: Sequence[Share], others: Sequence[Share], name: str, hours: str
) -> dict[str, Any]:
    base = _by_draw([share.statistics["non_wear"][name] for share in others])
    found = []
    for shift in SHIFTS:
        moved = _by_draw([_moved(share, name, hours, shift) for share in treated])
        found.append(Shifted(shift, _difference(moved, base, len(treated) + len(others) - 2)))
    unshifted = found[SHIFTS.index(0.0)].estimate
    side = _side(unshifted)
    return {
        "arm": arm,
        "other": other,
        "statistic": name,
        "hours": hours,
        "people": [len(treated), len(others)],
        "difference": unshifted.value,
        "tips_at": tipping_point(found, lambda one: _side(one) == side),
        "shifts": [{"shift": one.shift, **_told(one.estimate)} for one in found],
    }


def _moved(share: Share, name: str, hours: str, shift: float) -> Sequence[float]:
    """A participant's statistic draw by draw; without filled minutes there is nothing to shift."""
    told = share.statistics
    drawn: Sequence[float] = (
        told["shifted"][hours][f"{shift:g}"][name] if "shifted" in told else told["non_wear"][name]
    )
    return drawn


def _by_draw(drawn: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    return [over_people(values) for values in zip(*drawn, strict=True)]


def _difference(
    one: Sequence[tuple[float, float]], other: Sequence[tuple[float, float]], df: int
) -> Estimate:
    pairs = list(zip(one, other, strict=True))
    return combine(
        [a - b for (a, _), (b, _) in pairs], [u + v for (_, u), (_, v) in pairs], float(df)
    )


def _side(found: Estimate) -> int:
    return int(found.low > 0) - int(found.high < 0)


def _told(found: Estimate) -> dict[str, float]:
    told = asdict(found)
    return {name: told[name] for name in ("value", "se", "low", "high")}
