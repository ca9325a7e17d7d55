"""How well nights are filled: measured ones hidden, filled and compared, beside two baselines."""

from collections.abc import Sequence

import numpy as np

from wearhouse.imputation.gating import gaps
from wearhouse.imputation.masks import Hidden, hide, starts_for
from wearhouse.imputation.methods import Filled, points
from wearhouse.imputation.minutes import Floats
from wearhouse.imputation.nightly import LONGEST, Nights, fill_nights
from wearhouse.imputation.scores import compared, gate_of_hidden, hidden_from

METHOD = "nights-1"
BASELINES = ("linear", "median")
"""A straight line between the nights before and after (their mean, for one night), and the
person's median."""

KINDS = {1: "1 night", 3: "3 nights", LONGEST: f"{LONGEST} nights"}
"""The classes of gaps by the most nights that they have."""

PLAN = {LONGEST: 1, 3: 2, 1: 6}
APART, MOST = 1, 0.25
BLOCK = 14
"""Nights that are resampled together."""


def score_nights(
    person: Nights, others: Sequence[Nights], rounds: int, draws: int, seed: int
) -> list[dict[str, object]]:
    """Hide nights of one person, each round some of each class, then anew as many in a row as
    others miss; fill them with each method, and compare. Rows of SCORES, which count nights."""
    rows: list[dict[str, object]] = []
    for turn in range(rounds):
        rng = np.random.default_rng([seed, turn, person.participant, 5])
        for pattern, hidden in (
            ("fixed", hide(person, rng, PLAN, APART, MOST)),
            ("transplanted", _as_others_miss(person, others, rng)),
        ):
            masked = hidden_from(person, hidden)
            for name, filled in _filled(masked, hidden, draws, seed).items():
                place = np.full(len(person), -1)
                place[filled.at] = np.arange(len(filled.at))
                for one in hidden:
                    at = np.arange(one.start, one.start + one.length)
                    rows.append(
                        {
                            "participant": person.participant,
                            "round": turn,
                            "pattern": pattern,
                            "scenario": "as_if_worn",
                            "method": name,
                            "kind": _kind_of(one.length),
                            "block": (person.first + one.start) // BLOCK,
                            "night": True,
                            "pace": None,
                            "length": one.length,
                            "minutes": one.length,
                            **compared(person.value[at], filled, place[at]),
                        }
                    )
    return rows


def _filled(masked: Nights, hidden: Sequence[Hidden], draws: int, seed: int) -> dict[str, Filled]:
    coded = gate_of_hidden(masked, hidden, "as_if_worn")
    at = np.flatnonzero(coded.wanted)
    seen = np.flatnonzero(masked.observed)
    if not len(at):
        return {}
    line: Floats = np.interp(at, seen, masked.value[seen])
    middle = np.full(len(at), np.median(masked.value[seen]))
    return {
        METHOD: fill_nights(masked, coded, draws, seed),
        "linear": points(at, line),
        "median": points(at, middle),
    }


def _as_others_miss(
    person: Nights, others: Sequence[Nights], rng: np.random.Generator
) -> list[Hidden]:
    lengths = [length for other in others for length in _missed(other)]
    rng.shuffle(lengths)
    room = MOST * np.count_nonzero(person.observed)
    free = np.ones(len(person), bool)
    chosen: list[Hidden] = []
    for length in lengths:
        starts = starts_for(person.observed, free, length)
        if length <= room and len(starts):
            start = int(rng.choice(starts))
            room -= length
            free[max(0, start - APART) : start + length + APART] = False
            chosen.append(Hidden(start, length, _kind_of(length)))
    return chosen


def _missed(nights: Nights) -> list[int]:
    """How long somebody's own gaps are between nights that were measured."""
    seen = np.flatnonzero(nights.observed)
    if not len(seen):
        return []
    number, length = gaps(nights.observed[seen[0] : seen[-1] + 1])
    first = np.flatnonzero((number >= 0) & (np.diff(number, prepend=-1) != 0))
    return [int(length[at]) for at in first if length[at] <= LONGEST]


def _kind_of(length: int) -> str:
    return next(kind for most, kind in KINDS.items() if length <= most)
