"""Imputation: fill a study's gaps, look at what was done, take it back."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from wearhouse.cli import app
from wearhouse.cli.console import lines, progress, say, show
from wearhouse.cli.opening import acting, actor, opened, registry
from wearhouse.cli.people import Json, StudyCode
from wearhouse.errors import NotFound
from wearhouse.imputing.request import DRAWS, ROUNDS, Request
from wearhouse.registry import Registry
from wearhouse.team.acting import Acting


class Runs(TyperGroup):
    """`impute` alone is `impute run`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments, with `run` before options that stand alone."""
        alone = not args or (args[0].startswith("-") and args[0] != "--help")
        rest: list[str] = super().parse_args(ctx, ["run", *args] if alone else args)
        return rest


impute = typer.Typer(help="Fill gaps.", cls=Runs)
app.add_typer(impute, name="impute")

LISTED = (
    "id", "study", "metric", "method", "state", "draws", "seed", "people", "minutes",
    "started_at", "started_by",
)  # fmt: skip
SHOWN = (
    "statistic", "column", "people", "minutes", "imputed_share", "refused_share", "value", "low",
    "high", "fmi", "flagged", "not_validated",
)  # fmt: skip
BETWEEN = ("arm", "other", "statistic", "hours", "difference", "tips_at")
CHECKED = (
    "pattern", "kind", "method", "gaps", "minutes", "mae", "rmse", "bias", "coverage", "width",
    "mean_coverage", "spread",
)  # fmt: skip
CHECKS = {
    "validation": CHECKED,
    "strata": ("stratum", *CHECKED),
    "by_participant": ("participant", *CHECKED),
}
Number = Annotated[int | None, typer.Argument(metavar="RUN", help="Its number; the newest.")]


@impute.command("run")
def run_(
    study: StudyCode = None,
    metric: Annotated[
        list[str] | None, typer.Option(help="heart_rate without; may be given often.")
    ] = None,
    participant: Annotated[
        list[str] | None, typer.Option(help="A code; may be given often; everybody without.")
    ] = None,
    start: Annotated[str | None, typer.Option(help="The first civil day.")] = None,
    end: Annotated[str | None, typer.Option(help="The last civil day.")] = None,
    draws: Annotated[int, typer.Option(help="How many are kept of each minute.")] = DRAWS,
    seed: Annotated[int, typer.Option(help="The same seed gives the same draws.")] = 0,
    rounds: Annotated[int, typer.Option(help="How often stretches are hidden to check.")] = ROUNDS,
    learn: Annotated[
        bool, typer.Option("--learn", help="Learn the model anew from this study.")
    ] = False,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0: one a processor.")] = 0,
    as_json: Json = False,
) -> None:
    """Fill a study's gaps. A run that was cut short goes on where it was."""
    from wearhouse.imputing import running, telling

    rows = []
    with opened() as wearhouse:
        at_work = Acting(actor(), wearhouse.registry, wearhouse.secrets)
        known = wearhouse.registry
        within = known.only_study(study)
        people = tuple(known.participants_named(participant, within.code)) if participant else ()
        for name in dict.fromkeys(metric or ["heart_rate"]):
            request = Request(within, name, people, start, end, draws, seed, rounds, learn)
            run = running.begin(at_work, request)
            if run.resumed:
                say(f"Run {run.record.id} goes on: {run.record.finished} of {run.record.people}.")
            with progress(f"Imputing {name}", len(run.people)) as done:
                ended = running.carry_on(wearhouse.store, known, run, workers, done)
            rows.append(telling.described(ended))
    show(rows, as_json, LISTED)


@impute.command("list")
def list_runs(study: StudyCode = None, as_json: Json = False) -> None:
    """Every run, the newest first."""
    from wearhouse.imputing import telling

    with registry() as known:
        rows = [telling.described(run) for run in known.imputations.all(study)]
    show(rows, as_json, LISTED)


