"""What somebody wants filled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wearhouse.errors import Invalid
from wearhouse.study import Participant, Study
from wearhouse.window import edge, window_between, zone_named

NIGHTLY = ("daily_hrv_rmssd", "breathing_rate", "daily_spo2")
FILLED = ("heart_rate", *NIGHTLY, "steps")
"""The metrics of which gaps are filled; steps only as a modelled count."""

METHODS = {"heart_rate": "ssm-1", "steps": "hot-deck-2"} | dict.fromkeys(NIGHTLY, "nights-1")
DRAWS, ROUNDS = 20, 3
CLASSES = (5, 30, 120, 480, 1_440)
"""Lengths of gaps (minutes) that are released or refused by themselves."""


@dataclass(frozen=True, slots=True)
class Request:
    """One metric of some participants of a study, everybody's without; from the civil day `start`
    to `end` (included), all there is without."""

    study: Study
    metric: str = "heart_rate"
    participants: tuple[Participant, ...] = ()
    start: str | None = None
    end: str | None = None
    draws: int = DRAWS
    seed: int = 0
    rounds: int = ROUNDS
    learn: bool = False

    def __post_init__(self) -> None:
        if self.metric not in FILLED:
            raise Invalid(
                f"{self.metric} is not imputed; these are: {', '.join(FILLED)}.", "metric"
            )
        if not 2 <= self.draws <= 100:
            raise Invalid(f"draws is {self.draws}; it can be 2 to 100.", "draws")
        if not 0 <= self.seed < 2**31:
            raise Invalid(f"seed is {self.seed}; it can be 0 to {2**31 - 1}.", "seed")
        if not 1 <= self.rounds <= 20:
            raise Invalid(f"rounds is {self.rounds}; it can be 1 to 20.", "rounds")
        first, last = (edge(day, name) if day else None
                       for day, name in ((self.start, "start"), (self.end, "end")))  # fmt: skip
        if first and last:
            window_between(first, last, zone_named("UTC"))

    def asked(self, classes: Sequence[int] | None) -> dict[str, Any]:
        """What is kept of the request, so that the same one is known again."""
        return {
            "participants": sorted(one.code for one in self.participants),
            "start": self.start,
            "end": self.end,
            "rounds": self.rounds,
            "learn": self.learn,
            "classes": None if classes is None else list(classes),
        }
