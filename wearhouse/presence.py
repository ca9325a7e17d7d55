"""Whether somebody waits for answers just now. What can wait, as a sync can, gives way to them."""

import time

LATELY_S = 1.0


class Presence:
    """When somebody last asked for something."""

    def __init__(self) -> None:
        self.asked_at = float("-inf")

    def note(self) -> None:
        """Somebody asks."""
        self.asked_at = time.monotonic()

    def is_felt(self) -> bool:
        """Whether somebody has asked a moment ago."""
        return time.monotonic() - self.asked_at < LATELY_S