@impute.command("report")
def report_(run: Number = None, study: StudyCode = None, as_json: Json = False) -> None:
    """What a run did: verdicts, checks, minutes by reason, statistics with and without."""
    from wearhouse.imputing import telling

    with registry() as known:
        told = telling.report(known, _number(known, run, study))
    if as_json:
        show([told], as_json)
        return
    head = told["run"]
    say(f"Run {head['id']}: {head['metric']} of {head['study']}, {head['method']}, {head['state']}")
    lines((reason, count) for reason, count in told["counts"].items() if count)
    if told["verdicts"]:
        show(told["verdicts"], as_json, ("kind", "state", "gaps", "reason"))
        for name, columns in CHECKS.items():
            decisive = [row for row in told[name] if row["scenario"] == "as_if_worn"]
            if name == "by_participant":
                decisive = [row for row in decisive if row["kind"] == "all"]
            if decisive:
                show([_checked(row) for row in decisive], as_json, columns)
    else:
        say(f"Not validated: how well gaps of {head['metric']} are filled was not checked here.")
    show(told["statistics"], as_json, SHOWN)
    show(told["tipping"], as_json, ("statistic", "hours", "observed", "tips_at"))
    if told["between_arms"]:
        show(told["between_arms"], as_json, BETWEEN)


@impute.command("compare")
def compare_(one: int, other: int, as_json: Json = False) -> None:
    """Two runs side by side."""
    from wearhouse.imputing import telling

    with registry() as known:
        told = telling.compare(known, one, other)
    if as_json:
        show([told], as_json)
        return
    say(f"{told['same_data']} of {told['participants']} participants from the same data.")
    say(f"Differing: {', '.join(told['differing']) or 'nothing'}.")
    rows = [
        {
            "statistic": row["statistic"], "column": row["column"], "one": row["one"]["value"],
            "other": row["other"]["value"], "difference": row["difference"],
        }
        for row in told["statistics"]
    ]  # fmt: skip
    show(rows, as_json, ("statistic", "column", "one", "other", "difference"))


@impute.command("withdraw")
def withdraw_(
    run: Annotated[int, typer.Argument(metavar="RUN", help="Its number.")],
    reason: Annotated[str, typer.Option(help="Why, for the audit trail.")] = "",
    as_json: Json = False,
) -> None:
    """Take a run's values out of the layer; its record stays. What an earlier run had there stands
    again."""
    from wearhouse.imputing import taking, telling

    with opened() as wearhouse:
        at_work = Acting(actor(), wearhouse.registry, wearhouse.secrets)
        done = taking.withdraw(at_work, wearhouse.store, run, reason)
    if as_json:
        show([telling.described(done)], as_json)
    else:
        say(f"Run {run} is withdrawn. {done.detail or 'No earlier run has values there.'}")


@impute.command("classes")
def classes_(
    study: StudyCode = None,
    allowed: Annotated[
        list[int] | None, typer.Option("--fill", help="Minutes of a class; may be given often.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All classes that validate.")] = False,
    as_json: Json = False,
) -> None:
    """Show which lengths of gaps a study lets be filled, or set it."""
    from wearhouse.imputing import taking
    from wearhouse.imputing.request import CLASSES

    with acting() as someone:
        of = someone.registry.only_study(study)
        if allowed or every:
            taking.set_classes(someone, of, None if every else allowed)
        now = someone.registry.imputations.classes(of)
    rows = [
        {"study": of.code, "minutes": length, "filled": now is None or length in now}
        for length in CLASSES
    ]
    show(rows, as_json, ("study", "minutes", "filled"))


def _number(known: Registry, run: int | None, study: str | None) -> int:
    if run is not None:
        return run
    found = known.imputations.all(study, limit=1)
    if not found:
        raise NotFound("Nothing was imputed yet; `wearhouse impute run` does it.", "run")
    return found[0].id


def _checked(row: dict[str, Any]) -> dict[str, Any]:
    """A check with the figures that have intervals told without them; `--json` has both."""
    return {
        name: value["value"] if isinstance(value, dict) and "value" in value else value
        for name, value in row.items()
    }
