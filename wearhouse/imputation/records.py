"""What a run of the imputer leaves behind: itself, its gaps, and its imputed samples."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

import numpy as np
import pyarrow as pa

from wearhouse.imputation.gating import Code, Gate, Why
from wearhouse.imputation.methods import Filled
from wearhouse.imputation.minutes import Minutes
from wearhouse.window import MINUTE_MS

WORDS = {code: code.name.lower() for code in Code}
REASONS = {why: why.name.lower() for why in Why}

_NAMES = pa.dictionary(pa.int8(), pa.string())

GAPS = pa.schema(
    [
        ("participant", pa.uint32()),
        ("metric", pa.string()),
        ("gap", pa.int32()),  # numbered from 0 within a participant and metric
        ("start", pa.timestamp("ms", tz="UTC")),
        ("end", pa.timestamp("ms", tz="UTC")),
        ("minutes", pa.int32()),  # of this part: minutes of one gap may have several codes
        ("gap_minutes", pa.int32()),  # of the whole gap
        ("code", _NAMES),
        ("why", _NAMES),
    ]
)

IMPUTED = pa.schema(
    [
        ("participant", pa.uint32()),
        ("metric", pa.string()),
        ("t", pa.timestamp("ms", tz="UTC")),
        ("offset", pa.int16()),
        ("value", pa.float64()),  # the predictive median: a point to draw a curve with
        ("mean", pa.float64()),
        ("sd", pa.float64()),
        ("low", pa.float64()),  # the 90 % interval
        ("high", pa.float64()),
        ("code", _NAMES),
        ("gap", pa.int32()),
        ("draws", pa.list_(pa.float32())),  # joint over the minutes of a participant
    ]
)


@dataclass(frozen=True, slots=True)
class Run:
    """How values came about: enough to make them again, bit by bit."""

    metric: str
    method: str
    parameters: str  # JSON
    draws: int
    seed: int
    software: str = field(default_factory=lambda: f"wearhouse {version('wearhouse')}")


@dataclass(frozen=True, slots=True)
class Imputed:
    """One participant's share of a run."""

    participant: int
    digest: str  # of what it was made from
    gaps: pa.Table
    samples: pa.Table
    counts: Mapping[str, int]


def digest(minutes: Minutes) -> str:
    """The SHA-256 of everything that a fill depends on."""
    total = hashlib.sha256(f"{minutes.participant} {minutes.metric} {minutes.start}".encode())
    for column in (
        minutes.value, minutes.steps, minutes.worn, minutes.barred, minutes.offset,
    ):  # fmt: skip
        total.update(np.ascontiguousarray(column).tobytes())
    return total.hexdigest()


def counts(gate: Gate) -> dict[str, int]:
    """Minutes by reason (`measured`, `short`, …), every reason named even where there is none."""
    found = Counter(gate.why.tolist())
    return {word: found[why] for why, word in REASONS.items()}


def gap_table(minutes: Minutes, gate: Gate) -> pa.Table:
    """Every stretch of missing minutes with one code and reason, as GAPS."""
    new = np.diff(gate.gap, prepend=-2) != 0
    new |= np.diff(gate.why, prepend=-1) != 0
    starts = np.flatnonzero(new)
    ends = np.r_[starts[1:], len(minutes)]
    missing = gate.gap[starts] >= 0
    starts, ends = starts[missing], ends[missing]
    return pa.Table.from_arrays(
        [
            pa.array(np.full(len(starts), minutes.participant, np.uint32)),
            pa.repeat(minutes.metric, len(starts)),
            pa.array(gate.gap[starts]),
            _instants(minutes, starts),
            _instants(minutes, ends),
            pa.array((ends - starts).astype(np.int32)),
            pa.array(gate.length[starts]),
            _named(gate.code[starts], list(WORDS.values())),
            _named(gate.why[starts], list(REASONS.values())),
        ],
        schema=GAPS,
    )


def imputed_table(minutes: Minutes, gate: Gate, filled: Filled) -> pa.Table:
    """What was filled, as IMPUTED; minutes that the method had no value for are left out."""
    there = np.isfinite(filled.value)
    at, paths = filled.at[there], filled.draws[:, there]
    drawn = pa.ListArray.from_arrays(
        np.arange(len(at) + 1, dtype=np.int32) * len(paths), np.ascontiguousarray(paths.T).ravel()
    )
    columns = (filled.value, filled.mean, filled.sd, filled.low, filled.high)
    return pa.Table.from_arrays(
        [
            pa.array(np.full(len(at), minutes.participant, np.uint32)),
            pa.repeat(minutes.metric, len(at)),
            _instants(minutes, at),
            pa.array(minutes.offset[at]),
            *(pa.array(column[there], from_pandas=True) for column in columns),
            _named(gate.code[at], list(WORDS.values())),
            pa.array(gate.gap[at]),
            drawn,
        ],
        schema=IMPUTED,
    )


def _instants(minutes: Minutes, at: np.ndarray) -> pa.Array:
    return pa.array((minutes.start + at) * MINUTE_MS).cast(IMPUTED.field("t").type)


def _named(codes: np.ndarray, words: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(words))
