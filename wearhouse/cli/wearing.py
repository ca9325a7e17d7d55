"""Wear: adherence, and the definitions that studies are judged by."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from wearhouse.cli import app
from wearhouse.cli.console import path, say, show
from wearhouse.cli.opening import acting, opened, registry
from wearhouse.cli.people import Day, Json, StudyCode
from wearhouse.desk.adhering import Adherence, Wanted, adherences
from wearhouse.desk.gathering import Sources
from wearhouse.enrolling import judging
from wearhouse.errors import Invalid
from wearhouse.wear.definition import Definition, parsed
from wearhouse.wear.presets import PRESETS
from wearhouse.wear.wording import methods

definition = typer.Typer(help="Definitions of wear.", no_args_is_help=True)
app.add_typer(definition, name="definition")

SHOWN = (
    "study", "participant", "definition", "valid", "closed", "pending", "expected", "adherence",
    "strict", "band", "adherence_28d", "adherence_7d", "nights_valid", "nights_due",
)  # fmt: skip


@app.command("adherence")
def show_adherence(
    study: StudyCode = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--definition", help="By name; may be given often. Else that in force."),
    ] = None,
    start: Annotated[datetime | None, Day] = None,
    end: Annotated[datetime | None, Day] = None,
    all_nights: Annotated[
        bool, typer.Option("--all-nights", help="Nights of the whole span, not of four weeks.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Valid days of the closed ones, with every count, for each participant."""
    first, last = _date(start), _date(end)
    if first and last and last < first:
        raise Invalid(f"end ({last}) is before start ({first}).", "end")
    wanted = Wanted(datetime.now(UTC), study, name or (), first, last, all_nights)
    with opened() as wearhouse:
        sources = Sources(wearhouse.store, wearhouse.registry, wearhouse.intake.families)
        found = adherences(sources, wanted)
    show([row for one in found for row in _rows(one)], as_json, SHOWN)
    for one in found:
        _say_total(one)


@definition.command("list")
def list_definitions(study: StudyCode = None, as_json: Json = False) -> None:
    """Definitions to choose from; of a study, its own first, and which is in force."""
    with registry() as known:
        of = known.study_named(study) if study else None
        every = judging.known(known, of) if of else list(PRESETS)
        now = judging.in_force(known, of) if of else None
    rows = [_described(one) | {"in_force": one == now} for one in every]
    show(rows, as_json, ("name", "version", "title", "source", "in_force"))


@definition.command("choose")
def choose_definition(
    name: Annotated[str, typer.Argument(help="Its name, also NAME@VERSION, or a JSON file.")],
    study: StudyCode = None,
    reason: Annotated[str, typer.Option(help="Why; needed for every choice but the first.")] = "",
    as_json: Json = False,
) -> None:
    """Judge a study by a definition from now on."""
    with acting() as someone:
        of = someone.registry.only_study(study)
        chosen = _read(path(Path(name))) if name.endswith(".json") else None
        one = chosen or judging.named(someone.registry, of, name)
        judging.choose(someone, of, one, reason)
    if as_json:
        show([_described(one)], as_json)
    else:
        say(f"{of.code} is judged by {one.name}, version {one.version} ({one.digest[:12]}).")


def _rows(one: Adherence) -> list[dict[str, Any]]:
    """A row for each participant: the whole span, and the adherence of its end."""
    by_span = {(row["participant"], row["span"]): row for row in one.participants}
    return [
        {"study": one.study, "definition": one.definition.name}
        | {name: value for name, value in row.items() if name != "span"}
        | {
            f"adherence_{span}": by_span[row["participant"], span]["adherence"]
            for span in ("28d", "7d")
        }
        | {"version": one.definition.version, "sha256": one.definition.digest}
        for row in one.participants
        if row["span"] == "whole"
    ]


def _say_total(one: Adherence) -> None:
    [row] = [row for row in one.together if row["span"] == "whole"]
    share = "–" if row["adherence"] is None else f"{row['adherence']:.1%}"
    counts = " · ".join(f"{row[name]:,} {name}" for name in SHOWN[3:7])
    say(f"{one.study}, {one.definition.name}: {share} ({counts})")


def _described(one: Definition) -> dict[str, Any]:
    return asdict(one) | {"sha256": one.digest, "methods": methods(one)}


def _read(file: Path) -> Definition:
    try:
        return parsed(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise Invalid(f"{file} cannot be read.", "name") from None


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
