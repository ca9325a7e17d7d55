"""Scores of hidden gaps taken apart: by night and day, by rest and activity, by participant.

An average over all gaps hides where a method is worse than it says: intervals that hold at rest
may not hold while somebody walks.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

STRATA = ("night", "day", "rest", "active")
"""Gaps that begin before 6 in the morning, and the others; gaps with at most as many steps a minute
as the middle one of their length, and those with more."""


def strata(scores: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each stratum, where there are gaps in both of the pair. Gaps of which no steps
    are known are neither at rest nor active."""
    night = scores["night"]
    active = pc.greater(scores["pace"], _middle(scores))
    for pair, chosen in ((STRATA[:2], night), (STRATA[2:], pc.invert(active))):
        parts = [scores.filter(chosen), scores.filter(pc.invert(chosen))]
        if all(part.num_rows for part in parts):
            yield from zip(pair, parts, strict=True)


def by_participant(scores: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each participant, by id."""
    for who in sorted(pc.unique(scores["participant"]).to_pylist()):
        yield who, scores.filter(pc.equal(scores["participant"], who))


def _middle(scores: pa.Table) -> pa.Array:
    """The median pace of the gaps of each row's class."""
    pace, kind = scores["pace"].to_numpy(), scores["kind"].to_numpy()
    middle = np.full(len(pace), np.nan)
    for name in np.unique(kind):
        known = pace[(kind == name) & np.isfinite(pace)]
        if len(known):
            middle[kind == name] = np.median(known)
    return pa.array(middle)
