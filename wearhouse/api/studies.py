"""Studies as the team edits them: aims, sites, arms, cohorts."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from wearhouse.api.deps import TheActing, needs
from wearhouse.api.enrolment import Day, Why, Word
from wearhouse.api.refusals import RESPONSES
from wearhouse.enrolling import cohorts, studies
from wearhouse.enrolling.cohorts import Rule
from wearhouse.study import Right, Status, Study
from wearhouse.team.acting import Acting

router = APIRouter(tags=["studies"], responses=RESPONSES)

READ, EDIT = needs(Right.READ), needs(Right.EDIT_STUDY)
Code = Annotated[str, Path(max_length=64)]
Title = Annotated[str, Field(max_length=500)]


class StudyDetail(BaseModel):
    """A study: its dates, how many participants it aims at, whether arms are hidden, and the
    thresholds of its next actions, as JSON."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    title: str
    starts_on: date | None
    ends_on: date | None
    target: int | None
    blinded: bool
    thresholds: str
    automation: bool
    raw_months: int | None
    raw_then: str


class NewStudy(BaseModel):
    """A study to be."""

    code: Word
    title: Title = ""
    starts_on: Day | None = None
    ends_on: Day | None = None


class StudyChange(BaseModel):
    """Fields of a study as they are to be; those left out stay. To end the blinding takes a
    reason."""

    title: Title = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    target: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    blinded: bool = True
    thresholds: Annotated[str, Field(max_length=10_000)] = "{}"
    automation: bool = False
    raw_months: Annotated[int, Field(ge=1, le=1_200)] | None = None
    raw_then: Literal["archive", "remove"] = "archive"
    reason: Why


class GroupAnswer(BaseModel):
    """A site or an arm."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    title: str


class NewGroup(BaseModel):
    """A site or an arm to be."""

    code: Word
    title: Title = ""


class RuleAsked(BaseModel):
    """For whom a cohort is: everybody for whom all of this holds; what is empty holds for all."""

    sites: list[Word] = []
    timezones: list[Word] = []
    statuses: list[Status] = []
    enrolled_from: Day | None = None
    enrolled_until: Day | None = None


class NewCohort(BaseModel):
    """A cohort to be: with a rule, or put together by hand."""

    code: Word
    title: Title = ""
    rule: RuleAsked | None = None


class CohortAnswer(BaseModel):
    """A cohort; `rule` is JSON, and none where it is put together by hand."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    title: str
    rule: str | None


class Assigned(BaseModel):
    """Who is in a fixed cohort from now on."""

    participants: list[Word] = Field(max_length=100_000)
    reason: Why


class MembershipAnswer(BaseModel):
    """When somebody was in a cohort; still, without `left_at`."""

    model_config = ConfigDict(from_attributes=True)

    participant: str
    entered_at: datetime
    left_at: datetime | None


@router.post("/studies", status_code=201, dependencies=[EDIT])
def post_study(asked: NewStudy, acting: TheActing) -> StudyDetail:
    """Make a study."""
    made = studies.create(acting, asked.code, asked.title, asked.starts_on, asked.ends_on)
    return StudyDetail.model_validate(made)


@router.get("/studies/{code}", dependencies=[READ])
def get_study(code: Code, acting: TheActing) -> StudyDetail:
    """One study."""
    return StudyDetail.model_validate(_study(acting, code))


@router.patch("/studies/{code}", dependencies=[EDIT])
def patch_study(code: Code, asked: StudyChange, acting: TheActing) -> StudyDetail:
    """Change fields of a study."""
    values: dict[str, Any] = asked.model_dump(exclude_unset=True, exclude={"reason"})
    changed = studies.change(acting, _study(acting, code), values, asked.reason)
    return StudyDetail.model_validate(changed)


@router.get("/studies/{code}/sites", dependencies=[READ])
def get_sites(code: Code, acting: TheActing) -> list[GroupAnswer]:
    """The sites within reach."""
    found = studies.sites(acting, _study(acting, code))
    return [GroupAnswer.model_validate(site) for site in found]


@router.post("/studies/{code}/sites", status_code=201, dependencies=[EDIT])
def post_site(code: Code, asked: NewGroup, acting: TheActing) -> GroupAnswer:
    """Add a site."""
    made = studies.add_site(acting, _study(acting, code), asked.code, asked.title)
    return GroupAnswer.model_validate(made)


@router.get("/studies/{code}/arms", dependencies=[READ])
def get_arms(code: Code, acting: TheActing) -> list[GroupAnswer]:
    """The arms, for those who may know who is in which."""
    found = studies.arms(acting, _study(acting, code))
    return [GroupAnswer.model_validate(arm) for arm in found]


@router.post("/studies/{code}/arms", status_code=201, dependencies=[EDIT])
def post_arm(code: Code, asked: NewGroup, acting: TheActing) -> GroupAnswer:
    """Add an arm."""
    made = studies.add_arm(acting, _study(acting, code), asked.code, asked.title)
    return GroupAnswer.model_validate(made)


@router.get("/studies/{code}/cohorts", dependencies=[READ])
def get_cohorts(code: Code, acting: TheActing) -> list[CohortAnswer]:
    """The cohorts of a study."""
    found = acting.registry.cohorts.all(_study(acting, code))
    return [CohortAnswer.model_validate(cohort) for cohort in found]


@router.post("/studies/{code}/cohorts", status_code=201, dependencies=[EDIT])
def post_cohort(code: Code, asked: NewCohort, acting: TheActing) -> CohortAnswer:
    """Make a cohort."""
    rule = None if asked.rule is None else _rule(asked.rule)
    made = cohorts.create(acting, _study(acting, code), asked.code, asked.title, rule)
    return CohortAnswer.model_validate(made)


@router.get("/studies/{code}/cohorts/{cohort}", dependencies=[READ])
def get_members(code: Code, cohort: Code, acting: TheActing) -> list[MembershipAnswer]:
    """Who was in a cohort when."""
    known = acting.registry.cohorts.named(_study(acting, code), cohort)
    found = cohorts.history(acting, known, datetime.now(UTC))
    return [MembershipAnswer.model_validate(one) for one in found]


@router.put("/studies/{code}/cohorts/{cohort}", status_code=204, dependencies=[EDIT])
def put_members(code: Code, cohort: Code, asked: Assigned, acting: TheActing) -> None:
    """Let exactly these people be in a fixed cohort."""
    study = _study(acting, code)
    people = acting.registry.participants_named(asked.participants, study.code)
    known = acting.registry.cohorts.named(study, cohort)
    cohorts.assign(acting, known, people, asked.reason)


def _rule(said: RuleAsked) -> Rule:
    return Rule(
        tuple(said.sites),
        tuple(said.timezones),
        tuple(said.statuses),
        said.enrolled_from,
        said.enrolled_until,
    )


def _study(acting: Acting, code: str) -> Study:
    return acting.registry.study_named(code)
