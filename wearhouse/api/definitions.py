"""Definitions of wear: to choose from, and chosen."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from wearhouse.api.deps import TheActing, TheRegistry, needs
from wearhouse.api.refusals import RESPONSES
from wearhouse.enrolling import judging
from wearhouse.registry.definitions import Choice
from wearhouse.study import Right
from wearhouse.wear.definition import Definition, made
from wearhouse.wear.presets import PRESETS
from wearhouse.wear.wording import methods

router = APIRouter(tags=["wear"], responses=RESPONSES)


class DefinitionAnswer(BaseModel):
    """A definition of wear, its digest, and its words for a methods section."""

    name: str
    title: str
    source: str
    version: int
    rule: str
    least: int
    evidence: str
    slot_minutes: int
    window: tuple[int, int]
    hour_ratio: float
    block_hours: int
    night_least: int
    night_split: int
    week_least: int
    weekend_least: int
    pending_days: int
    adherence_bands: tuple[int, int, int]
    sync_bands_h: tuple[int, int, int, int]
    sha256: str
    methods: str


class ChoiceAnswer(BaseModel):
    """A definition that a study was judged by from an instant on."""

    name: str
    version: int
    sha256: str
    reason: str
    chosen_by: str
    chosen_at: datetime


class DefinitionsAnswer(BaseModel):
    """Definitions to choose from; of a study also which is in force, and every choice so far."""

    definitions: list[DefinitionAnswer]
    in_force: DefinitionAnswer | None = None
    choices: list[ChoiceAnswer] = []


class NewChoice(BaseModel):
    """A definition for a study: the name of one that is known, or the fields of a new one."""

    study: Annotated[str, Field(max_length=64)]
    definition: Annotated[str, Field(max_length=64)] | dict[str, Any]
    reason: Annotated[str, Field(max_length=2_000)] = ""


def described(definition: Definition) -> dict[str, Any]:
    """A definition as it is told."""
    return asdict(definition) | {"sha256": definition.digest, "methods": methods(definition)}


@router.get("/definitions", dependencies=[needs(Right.READ)])
def get_definitions(
    registry: TheRegistry, study: Annotated[str | None, Query(description="A study's code.")] = None
) -> DefinitionsAnswer:
    """Definitions of wear: presets with their sources and, of a study, its own."""
    if study is None:
        presets = [_answer(one) for one in PRESETS]
        return DefinitionsAnswer(definitions=presets)
    of = registry.study_named(study)
    return DefinitionsAnswer(
        definitions=[_answer(one) for one in judging.known(registry, of)],
        in_force=_answer(judging.in_force(registry, of)),
        choices=[_choice(choice) for choice in registry.definitions.of(of)],
    )


@router.post("/definitions", dependencies=[needs(Right.EDIT_STUDY)])
def choose_definition(new: NewChoice, acting: TheActing) -> ChoiceAnswer:
    """Judge a study by a definition from now on; every choice but the first needs a reason."""
    study = acting.registry.study_named(new.study)
    if isinstance(new.definition, str):
        definition = judging.named(acting.registry, study, new.definition)
    else:
        definition = made(new.definition)
    return _choice(judging.choose(acting, study, definition, new.reason))


def _answer(definition: Definition) -> DefinitionAnswer:
    return DefinitionAnswer(**described(definition))


def _choice(choice: Choice) -> ChoiceAnswer:
    of = choice.definition
    return ChoiceAnswer(
        name=of.name,
        version=of.version,
        sha256=choice.digest,
        reason=choice.reason,
        chosen_by=choice.chosen_by,
        chosen_at=choice.chosen_at,
    )
