"""By which definition of wear a study is judged: choosing one, and finding it again."""

from wearhouse.errors import Conflict, Invalid, NotFound
from wearhouse.registry import Registry
from wearhouse.registry.definitions import Choice
from wearhouse.study import Right, Study
from wearhouse.team import audit
from wearhouse.team.acting import Acting
from wearhouse.wear.definition import Definition
from wearhouse.wear.presets import DEFAULT, PRESETS


def in_force(registry: Registry, study: Study) -> Definition:
    """The definition that a study is judged by: the one chosen last, or the default."""
    choices = registry.definitions.of(study)
    return choices[-1].definition if choices else DEFAULT


def known(registry: Registry, study: Study) -> list[Definition]:
    """What a study can be looked at by: what it ever chose, the newest first, then the presets."""
    chosen = [choice.definition for choice in reversed(registry.definitions.of(study))]
    return list(dict.fromkeys([*chosen, *PRESETS]))


def named(registry: Registry, study: Study, name: str | None) -> Definition:
    """The study's newest definition of a name, or the preset of that name; without a name the
    one in force. A name with a version, as `ten-hours@2`, is that version of it."""
    if not name:
        return in_force(registry, study)
    plain, _, version = name.partition("@")
    every = known(registry, study)
    for definition in every:
        if definition.name == plain and version in ("", str(definition.version)):
            return definition
    names = ", ".join(dict.fromkeys(definition.name for definition in every))
    raise NotFound(f"No definition is called {name!r}. Known: {names}.", "definition")


def choose(acting: Acting, study: Study, definition: Definition, reason: str = "") -> Choice:
    """Judge a study by a definition from now on. What was chosen before stays, so that results
    can be made again; another rule under a name that was used needs a new version, and every
    choice but the first a reason."""
    acting.needs(Right.EDIT_STUDY)
    acting.reaches(study.code, None)
    before = acting.registry.definitions.of(study)
    if before and not reason.strip():
        raise Invalid("Say why the study is judged by another definition.", "reason")
    place = (definition.name, definition.version)
    for other in (*(choice.definition for choice in before), *PRESETS):
        if (other.name, other.version) == place and other != definition:
            said = f"{definition.name} has a version {definition.version} that says something else"
            raise Conflict(f"{said}; give yours another version or name.", "version")
    if before and before[-1].definition == definition:
        raise Conflict(f"{study.code} is judged by {definition.name} already.", "definition")
    with acting.registry.together():
        choice = acting.registry.definitions.choose(study, definition, reason, acting.actor.name)
        old = _words(before[-1].definition) if before else {}
        audit.record(acting, "definition.choose", None, study.code, old, _words(definition), reason)
    return choice


def _words(definition: Definition) -> dict[str, str | int]:
    return {
        "definition": definition.name, "version": definition.version, "sha256": definition.digest,
    }  # fmt: skip
