"""What a study is made of: its dates and aims, its sites and arms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from wearhouse.errors import Invalid
from wearhouse.registry.groups import Group, Groups
from wearhouse.study import Right, Study
from wearhouse.team import audit
from wearhouse.team.acting import Acting
from wearhouse.wear.action import thresholds

FIELDS = (
    "title", "starts_on", "ends_on", "target", "blinded", "thresholds", "automation",
    "raw_months", "raw_then",
)  # fmt: skip
"""What can be changed of a study."""

THEN = ("archive", "remove")
"""What becomes of samples that a study no longer keeps in the store."""

MOST_MONTHS = 1_200


def create(
    acting: Acting,
    code: str,
    title: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Study:
    """A new study."""
    acting.needs(Right.EDIT_STUDY)
    acting.reaches(code, None)
    with acting.registry.together():
        made = acting.registry.create_study(code, title, starts_on, ends_on)
        audit.record(acting, "study.create", study=code)
    return made


def change(acting: Acting, study: Study, values: Mapping[str, Any], reason: str = "") -> Study:
    """A study with other fields; to end the blinding takes a reason."""
    acting.needs(Right.EDIT_STUDY)
    acting.reaches(study.code, None)
    if not values:
        raise Invalid("Say what is to be changed.")
    unknown = values.keys() - set(FIELDS)
    if unknown:
        raise Invalid(f"{min(unknown)} of a study cannot be changed.", min(unknown))
    then = {"starts_on": study.starts_on, "ends_on": study.ends_on, **values}
    if then["starts_on"] and then["ends_on"] and then["ends_on"] < then["starts_on"]:
        raise Invalid("ends_on is before starts_on.", "ends_on")
    if values.get("target") is not None and values["target"] < 0:
        raise Invalid("target is a number of participants.", "target")
    if values.get("raw_months") is not None and not 1 <= values["raw_months"] <= MOST_MONTHS:
        raise Invalid(f"raw_months is a number from 1 to {MOST_MONTHS:,}.", "raw_months")
    if values.get("raw_then", "archive") not in THEN:
        raise Invalid(f"raw_then is one of {', '.join(THEN)}.", "raw_then")
    if "thresholds" in values:
        thresholds(values["thresholds"])
    unblinds = study.blinded and values.get("blinded") is False
    if unblinds:
        acting.needs(Right.READ_ARM)
        if not reason.strip():
            raise Invalid("Say why the blinding ends.", "reason")
    before = {name: getattr(study, name) for name in values}
    with acting.registry.together():
        acting.registry.enrolments.change_study(study, values)
        act = "study.unblind" if unblinds else "study.change"
        sides = audit.plain(before), audit.plain(values)
        audit.record(acting, act, None, study.code, *sides, reason)
    return acting.registry.study_named(study.code)


def add_site(acting: Acting, study: Study, code: str, title: str = "") -> Group:
    """A new site of a study."""
    return _add(acting, study, acting.registry.sites, code, title)


def add_arm(acting: Acting, study: Study, code: str, title: str = "") -> Group:
    """A new arm of a study."""
    acting.needs_arm(study)
    return _add(acting, study, acting.registry.arms, code, title)


def sites(acting: Acting, study: Study) -> list[Group]:
    """The sites of a study that the actor reaches."""
    acting.needs(Right.READ)
    scope = acting.actor.scope
    return [
        site for site in acting.registry.sites.all(study) if scope.covers(study.code, site.code)
    ]


def arms(acting: Acting, study: Study) -> list[Group]:
    """The arms of a study, for those who may know who is in which."""
    acting.needs(Right.READ)
    acting.needs_arm(study)
    return acting.registry.arms.all(study)


def _add(acting: Acting, study: Study, groups: Groups, code: str, title: str) -> Group:
    acting.needs(Right.EDIT_STUDY)
    acting.reaches(study.code, None)
    with acting.registry.together():
        made = groups.add(study, code, title)
        audit.record(acting, f"{groups.word}.add", study=study.code, subject=code)
    return made
