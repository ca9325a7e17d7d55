"""What counts as worn, as a valid day, night and week, and as closed: one named object.

A definition is a value. Its canonical JSON and the SHA-256 of it say which one was used, so a
result can be told apart from the same result under another definition, and made again.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from typing import Any, Literal, get_args

from wearhouse.errors import Invalid
from wearhouse.levels import Level
from wearhouse.study import checked_code

Rule = Literal["minutes", "hours", "steps", "step_hours", "step_windows"]
Evidence = Literal["heart_rate", "heart_rate_or_steps"]

RULES: tuple[Rule, ...] = get_args(Rule)
EVIDENCE: tuple[Evidence, ...] = get_args(Evidence)
DAY_MINUTES = 1_440


@dataclass(frozen=True, slots=True)
class Definition:
    """How days, nights and weeks of a study are judged.

    `least` is what makes a day valid, in what the rule counts: `minutes` worn minutes, `hours`
    hours of which at least `hour_ratio` is worn, `steps` steps, `step_hours` hours with a step,
    `step_windows` stretches of `block_hours` with a step. It counts within `window` (minutes of
    the civil day; one that ends before it begins goes over midnight). `slot_minutes` is the
    native spacing of the heart rate where that is more than a minute. `night_split` is the minute
    of the day at which one night ends and the next begins. A day is lost after `pending_days`
    without a sync. The bands are lower edges in percent and upper edges in hours.
    """

    name: str
    title: str
    source: str
    version: int = 1
    rule: Rule = "minutes"
    least: int = 600
    evidence: Evidence = "heart_rate_or_steps"
    slot_minutes: int = 1
    window: tuple[int, int] = (0, DAY_MINUTES)
    hour_ratio: float = 0.5
    block_hours: int = 6
    night_least: int = 180
    night_split: int = 720
    week_least: int = 4
    weekend_least: int = 0
    pending_days: int = 7
    adherence_bands: tuple[int, int, int] = (80, 50, 30)
    sync_bands_h: tuple[int, int, int, int] = (24, 72, 120, 168)

    def __post_init__(self) -> None:
        checked_code(self.name, "name")
        for name, kind, good, wanted in _limits(self):
            value = getattr(self, name)
            if not isinstance(value, kind) or isinstance(value, bool) or not good:
                raise Invalid(f"{name} is {value!r} in {self.name}; write {wanted}.", name)
        start, end = self.window
        if start == end:
            raise Invalid(f"The window of {self.name} is empty.", "window")

    @property
    def whole_day(self) -> bool:
        """Whether the rule looks at all of the civil day."""
        return self.window == (0, DAY_MINUTES)

    @property
    def of_steps(self) -> bool:
        """Whether days are judged by steps instead of wear."""
        return self.rule in ("steps", "step_hours", "step_windows")

    @property
    def level(self) -> Level:
        """The coarsest level whose rollups answer exactly, where clocks are whole hours off
        UTC."""
        if self.rule in ("minutes", "hours") and self.slot_minutes > 1:
            return "1m"
        if any(edge % 60 for edge in self.window):
            return "1m"
        return "1d" if self.whole_day and self.rule in ("minutes", "steps") else "1h"

    @property
    def digest(self) -> str:
        """The SHA-256 of the canonical JSON, in hexadecimal."""
        return hashlib.sha256(canonical(self).encode()).hexdigest()


def canonical(definition: Definition) -> str:
    """The definition as JSON: keys in order, no spaces, so that equal ones have equal text."""
    return json.dumps(asdict(definition), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def parsed(text: str) -> Definition:
    """The definition that a JSON text holds; Invalid if it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        raise Invalid("The definition is not JSON.", "definition") from None
    if not isinstance(found, dict):
        raise Invalid("The definition is not a JSON object.", "definition")
    return made(found)


def made(found: dict[str, Any]) -> Definition:
    """The definition with these fields, the others as they are by default; Invalid if one of
    them makes no sense."""
    known = {f.name for f in fields(Definition)}
    if unknown := sorted(found.keys() - known):
        raise Invalid(f"A definition has no {unknown[0]!r}.", unknown[0])
    for name in ("name", "title", "source"):
        if not isinstance(found.get(name), str) or not found[name].strip():
            raise Invalid(f"A definition needs a {name}.", name)
    tidy: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in found.items()}
    try:
        return Definition(**tidy)
    except (TypeError, ValueError):
        raise Invalid("A field of the definition has a value of the wrong kind.") from None


def _limits(of: Definition) -> list[tuple[str, Any, bool, str]]:
    """Fields with the kind they must have, whether they are good, and what to write instead."""
    counted = {"minutes": 1_500, "hours": 25, "steps": 200_000, "step_hours": 25}
    most = counted.get(of.rule, 24 // max(1, of.block_hours))
    return [
        ("rule", str, of.rule in RULES, f"one of {', '.join(RULES)}"),
        ("evidence", str, of.evidence in EVIDENCE, f"one of {', '.join(EVIDENCE)}"),
        ("version", int, of.version >= 1, "1 or more"),
        ("least", int, 1 <= of.least <= most, f"1 to {most}"),
        ("slot_minutes", int, of.slot_minutes in (1, 2, 3, 5, 10, 15), "1, 2, 3, 5, 10 or 15"),
        ("window", tuple, _edges(of.window), "two minutes of the day, 0 to 1440"),
        ("hour_ratio", float | int, 0 < of.hour_ratio <= 1, "more than 0, up to 1"),
        ("block_hours", int, of.block_hours in (1, 2, 3, 4, 6, 8, 12), "1, 2, 3, 4, 6, 8 or 12"),
        ("night_least", int, 1 <= of.night_least <= 960, "1 to 960"),
        ("night_split", int, 0 <= of.night_split <= DAY_MINUTES, "0 to 1440"),
        ("week_least", int, 1 <= of.week_least <= 7, "1 to 7"),
        ("weekend_least", int, 0 <= of.weekend_least <= 2, "0 to 2"),
        ("pending_days", int, 1 <= of.pending_days <= 365, "1 to 365"),
        ("adherence_bands", tuple, _falling(of.adherence_bands, 3), "three falling percentages"),
        ("sync_bands_h", tuple, _falling(of.sync_bands_h[::-1], 4), "four rising hours"),
    ]  # fmt: skip


def _edges(window: tuple[int, ...]) -> bool:
    return len(window) == 2 and all(isinstance(m, int) and 0 <= m <= DAY_MINUTES for m in window)


def _falling(edges: tuple[int, ...], count: int) -> bool:
    rising = all(a > b for a, b in pairwise(edges))
    return len(edges) == count and rising and edges[-1] > 0
