"""Curation in PostgreSQL, within one transaction."""

from collections.abc import Sequence

from psycopg.sql import SQL, Identifier

from wearhouse.store.fleets import Clocks, Pending, Taken
from wearhouse.store.postgres.connection import Session
from wearhouse.store.postgres.fleet.correcting import Corrections

JUDGED = Identifier("judged")


def take(
    session: Session, loads: Sequence[Pending], clocks: Clocks
) -> tuple[list[Taken], dict[int, int]]:
    """Curate loads; what became of each, and the hours that they touched."""
    numbers = [one.load for one in loads]
    for when, upto in (("now", numbers[-1]), ("before", numbers[0] - 1)):
        for of in ("devices", "versions"):
            named = Identifier(f"{of}_{when}")
            session.run(f"fleet_{of}_at", table=named, upto=upto)
    asked = {"ahead_s": clocks.ahead_s, "behind_s": clocks.behind_s}
    which = SQL("e.load = ANY ({})").format(numbers)
    session.run("fleet_judge", table=JUDGED, which=which, **asked)
    session.run("fleet_quarantine")
    hours: dict[int, int] = dict(session.rows("fleet_stale_hours"))
    [(first, last)] = session.rows("fleet_months")
    if first is not None:
        session.run("fleet_make_months", first=first, last=last)
        session.run("fleet_take", table=JUDGED)
        session.run("fleet_note_latest")
    for hour, n in Corrections(session, numbers[-1], asked).apply().items():
        hours[hour] = hours.get(hour, 0) + n
    session.run("fleet_note_latest_again")
    for hour, n in session.rows("fleet_hours"):
        hours[hour] = hours.get(hour, 0) + n
    counts = {load: rest for load, *rest in session.rows("fleet_counts")}
    for name in ("judged", "devices_now", "devices_before", "versions_now",
                 "versions_before"):  # fmt: skip
        session.connection.execute(SQL("DROP TABLE {}").format(Identifier(name)))
    taken = [Taken(one, *counts.get(one, (0, 0, 0))) for one in numbers]
    return taken, hours
