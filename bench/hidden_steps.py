"""How well totals of steps are modelled when the device was off: worn stretches made unworn."""

import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.imputation import Minutes, release
from wearhouse.imputation.counting import METHOD
from wearhouse.imputation.hidden_steps import BASELINES, KINDS, score_steps
from wearhouse.imputation.scores import table_of
from wearhouse.imputation.summary import figures

ROUNDS, DRAWS = 6, 40


def hidden_steps(people: list[Minutes], draws: int = DRAWS) -> list[str]:
    """A line for each length: error of the total, how often its 90 % interval holds it, and the
    verdict."""
    rows = [
        row
        for person in people
        for row in score_steps(person, [one for one in people if one is not person],
                               ROUNDS, draws, seed=0)
    ]  # fmt: skip
    scores = table_of(rows)
    fixed = scores.filter(pc.equal(scores["pattern"], "fixed"))
    others = scores.filter(pc.equal(scores["pattern"], "transplanted"))
    lines = [_told(fixed, kind, f"{int(kind) // 60 or 0.5} h") for kind in KINDS.values()]
    verdicts = release(scores, METHOD, KINDS, BASELINES, widens=False).verdicts
    return [
        *lines,
        _told(others, "all", "other people's own gaps"),
        *(f"- {kind} min: {verdicts[kind].state}" for kind in KINDS.values()),
    ]


def _told(scores: pa.Table, kind: str, title: str) -> str:
    ours = figures(scores, kind, METHOD, BASELINES)
    plain = {name: figures(scores, kind, name) for name in BASELINES}
    against = ours.versus["time-of-day"]
    return (
        f"- {title}: {ours.gaps} stretches, total off by {ours.mae.value:.0f} "
        f"[{ours.mae.low:.0f}, {ours.mae.high:.0f}] (bias {ours.bias:+.0f}), the rate around by "
        f"{plain['linear'].mae.value:.0f}, the mean of that time of day by "
        f"{plain['time-of-day'].mae.value:.0f}, {against.value:+.0%} [{against.low:+.0%}, "
        f"{against.high:+.0%}] against it; the 90 % interval holds {ours.coverage.value:.2f} "
        f"[{ours.coverage.low:.2f}, {ours.coverage.high:.2f}]"
    )
