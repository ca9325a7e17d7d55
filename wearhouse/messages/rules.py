"""By which rules a study writes, and with which texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from wearhouse.errors import Invalid, NotFound
from wearhouse.messages.caps import DEFAULT as CAPS
from wearhouse.messages.caps import Cap, read_caps, written
from wearhouse.messages.defaults import TEMPLATES
from wearhouse.messages.quiet import DEFAULT as QUIET
from wearhouse.messages.quiet import QuietHours, read_quiet
from wearhouse.messages.templates import Template, checked, in_language
from wearhouse.registry import Registry
from wearhouse.study import Right, Study, checked_code
from wearhouse.team import audit
from wearhouse.team.acting import Acting


@dataclass(frozen=True, slots=True)
class Rules:
    """How often, when, and in which language people are written to of whom none is known."""

    caps: tuple[Cap, ...] = CAPS
    quiet: QuietHours = QUIET
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Version:
    """A text and its version; 0 is the one that comes with Wearhouse."""

    template: Template
    version: int


def rules_of(registry: Registry, study: Study) -> Rules:
    """The rules of a study."""
    found = registry.messages.rules(study)
    if found is None:
        return Rules()
    return Rules(read_caps(found[0]), read_quiet(found[1]), found[2])


def set_rules(acting: Acting, study: Study, new: Rules) -> Rules:
    """Let a study write by other rules."""
    acting.needs(Right.EDIT_STUDY)
    acting.reaches(study.code, None)
    before = rules_of(acting.registry, study)
    if not new.caps:
        raise Invalid("Without a cap people could be written to all day; set one.", "caps")
    with acting.registry.together():
        acting.registry.messages.set_rules(study, written(new.caps), str(new.quiet), new.language)
        sides = (_told(before), _told(new))
        audit.record(acting, "message.rules", None, study.code, *sides)
    return new


def texts(registry: Registry, study: Study) -> list[Version]:
    """The newest version of every text of a study: its own, then those that come with Wearhouse
    where it has none."""
    own = [
        Version(Template(kept.name, kept.language, kept.subject, kept.body), kept.version)
        for kept in registry.messages.templates(study)
    ]
    there = {(one.template.name, one.template.language) for one in own}
    given = [Version(one, 0) for one in TEMPLATES if (one.name, one.language) not in there]
    return sorted([*own, *given], key=lambda one: (one.template.name, one.template.language))


def texts_named(registry: Registry, study: Study, name: str) -> Sequence[Version]:
    """A text in all its languages; NotFound if there is none of that name."""
    found = [one for one in texts(registry, study) if one.template.name == name]
    if not found:
        raise NotFound(f"Study {study.code} has no template {name!r}.", "template")
    return found


def spoken(versions: Sequence[Version], language: str, rules: Rules) -> Version:
    """The text in a person's language, or in the study's if none is known or written."""
    wanted = language or rules.language
    template = in_language([one.template for one in versions], wanted, rules.language)
    return next(one for one in versions if one.template is template)


def keep_text(acting: Acting, study: Study, template: Template) -> Version:
    """Keep a text as the next version."""
    acting.needs(Right.SEND_MESSAGES)
    acting.reaches(study.code, None)
    checked_code(template.name, "name")
    new = checked(template)
    with acting.registry.together():
        version = acting.registry.messages.keep_template(
            study, new.name, new.language, new.subject, new.body
        )
        subject = f"{new.name} ({new.language}), version {version}"
        audit.record(acting, "message.template", study=study.code, subject=subject)
    return Version(new, version)


def _told(rules: Rules) -> dict[str, str]:
    return {
        "caps": written(rules.caps),
        "quiet": str(rules.quiet),
        "language": rules.language,
    }
