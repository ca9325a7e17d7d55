"""Cohorts: fixed ones are put together by hand, others by a rule that is asked again."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from wearhouse.errors import Conflict, Invalid
from wearhouse.registry import Registry
from wearhouse.registry.cohorts import Cohort, Membership
from wearhouse.study import Participant, Pause, Right, Status, Study, status_on
from wearhouse.team import audit
from wearhouse.team.acting import Acting
from wearhouse.window import zone_named


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who belongs to a cohort: everybody for whom all of this holds; what is empty holds for
    everybody. Of arms it knows nothing, so that a cohort unblinds nobody."""

    sites: tuple[str, ...] = ()
    timezones: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    enrolled_from: date | None = None
    enrolled_until: date | None = None

    def holds(self, person: Participant, pauses: Sequence[Pause], day: date) -> bool:
        """Whether the participant belongs to it on a civil day of theirs."""
        enrolled = person.enrolled_on
        return (
            (not self.sites or person.site in self.sites)
            and (not self.timezones or person.timezone in self.timezones)
            and (not self.statuses or status_on(person, pauses, day) in self.statuses)
            and (not self.enrolled_from or bool(enrolled and enrolled >= self.enrolled_from))
            and (not self.enrolled_until or bool(enrolled and enrolled <= self.enrolled_until))
        )


def rule_of(text: str) -> Rule:
    """The rule that a JSON text states; Invalid says what of it makes no sense."""
    try:
        return msgspec.json.decode(text, type=Rule)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Invalid(f"The rule makes no sense: {error}.", "rule") from None


def create(acting: Acting, study: Study, code: str, title: str, rule: Rule | None) -> Cohort:
    """A new cohort: with a rule, of those for whom it holds; without, of nobody yet."""
    acting.needs(Right.EDIT_STUDY)
    text = msgspec.json.encode(rule).decode() if rule else None
    with acting.registry.together():
        made = acting.registry.cohorts.add(study, code, title, text)
        audit.record(acting, "cohort.create", None, study.code, {}, {"rule": text}, subject=code)
    return made


def assign(acting: Acting, cohort: Cohort, people: Sequence[Participant], reason: str = "") -> None:
    """Let exactly these people be in a fixed cohort from now on."""
    acting.needs(Right.EDIT_STUDY)
    if cohort.rule is not None:
        raise Conflict(f"Who is in {cohort.code} is decided by its rule.", "cohort")
    if any(person.study != cohort.study for person in people):
        raise Invalid(f"Only participants of {cohort.study} can be in {cohort.code}.", "cohort")
    registry = acting.registry
    with registry.together():
        entered, left = registry.cohorts.settle(cohort, {person.id for person in people})
        after = {"entered": len(entered), "left": len(left)}
        audit.record(
            acting, "cohort.assign", None, cohort.study, {}, after, reason, subject=cohort.code
        )


def history(acting: Acting, cohort: Cohort, now: datetime) -> list[Membership]:
    """Who was in a cohort when, its rule asked as of now."""
    acting.needs(Right.READ)
    refresh(Registry(acting.registry.engine), cohort, now)
    return acting.registry.cohorts.history(cohort)


def refresh(registry: Registry, cohort: Cohort, now: datetime) -> None:
    """Ask a cohort's rule again, for everybody on their own clock."""
    if cohort.rule is None:
        return
    rule, pauses = rule_of(cohort.rule), registry.pauses.all(cohort.study)
    inside = {
        person.id
        for person in registry.participants(cohort.study)
        if rule.holds(
            person, pauses.get(person.id, ()), now.astimezone(zone_named(person.timezone)).date()
        )
    }
    registry.cohorts.settle(cohort, inside)
