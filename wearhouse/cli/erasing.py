"""Erasing a participant, for good."""

from dataclasses import asdict
from typing import Annotated

import typer

from wearhouse.cli import app
from wearhouse.cli.console import lines, say, show
from wearhouse.cli.opening import actor, opened
from wearhouse.cli.people import Json, StudyCode
from wearhouse.leaving.erasing import erase
from wearhouse.team.acting import Acting


@app.command("erase")
def erase_(
    participant: Annotated[str, typer.Option(help="Their code.")],
    reason: Annotated[str, typer.Option(help="Why, for the audit trail.")],
    study: StudyCode = None,
    as_json: Json = False,
) -> None:
    """Remove everything of a participant from store, payloads and registry, for good."""
    with opened() as wearhouse:
        at_work = Acting(actor(), wearhouse.registry.seen_by(actor()), wearhouse.secrets)
        intake = wearhouse.intake
        person = at_work.registry.participant_named(participant, study)
        done = erase(
            at_work, wearhouse.store, intake.payloads, intake.consents, person, reason
        )  # fmt: skip
    if as_json:
        show([asdict(done)], as_json)
        return
    say(f"{participant} of {done.study} is erased.")
    lines(
        {
            "rows of the store": done.rows,
            "payloads": done.payloads,
            **{f"registry: {table}": many for table, many in done.registry.items()},
            "given back": ", ".join(done.revoked),
        }.items()
    )
    for note in done.notes:
        say(note)
    for export in done.exports:
        say(f"An export that holds their data: {export}.")
