"""Adherence: valid days of the closed ones that were expected, always with every count."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.wear.definition import Definition
from wearhouse.wear.reasons import CLOSED, REASONS, UNEXPECTED, Reason

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SPANS: dict[str, int | None] = {"7d": 7, "28d": 28, "whole": None}
"""The last days that are looked at; None is all of them."""
BANDS = ("on track", "watch", "act", "critical")

ADHERENCE = pa.schema(
    [
        ("participant", pa.uint32()),
        ("span", pa.string()),
        ("expected", pa.int64()),
        ("closed", pa.int64()),
        ("pending", pa.int64()),
        *((str(reason), pa.int64()) for reason in REASONS if reason is not Reason.PENDING_SYNC),
        ("adherence", pa.float64()),  # valid ÷ closed; null if nothing is closed
        ("strict", pa.float64()),  # valid ÷ (closed + pending): what is pending counts as missing
        ("band", pa.string()),
        ("nights_due", pa.int64()),  # of closed days, as far as nights were asked for
        ("nights_uploaded", pa.int64()),
        ("nights_valid", pa.int64()),
        ("weeks", pa.int64()),  # of which enough days are closed to be judged
        ("valid_weeks", pa.int64()),
    ]
)


def adherence(definition: Definition, days: pa.Table) -> pa.Table:
    """A row for every participant and span (schema ADHERENCE), from days (schema DAYS). A span
    ends with each participant's newest day that is over."""
    who, person = _people(days)
    day = days["day"].cast(pa.int32()).to_numpy().astype(np.int64)
    newest = np.full(len(who), -1, np.int64)
    np.maximum.at(newest, person, day)
    tables = []
    for span, length in SPANS.items():
        within = np.ones(len(day), bool) if length is None else day > newest[person] - length
        chosen = days.filter(pa.array(within))
        counts = _counts(definition, chosen, person[within], who)
        tables.append(_table(definition, who, span, counts))
    together = pa.concat_tables(tables)
    order = np.argsort(together["participant"].to_numpy(), kind="stable")
    return together.take(pa.array(order))


def total(definition: Definition, table: pa.Table) -> pa.Table:
    """All participants together, a row for every span (schema ADHERENCE, participant 0)."""
    tables = []
    for span in SPANS:
        chosen = table.filter(pc.equal(table["span"], span))
        numbers = [f.name for f in ADHERENCE if f.type == pa.int64()]
        counts = {name: np.array([pc.sum(chosen[name]).as_py() or 0]) for name in numbers}
        tables.append(_table(definition, np.zeros(1, np.int64), span, counts))
    return pa.concat_tables(tables)


def weeks(definition: Definition, days: pa.Table) -> pa.Table:
    """Every civil week (from Monday) of every participant: participant, week, closed, valid,
    weekend (valid days of it that are Saturdays or Sundays) and is_valid."""
    reason, day = reason_places(days), days["day"].cast(pa.int32()).to_numpy().astype(np.int64)
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    valid = reason == REASONS.index(Reason.VALID)
    flat = pa.table(
        {
            "participant": days["participant"],
            "week": pa.array((day - weekday).astype("datetime64[D]"), pa.date32()),
            "closed": pa.array(_among(reason, CLOSED).astype(np.int64)),
            "valid": pa.array(valid.astype(np.int64)),
            "weekend": pa.array((valid & (weekday >= 5)).astype(np.int64)),
        }
    )
    place = ["participant", "week"]
    names = ("closed", "valid", "weekend")
    summed = flat.group_by(place).aggregate([(name, "sum") for name in names])
    summed = summed.rename_columns([*place, *names]).sort_by([(n, "ascending") for n in place])
    enough = pc.and_(
        pc.greater_equal(summed["valid"], definition.week_least),
        pc.greater_equal(summed["weekend"], definition.weekend_least),
    )
    return summed.append_column("is_valid", enough)


def band_of(definition: Definition, adherence: float | None) -> str | None:
    """The band of an adherence (0 to 1) in a word; None where there is none yet."""
    if adherence is None:
        return None
    edges = zip(definition.adherence_bands, BANDS, strict=False)
    return next((band for edge, band in edges if adherence * 100 >= edge), BANDS[-1])


def _counts(definition: Definition, days: pa.Table, person: Ints, who: Ints) -> dict[str, Ints]:
    reason = reason_places(days)
    by_reason = np.zeros((len(who), len(REASONS)), np.int64)
    np.add.at(by_reason, (person, reason), 1)
    of = {str(one): by_reason[:, place] for place, one in enumerate(REASONS)}
    counts = {name: of[name] for name in of if name != Reason.PENDING_SYNC}
    counts["pending"] = of[Reason.PENDING_SYNC]
    counts["closed"] = np.sum([of[one] for one in CLOSED], axis=0)
    counts["expected"] = by_reason.sum(axis=1) - np.sum([of[one] for one in UNEXPECTED], axis=0)
    known = days["night_uploaded"].is_valid()
    closed = _among(reason, CLOSED) & known.to_numpy()
    for name, mask in (
        ("nights_due", closed),
        ("nights_uploaded", closed & days["night_uploaded"].fill_null(False).to_numpy()),
        ("nights_valid", closed & days["night_valid"].fill_null(False).to_numpy()),
    ):
        counts[name] = np.bincount(person[mask], minlength=len(who)).astype(np.int64)
    return counts | _weekly(definition, days, who)


def _weekly(definition: Definition, days: pa.Table, who: Ints) -> dict[str, Ints]:
    found = weeks(definition, days)
    row = np.searchsorted(who, found["participant"].to_numpy())
    valid = found["is_valid"].to_numpy()
    judged = valid | (found["closed"].to_numpy() >= definition.week_least)
    return {
        "weeks": np.bincount(row[judged], minlength=len(who)).astype(np.int64),
        "valid_weeks": np.bincount(row[valid], minlength=len(who)).astype(np.int64),
    }


def _table(definition: Definition, who: Ints, span: str, counts: dict[str, Ints]) -> pa.Table:
    valid, closed, pending = (counts[name] for name in (Reason.VALID, "closed", "pending"))
    share, strict = _share(valid, closed), _share(valid, closed + pending)
    made: dict[str, Any] = {
        "participant": pa.array(who, pa.uint32()),
        "span": pa.array([span] * len(who)),
        "adherence": share,
        "strict": strict,
        "band": pa.array([band_of(definition, one) for one in share.to_pylist()], pa.string()),
    }
    arrays = [made[f.name] if f.name in made else pa.array(counts[f.name]) for f in ADHERENCE]
    return pa.Table.from_arrays(arrays, schema=ADHERENCE)


def _share(part: Ints, whole: Ints) -> pa.Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return pa.array(part / whole, pa.float64(), from_pandas=True)


def _people(days: pa.Table) -> tuple[Ints, Ints]:
    ids, person = np.unique(days["participant"].to_numpy(), return_inverse=True)
    return ids.astype(np.int64), person.astype(np.int64)


def reason_places(days: pa.Table) -> Ints:
    """The place of each row's reason in REASONS."""
    column = days["reason"].unify_dictionaries().combine_chunks()
    names = [REASONS.index(Reason(name)) for name in column.dictionary.to_pylist()]
    places = np.array(names, np.int64)
    return places[column.indices.to_numpy()] if len(places) else np.empty(0, np.int64)


def _among(reason: Ints, some: frozenset[Reason]) -> NDArray[np.bool_]:
    return np.isin(reason, [REASONS.index(one) for one in some])
