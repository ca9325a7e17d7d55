"""The views of the roster: whom each holds, and what narrows it down further. The dashboard shows
the same rows (`web/src/features/roster/views.ts`)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from wearhouse.desk.board import SYNC_BANDS, Row
from wearhouse.study import Status
from wearhouse.wear.action import Action
from wearhouse.wear.reasons import Reason

SOON = timedelta(days=7)
AT_RISK = frozenset(SYNC_BANDS[2:])


class View(StrEnum):
    """What of a roster is looked at."""

    EVERYBODY = "everybody"
    CALL = "call"
    SYNC = "sync"
    RECONNECT = "reconnect"
    NEVER = "never"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which rows of a view are wanted. `q` stands in a code or a time zone, `band` is that of the
    last 28 days' adherence, `members` are codes; what is None or empty leaves everybody."""

    view: View = View.EVERYBODY
    q: str = ""
    site: str | None = None
    arm: str | None = None
    band: str | None = None
    reason: Reason | None = None
    members: Collection[str] | None = None


def chosen(rows: Sequence[Row], wanted: Narrowed, now: datetime) -> list[Row]:
    """The rows that are wanted, in their order."""
    holds, sought = HOLDS[wanted.view], wanted.q.strip().lower()
    return [
        row
        for row in rows
        if holds(row, now)
        and sought in f"{row.fact.who.code} {row.fact.who.timezone}".lower()
        and wanted.site in (None, row.fact.who.site)
        and wanted.arm in (None, row.fact.who.arm)
        and wanted.band in (None, row.fact.spans.get("28d", {}).get("band"))
        and wanted.reason in (None, row.fact.reason)
        and (wanted.members is None or row.fact.who.code in wanted.members)
    ]


def _is_due(row: Row, _now: datetime) -> bool:
    return row.action.action != Action.NOTHING and row.handled is None


def _ends(row: Row, now: datetime) -> bool:
    last = row.fact.last_due
    if last is None or row.fact.status != Status.ACTIVE:
        return False
    left = datetime.combine(last, time(), UTC) + timedelta(days=1) - now
    return timedelta() <= left <= SOON


HOLDS: Mapping[View, Callable[[Row, datetime], bool]] = {
    View.EVERYBODY: lambda _row, _now: True,
    View.CALL: _is_due,
    View.SYNC: lambda row, _now: row.sync_band in AT_RISK,
    View.RECONNECT: lambda row, _now: (
        row.action.action in (Action.RECONNECT, Action.COMPLETE_CONSENT)
    ),
    View.NEVER: lambda row, _now: (
        row.fact.status == Status.ACTIVE and row.fact.standing.synced_at is None
    ),
    View.ENDING: _ends,
}
USUAL_ORDER: Mapping[View, str] = {View.CALL: "action", View.SYNC: "sync", View.ENDING: "day"}
"""The column by which a view is sorted unless one is named."""
