"""Studies, keys, metrics."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from wearhouse.cli import app
from wearhouse.cli.console import say, show
from wearhouse.cli.opening import acting, registry
from wearhouse.enrolling import studies
from wearhouse.metrics import METRICS
from wearhouse.study import role_named
from wearhouse.team import access

Json = Annotated[bool, typer.Option("--json", help="Print an array of objects.")]
StudyCode = Annotated[str | None, typer.Option(help="A study's code.")]
Day = typer.Option(formats=["%Y-%m-%d"])
Places = Annotated[
    list[str] | None,
    typer.Option("--place", help="A study, S1, or a site, S1/NORTH; may be given often."),
]

study = typer.Typer(help="Studies.", no_args_is_help=True)
participant = typer.Typer(help="Participants.", no_args_is_help=True)
key = typer.Typer(help="Keys for programs.", no_args_is_help=True)
app.add_typer(study, name="study")
app.add_typer(participant, name="participant")
app.add_typer(key, name="key")


@study.command("list")
def list_studies(as_json: Json = False) -> None:
    """Every study."""
    with registry() as known:
        rows = [asdict(found) for found in known.studies()]
    show(rows, as_json, ("code", "title", "starts_on", "ends_on"))


@study.command("create")
def create_study(
    code: str,
    title: Annotated[str, typer.Option(help="What people call it.")] = "",
    starts_on: Annotated[datetime | None, Day] = None,
    ends_on: Annotated[datetime | None, Day] = None,
    as_json: Json = False,
) -> None:
    """Make a study."""
    with acting() as at_work:
        made = studies.create(
            at_work,
            code,
            title,
            starts_on.date() if starts_on else None,
            ends_on.date() if ends_on else None,
        )
    if as_json:
        show([asdict(made)], as_json)
    else:
        say(f"Study {made.code} is there.")


@key.command("create")
def create_key(
    role: Annotated[str, typer.Option(help="What the key may do.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "key",
    place: Places = None,
    as_json: Json = False,
) -> None:
    """Make a key for a program. It is shown once; only its digest is kept."""
    may = role_named(role)
    with acting() as at_work:
        places = access.placed(at_work, place or [])
        secret = access.create_key(at_work, name, may, places)
    show_one({"key": secret, "role": may.value, "name": name}, secret, as_json)


def show_one(row: dict[str, str], text: str, as_json: bool) -> None:
    """One object as JSON, or its one word that matters."""
    import orjson

    from wearhouse.cli.console import out

    out((orjson.dumps(row) if as_json else text.encode()) + b"\n")


@app.command()
def metrics(as_json: Json = False) -> None:
    """The metric catalogue."""
    rows = [asdict(metric) for metric in METRICS.values()]
    show(rows, as_json, ("name", "title", "unit", "kind", "resolution_s", "low", "high", "fold"))
