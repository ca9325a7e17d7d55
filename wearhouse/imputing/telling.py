"""What a run did: verdicts and the figures behind them, minutes by reason, statistics in three
columns, tipping points; and two runs side by side."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import msgspec
import numpy as np

from wearhouse.imputation.reporting import (
    MOST_IMPUTED,
    MOST_MISSING_INFORMATION,
    STATISTICS,
    Column,
    over_people,
)
from wearhouse.imputation.rubin import Estimate, alone, combine
from wearhouse.imputation.tipping import SHIFTS, Shifted
from wearhouse.imputing.arms import between_arms
from wearhouse.registry import Registry
from wearhouse.registry.imputations import Imputation, Share

Rows = list[dict[str, Any]]
NAMES = {column: column.name.lower() for column in Column}


def report(registry: Registry, number: int) -> dict[str, Any]:
    """Everything that a run tells, over the participants within reach."""
    run = registry.imputations.named(number)
    shares = registry.imputations.shares(number)
    known = [share for share in shares if share.statistics]
    return {
        "run": described(run),
        "verdicts": verdicts(run),
        **checks(run, {share.participant.id: share.participant.code for share in shares}),
        "counts": counts(shares),
        "participants": [_person(share) for share in shares],
        "statistics": statistics(known, run.verdicts),
        "tipping": tipping(known),
        "between_arms": between_arms(known),
    }


def described(run: Imputation) -> dict[str, Any]:
    """A run as it is told: without the figures and the model."""
    asked = msgspec.json.decode(run.asked)
    return {
        "id": run.id, "study": run.study, "metric": run.metric, "method": run.method,
        "state": run.state, "draws": run.draws, "seed": run.seed, "software": run.software,
        "started_by": run.started_by, "started_at": run.started_at,
        "finished_at": run.finished_at, "people": run.people, "finished": run.finished,
        "minutes": run.minutes, "data_hash": run.data_hash, "detail": run.detail,
        "start": asked["start"], "end": asked["end"], "classes": asked["classes"],
    }  # fmt: skip


def verdicts(run: Imputation) -> Rows:
    """What became of each class of gaps; a class that was not validated says so."""
    if not run.verdicts:
        return []
    told: Mapping[str, dict[str, Any]] = msgspec.json.decode(run.verdicts)
    return [told[kind] for kind in sorted(told, key=lambda kind: int(kind.split()[0]))]


def checks(run: Imputation, codes: Mapping[int, str]) -> dict[str, Rows]:
    """The figures behind the verdicts: of everybody who was judged, by stratum, and of each
    participant within reach. Runs of before the last two were kept have only the first."""
    told: Rows = msgspec.json.decode(run.validation) if run.validation else []
    of_people = [row for row in told if "participant" in row]
    return {
        "validation": [row for row in told if not {"participant", "stratum"} & row.keys()],
        "strata": [row for row in told if "stratum" in row],
        "by_participant": [
            {**row, "participant": codes[row["participant"]]}
            for row in of_people
            if row["participant"] in codes
        ],
    }


def counts(shares: Sequence[Share]) -> dict[str, int]:
    """Minutes by reason over participants (nights, of a metric that comes nightly)."""
    total: Counter[str] = Counter()
    for share in shares:
        total.update(share.counts)
    return dict(total)


def statistics(shares: Sequence[Share], verdicts: str | None) -> Rows:
    """Each statistic in three columns: observed only, with dropouts, with supported non-wear."""
    if not shares:
        return []
    unvalidated = _unvalidated(verdicts)
    return [_line(shares, name, column, unvalidated) for name in STATISTICS for column in Column]


def tipping(shares: Sequence[Share]) -> Rows:
    """Each statistic with supported non-wear shifted, all day and from 08:00 to 22:00, and the
    smallest shift at which it stands otherwise to what was observed only than unshifted: below it,
    above it, or not told apart from it."""
    known = [share for share in shares if "shifted" in share.statistics]
    if not known:
        return []
    rows: Rows = []
    for hours in ("all", "day"):
        for name in STATISTICS:
            observed = _estimate(known, name, Column.OBSERVED).value
            found = [
                Shifted(shift, _combined([s.statistics["shifted"][hours][f"{shift:g}"][name]
                                          for s in known]))
                for shift in SHIFTS
            ]  # fmt: skip
            stands = [_stands(one.estimate, observed) for one in found]
            turned = [one.shift for one, now in zip(found, stands, strict=True)
                      if now != stands[SHIFTS.index(0.0)]]  # fmt: skip
            turns = min(turned, key=abs, default=None)
            rows.append(
                {
                    "statistic": name, "hours": hours, "observed": observed, "tips_at": turns,
                    "shifts": [{"shift": one.shift, **_told(one.estimate)} for one in found],
                }
            )  # fmt: skip
    return rows


def compare(registry: Registry, one: int, other: int) -> dict[str, Any]:
    """Two runs side by side: how they were made, whom they filled from the same data, and each
    statistic of both."""
    pair = [registry.imputations.named(number) for number in (one, other)]
    shares = [
        {share.participant.code: share for share in registry.imputations.shares(run.id)}
        for run in pair
    ]
    both = sorted(shares[0].keys() & shares[1].keys())
    same = [code for code in both if shares[0][code].digest == shares[1][code].digest]
    told = [described(run) for run in pair]
    return {
        "runs": told,
        "differing": sorted(
            {name for name in ("metric", "method", "draws", "seed", "software", "classes")
             if told[0][name] != told[1][name]}
            | ({"model"} if pair[0].pooled != pair[1].pooled else set())
            | ({"verdicts"} if pair[0].verdicts != pair[1].verdicts else set())
        ),
        "participants": len(both),
        "same_data": len(same),
        "counts": [counts([side[code] for code in both]) for side in shares],
        "statistics": [
            {"statistic": left["statistic"], "column": left["column"],
             "one": left, "other": right, "difference": right["value"] - left["value"]}
            for left, right in zip(
                *(statistics([side[code] for code in both if side[code].statistics], run.verdicts)
                  for side, run in zip(shares, pair, strict=True)),
                strict=False,
            )
        ],
    }  # fmt: skip


def _line(shares: Sequence[Share], name: str, column: Column, unvalidated: bool) -> dict[str, Any]:
    found = _estimate(shares, name, column)
    imputed = sum(_imputed(share, column) for share in shares)
    measured = sum(share.statistics["measured"] for share in shares)
    refused = sum(share.statistics["refused"] for share in shares)
    every = refused + measured + sum(_imputed(share, Column.NON_WEAR) for share in shares)
    part = imputed / (imputed + measured)
    return {
        "statistic": name,
        "column": NAMES[column],
        "people": len(shares),
        "minutes": imputed + measured,
        "imputed_share": part,
        "refused_share": refused / every,
        **_told(found),
        "fmi": found.fmi,
        "flagged": part > MOST_IMPUTED or found.fmi > MOST_MISSING_INFORMATION,
        "not_validated": unvalidated and imputed > 0,
    }


def _estimate(shares: Sequence[Share], name: str, column: Column) -> Estimate:
    if column == Column.OBSERVED:
        values = [float(share.statistics["observed"][name]) for share in shares]
        return alone(*over_people(values), _df(len(shares)))
    return _combined([share.statistics[NAMES[column]][name] for share in shares])


def _combined(drawn: Sequence[Sequence[float]]) -> Estimate:
    """People's statistics draw by draw, combined by Rubin's rules."""
    by_draw = [over_people(values) for values in zip(*drawn, strict=True)]
    found = [value for value, _ in by_draw], [variance for _, variance in by_draw]
    return combine(*found, _df(len(drawn)))


def _imputed(share: Share, column: Column) -> int:
    return 0 if column == Column.OBSERVED else int(share.statistics["imputed"][NAMES[column]])


def _df(people: int) -> float:
    return float(people - 1) if people > 1 else np.inf


def _stands(found: Estimate, observed: float) -> int:
    return int(found.low > observed) - int(found.high < observed)


def _told(found: Estimate) -> dict[str, float]:
    told = asdict(found)
    return {name: told[name] for name in ("value", "se", "low", "high")}


def _unvalidated(verdicts: str | None) -> bool:
    """Whether any class of gaps was filled of which nobody knows how well."""
    told = msgspec.json.decode(verdicts) if verdicts else {}
    return not told or any(one["state"] == "not_validated" for one in told.values())


def _person(share: Share) -> dict[str, Any]:
    return {
        "participant": share.participant.code, "minutes": share.minutes,
        "digest": share.digest, "counts": dict(share.counts),
    }  # fmt: skip
