"""What a study is made of: aims, sites, arms, cohorts."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from wearhouse.cli import app
from wearhouse.cli.console import say, show
from wearhouse.cli.opening import acting
from wearhouse.cli.people import Json, StudyCode
from wearhouse.cli.people import study as study_commands
from wearhouse.enrolling import cohorts, studies

site = typer.Typer(help="Sites of a study.", no_args_is_help=True)
arm = typer.Typer(help="Arms of a study.", no_args_is_help=True)
cohort = typer.Typer(help="Groups of participants for analysis.", no_args_is_help=True)
app.add_typer(site, name="site")
app.add_typer(arm, name="arm")
app.add_typer(cohort, name="cohort")

Title = Annotated[str, typer.Option(help="What people call it.")]


@study_commands.command("change")
def change_study(
    code: str,
    title: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    target: Annotated[int | None, typer.Option(min=0, help="How many are to take part.")] = None,
    blinded: Annotated[
        bool | None, typer.Option("--blinded/--open", help="Whether arms are hidden.")
    ] = None,
    thresholds: Annotated[str | None, typer.Option(help="Of next actions, as JSON.")] = None,
    automation: Annotated[
        bool | None, typer.Option("--automation/--by-hand", help="Whether messages go by rule.")
    ] = None,
    raw_months: Annotated[
        int | None,
        typer.Option(min=0, help="Whole months that samples stay in the store; 0: for ever."),
    ] = None,
    raw_then: Annotated[
        str | None, typer.Option(help="What becomes of older ones: archive, or remove for good.")
    ] = None,
    reason: Annotated[str, typer.Option(help="For the audit trail.")] = "",
    as_json: Json = False,
) -> None:
    """Change fields of a study."""
    given = {
        "title": title, "target": target, "blinded": blinded, "thresholds": thresholds,
        "automation": automation, "raw_months": raw_months, "raw_then": raw_then,
    }  # fmt: skip
    values: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if raw_months == 0:
        values["raw_months"] = None
    with acting() as at_work:
        changed = studies.change(at_work, at_work.registry.study_named(code), values, reason)
    show([asdict(changed)], as_json)


@site.command("list")
def list_sites(study: StudyCode = None, as_json: Json = False) -> None:
    """The sites of a study."""
    with acting() as at_work:
        found = studies.sites(at_work, at_work.registry.only_study(study))
    show([asdict(one) for one in found], as_json, ("code", "title"))


@site.command("add")
def add_site(code: str, study: StudyCode = None, title: Title = "") -> None:
    """Add a site to a study."""
    with acting() as at_work:
        made = studies.add_site(at_work, at_work.registry.only_study(study), code, title)
    say(f"{made.study} has the site {made.code}.")


@arm.command("list")
def list_arms(study: StudyCode = None, as_json: Json = False) -> None:
    """The arms of a study, for those who may know who is in which."""
    with acting() as at_work:
        found = studies.arms(at_work, at_work.registry.only_study(study))
    show([asdict(one) for one in found], as_json, ("code", "title"))


@arm.command("add")
def add_arm(code: str, study: StudyCode = None, title: Title = "") -> None:
    """Add an arm to a study."""
    with acting() as at_work:
        made = studies.add_arm(at_work, at_work.registry.only_study(study), code, title)
    say(f"{made.study} has the arm {made.code}.")


@cohort.command("list")
def list_cohorts(study: StudyCode = None, as_json: Json = False) -> None:
    """The cohorts of a study."""
    with acting() as at_work:
        found = at_work.registry.cohorts.all(at_work.registry.only_study(study))
    show([asdict(one) for one in found], as_json, ("code", "title", "rule"))


@cohort.command("add")
def add_cohort(
    code: str,
    study: StudyCode = None,
    title: Title = "",
    rule: Annotated[
        str | None, typer.Option(help='Who belongs to it, as JSON: {"sites": ["NORTH"]}.')
    ] = None,
    member: Annotated[
        list[str] | None, typer.Option(help="A participant's code; may be given often.")
    ] = None,
) -> None:
    """Make a cohort: by a rule, or of the participants that are named."""
    with acting() as at_work:
        within = at_work.registry.only_study(study)
        people = at_work.registry.participants_named(member or [], within.code)
        asked = cohorts.rule_of(rule) if rule else None
        with at_work.registry.together():
            made = cohorts.create(at_work, within, code, title, asked)
            if people:
                cohorts.assign(at_work, made, people)
    say(f"{within.code} has the cohort {code}.")


@cohort.command("show")
def show_cohort(code: str, study: StudyCode = None, as_json: Json = False) -> None:
    """Who was in a cohort when."""
    with acting() as at_work:
        within = at_work.registry.only_study(study)
        known = at_work.registry.cohorts.named(within, code)
        found = cohorts.history(at_work, known, datetime.now(UTC))
    show([asdict(one) for one in found], as_json, ("participant", "entered_at", "left_at"))
