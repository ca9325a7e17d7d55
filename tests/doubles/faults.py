"""How a double fails: told for single requests, or at random from a seed."""

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

Fault = Literal[
    "none", "slow", "throttle", "error", "unavailable", "hang", "cut", "garbled", "drop", "expired"
]


@dataclass
class Faults:
    """What befalls the next requests: first those told, then each with a probability."""

    told: deque[Fault] = field(default_factory=deque)
    often: float = 0.0
    kinds: tuple[Fault, ...] = ("slow", "throttle", "error", "unavailable", "cut", "drop")
    seed: int = 0
    latency_s: float = 0.02
    hang_s: float = 2.0
    retry_after_s: int | None = None
    empty_pages: bool = False
    doubled_pages: bool = False
    smaller_pages: int | None = None

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def tell(self, *faults: Fault) -> None:
        """Let these befall the next requests, in this order."""
        self.told.extend(faults)

    def next(self) -> Fault:
        if self.told:
            return self.told.popleft()
        if self.often and self._random.random() < self.often:
            return self._random.choice(self.kinds)
        return "none"
