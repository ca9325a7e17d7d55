"""How often somebody may ask, counted in this process over a minute that slides."""

import math

from pyrate_limiter import Duration, InMemoryBucket, MonotonicClock, Rate, RateItem

from wearhouse.errors import TooMany


class Limits:
    """So many questions a minute for each name."""

    def __init__(self, per_minute: int) -> None:
        self._rate = Rate(per_minute, Duration.MINUTE)
        self._clock = MonotonicClock()
        self._named: dict[str, InMemoryBucket] = {}

    def spend(self, name: str) -> None:
        """Count one question; TooMany if that is one too many, with when it is not."""
        bucket = self._named.setdefault(name, InMemoryBucket([self._rate]))
        item = RateItem(name, self._clock.now())
        bucket.leak(item.timestamp)
        if not bucket.put(item):
            wait_ms = bucket.waiting(item)
            assert isinstance(wait_ms, int)
            wait_s = max(1, math.ceil(wait_ms / 1_000))
            said = f"That is more than {self._rate.limit} a minute; wait {wait_s} s."
            raise TooMany(said, wait_s)
