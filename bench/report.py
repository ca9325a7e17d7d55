"""What was measured, as a table and as JSON."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Literal

import numpy as np
from rich.console import Console
from rich.table import Table

Kind = Literal["rate", "seconds", "bytes", "memory"]
SIDES = ("wearhouse", "duckdb", "postgresql", "http")
WIDTH = 170
PEERS = ("duckdb", "postgresql")
OURS = "wearhouse"


@dataclass
class Measure:
    """One line of the report: every figure that each side gave."""

    name: str
    kind: Kind
    figures: dict[str, list[float]] = field(default_factory=dict)

    def add(self, side: str, *figures: float) -> None:
        self.figures.setdefault(side, []).extend(figures)

    def ratio(self, peer: str, ours: str = OURS) -> float | None:
        """How many times better our side is than a peer: more samples a second, or less time,
        bytes or memory; medians compared."""
        if not (self.figures.get(ours) and self.figures.get(peer)):
            return None
        mine, theirs = median(self.figures[ours]), median(self.figures[peer])
        return mine / theirs if self.kind == "rate" else theirs / mine

    def text(self, side: str) -> str:
        """One side's figures in a cell."""
        figures = self.figures.get(side)
        if not figures:
            return "–"
        mid = median(figures)
        match self.kind:
            case "rate":
                return f"{mid / 1e3:,.0f} k/s" + _spread(figures, ",.0f", 1e3)
            case "seconds":
                return f"{mid * 1e3:.1f} / {np.quantile(figures, 0.95) * 1e3:.1f} ms"
            case "bytes":
                return f"{mid:.2f} B" + _spread(figures, ".2f", 1)
            case "memory":
                return f"{max(figures) / 2**20:,.0f} MiB"


def _spread(figures: list[float], form: str, unit: float) -> str:
    low, high = (format(end / unit, form) for end in (min(figures), max(figures)))
    return f" ({low}–{high})" if low != high else ""


@dataclass
class Report:
    """Everything of one run."""

    machine: dict[str, str]
    size: str
    measures: list[Measure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    began: float = field(default_factory=perf_counter, repr=False)
    sides: Sequence[str] = SIDES
    peers: Sequence[str] = PEERS
    ours: str = OURS

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return perf_counter() - self.began

    def measure(self, name: str, kind: Kind) -> Measure:
        """The line of that name, new or begun."""
        for known in self.measures:
            if known.name == name:
                return known
        self.measures.append(Measure(name, kind))
        return self.measures[-1]

    def say(self, now: str) -> None:
        """Tell whoever waits what is being measured."""
        print(f"bench: {self.elapsed:4.0f} s  {now}", file=sys.stderr, flush=True)

    def write(self, file: Path) -> None:
        """The report as JSON, with every single figure."""
        content = asdict(self)
        for written, measure in zip(content["measures"], self.measures, strict=True):
            written["ratios"] = {peer: measure.ratio(peer, self.ours) for peer in self.peers}
        file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    def show(self) -> None:
        """The report on stdout."""
        console = Console(width=max(WIDTH, Console().width))
        console.print(" · ".join(f"{name} {fact}" for name, fact in self.machine.items()))
        table = Table(title=f"Wearhouse bench, size {self.size}", title_justify="left")
        table.add_column("")
        for side in self.sides:
            table.add_column(side, justify="right", no_wrap=True)
        for peer in self.peers:
            table.add_column(f"× {peer}", justify="right")
        for measure in self.measures:
            ratios = (measure.ratio(peer, self.ours) for peer in self.peers)
            table.add_row(
                measure.name,
                *(measure.text(side) for side in self.sides),
                *("–" if ratio is None else f"{ratio:.2g}" for ratio in ratios),
            )
        console.print(table)
        for note in self.notes:
            console.print(f"- {note}", markup=False, highlight=False)
