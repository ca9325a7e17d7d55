"""What an installation runs on, and whether it is well."""

from dataclasses import asdict

from wearhouse.care.doctor import examine, is_well
from wearhouse.cli import app
from wearhouse.cli.console import show
from wearhouse.cli.opening import opened
from wearhouse.cli.people import Json
from wearhouse.errors import Conflict


@app.command()
def doctor(as_json: Json = False) -> None:
    """What this installation runs on, whether it is well, and what to do if it is not."""
    with opened() as wearhouse:
        found = list(examine(wearhouse.settings, wearhouse.store, wearhouse.registry))
    show([asdict(one) for one in found], as_json, ("what", "found", "state", "do"))
    if not is_well(found):
        failed = ", ".join(one.what for one in found if one.state == "failed")
        raise Conflict(f"Not well: {failed}.")
