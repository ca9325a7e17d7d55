"""What is told of imputation runs."""

from datetime import datetime

from pydantic import BaseModel


class ImputationAnswer(BaseModel):
    """A run of the imputer over one metric of a study. `state` is running, done, failed (asked for
    again it goes on), stale (samples came where it had filled), replaced (by a newer run) or
    withdrawn; `finished` of `people` are done, with `minutes` filled."""

    id: int
    study: str
    metric: str
    method: str
    state: str
    draws: int
    seed: int
    software: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    people: int
    finished: int
    minutes: int
    data_hash: str | None
    detail: str
    start: str | None
    end: str | None
    classes: list[int] | None


class VerdictAnswer(BaseModel):
    """What became of a class of gaps: released, widened, not_validated or refused."""

    kind: str
    state: str
    reason: str
    gaps: int
    widen: float


class FigureAnswer(BaseModel):
    """A figure with its 95 % interval."""

    value: float | None
    low: float | None
    high: float | None


class CheckAnswer(BaseModel):
    """How one method filled the hidden gaps of one class."""

    pattern: str
    scenario: str
    kind: str
    method: str
    gaps: int
    minutes: int
    mae: FigureAnswer
    rmse: float | None
    bias: float | None
    coverage: FigureAnswer
    width: float | None
    mean_coverage: FigureAnswer
    spread: FigureAnswer
    single: float | None
    widen: float | None
    versus: dict[str, FigureAnswer]


class StratumCheckAnswer(CheckAnswer):
    """A check of the gaps at night, by day, at rest (at most as many steps a minute as the middle
    gap of that length) or active."""

    stratum: str


class PersonCheckAnswer(CheckAnswer):
    """A check of one participant's gaps."""

    participant: str


class LineAnswer(BaseModel):
    """One statistic in one column (observed, dropouts, non_wear), with its 95 % interval and the
    fraction of missing information."""

    statistic: str
    column: str
    people: int
    minutes: int
    imputed_share: float
    refused_share: float
    value: float
    se: float
    low: float
    high: float
    fmi: float
    flagged: bool
    not_validated: bool


class ShiftAnswer(BaseModel):
    """A statistic with supported non-wear shifted by so much."""

    shift: float
    value: float
    se: float
    low: float
    high: float


class TippingAnswer(BaseModel):
    """By how much non-wear must differ from what was filled before a statistic stands otherwise to
    what was observed; null if none of the shifts does it."""

    statistic: str
    hours: str
    observed: float
    tips_at: float | None
    shifts: list[ShiftAnswer]


class ArmsAnswer(BaseModel):
    """A statistic's difference between `arm` and `other`, non-wear of `arm` alone shifted: by how
    much before the difference stands otherwise to nought; null if none of the shifts does it.
    Left out where arms are hidden."""

    arm: str
    other: str
    statistic: str
    hours: str
    people: list[int]
    difference: float
    tips_at: float | None
    shifts: list[ShiftAnswer]


class PersonAnswer(BaseModel):
    """One participant's part of a run: minutes by reason."""

    participant: str
    minutes: int
    digest: str
    counts: dict[str, int]


class ReportAnswer(BaseModel):
    """What a run did, over the participants within reach."""

    run: ImputationAnswer
    verdicts: list[VerdictAnswer]
    validation: list[CheckAnswer]
    strata: list[StratumCheckAnswer]
    by_participant: list[PersonCheckAnswer]
    counts: dict[str, int]
    participants: list[PersonAnswer]
    statistics: list[LineAnswer]
    tipping: list[TippingAnswer]
    between_arms: list[ArmsAnswer]


class PairAnswer(BaseModel):
    """The same statistic of two runs."""

    statistic: str
    column: str
    one: LineAnswer
    other: LineAnswer
    difference: float


class ComparisonAnswer(BaseModel):
    """Two runs side by side: what differs in how they were made, how many participants both filled
    and how many of them from the same data, minutes by reason, statistics."""

    runs: list[ImputationAnswer]
    differing: list[str]
    participants: int
    same_data: int
    counts: list[dict[str, int]]
    statistics: list[PairAnswer]


class GapAnswer(BaseModel):
    """A stretch of missing minutes with one code and reason; `gap_minutes` is the whole gap."""

    gap: int
    start_at: datetime
    end_at: datetime
    minutes: int
    gap_minutes: int
    code: str
    why: str
