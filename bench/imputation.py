"""python -m bench.imputation: how well and how fast heart rate is filled, beside the baselines.

Everything is measured on people who had no part in fitting the model. Intervals are 95 %, from
resampling participants' blocks of two days; three people say little about others.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import pyarrow.compute as pc

from bench import machine
from bench.fitabase_people import people
from bench.hidden_steps import hidden_steps
from bench.imputation_speed import speeds
from bench.nightly_people import nightly
from bench.nights_off import nights_off
from wearhouse.imputation import StateSpace, gate, release, validate
from wearhouse.imputation.gating import Why
from wearhouse.imputation.masks import CLASSES
from wearhouse.imputation.summary import Figure, Figures, figures

OURS = "ssm-1"
METHODS = (OURS, "linear", "time-of-day", "tiered")
NAMES = {"5": "5 min", "30": "30 min", "120": "2 h", "480": "8 h", "1440": "24 h", "all": "all"}
HEAD = (
    "| gaps | method | gaps, minutes | MAE | RMSE | bias | against linear | coverage | width "
    "| gap mean | SD drawn / true |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.imputation", description=__doc__)
    parser.add_argument("--rounds", type=int, default=6, help="how often stretches are hidden")
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure here")
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    asked = parser.parse_args()
    if not asked.shared.is_dir():
        print(f"bench: {asked.shared} is not there.", file=sys.stderr)
        return 1
    began = perf_counter()
    everybody = people(asked.shared)
    print(" · ".join(f"{name} {fact}" for name, fact in machine.facts().items()))
    for one in everybody:
        found = {why.name.lower(): int((gate(one).why == why).sum()) for why in Why}
        print(f"participant {one.participant}:", found)
    scores = validate(everybody, StateSpace(), rounds=asked.rounds, draws=asked.draws)
    found = {}
    for pattern in ("fixed", "transplanted"):
        for scenario in ("as_if_worn", "worn"):
            kept = pc.and_(
                pc.equal(scores["pattern"], pattern), pc.equal(scores["scenario"], scenario)
            )
            rows = scores.filter(kept)
            print(f"\n{pattern} gaps, {scenario}\n{HEAD}")
            for kind in (*map(str, CLASSES), "all"):
                for method in METHODS:
                    figure = figures(rows, kind, method, METHODS[1:])
                    found[f"{pattern}/{scenario}/{kind}/{method}"] = asdict(figure)
                    print(_line(figure))
            for one in everybody:
                own = rows.filter(pc.equal(rows["participant"], one.participant))
                covered = figures(own, "all", OURS).coverage
                print(f"participant {one.participant}: coverage {_shown(covered, '.3f')}")
    print("\nverdicts")
    for verdict in release(scores, OURS).verdicts.values():
        print(f"- {NAMES[verdict.kind]}: {verdict.state}, {verdict.reason}")
    print("\nnights off")
    for line in nights_off(everybody):
        print(line)
    for title, lines in (
        ("steps as a modelled count", hidden_steps(everybody)),
        ("nights", nightly(asked.shared)),
    ):
        print(f"\n{title}", *lines, sep="\n")
    print("\nspeed, one participant-year, seconds of one processor")
    for name, seconds in speeds(everybody[1]).items():
        print(f"- {name}: {seconds:.1f} s")
        found[name] = {"seconds": seconds}
    print(f"\nAll of it took {perf_counter() - began:.0f} s.")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


def _line(one: Figures) -> str:
    linear = one.versus["linear"]
    cells = (
        NAMES[one.kind], one.method, f"{one.gaps}, {one.minutes:,}", _shown(one.mae, ".2f"),
        f"{one.rmse:.2f}", f"{one.bias:+.2f}", _shown(linear, "+.0%"), _shown(one.coverage, ".3f"),
        f"{one.width:.0f}", _shown(one.mean_coverage, ".2f"), _shown(one.spread, ".2f"),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |".replace("nan", "–")


def _shown(figure: Figure, form: str) -> str:
    if figure.value != figure.value:
        return "–"
    return f"{figure.value:{form}} [{figure.low:{form}}, {figure.high:{form}}]"


if __name__ == "__main__":
    sys.exit(main())
