"""Seen to: somebody of the team says that a next action was taken, and until when it need not be
shown again. What they say stands in the audit trail, and nowhere else."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wearhouse.errors import Invalid
from wearhouse.registry import Registry
from wearhouse.study import Participant, Right
from wearhouse.team import audit
from wearhouse.team.acting import Acting
from wearhouse.wear.action import Action
from wearhouse.window import zone_named

LONGEST = timedelta(days=60)
MOST = 20_000
KIND, DONE, UNDONE = "handled", "handled.until", "handled.undone"


@dataclass(frozen=True, slots=True)
class Handled:
    """An action that was seen to. It stays out of the way until that civil day of the
    participant's, or until another action is due."""

    action: Action
    until_on: date
    note: str
    by: str
    at: datetime

    def covers(self, action: Action, today: date) -> bool:
        return self.action == action and today < self.until_on


def handle(
    acting: Acting, who: Participant, action: Action, until_on: date, note: str, now: datetime
) -> Handled:
    """Note that an action was seen to; what was noted of the participant before ends."""
    acting.needs(Right.EDIT_PEOPLE)
    today = now.astimezone(zone_named(who.timezone)).date()
    if action == Action.NOTHING:
        raise Invalid("There is nothing to be done, so nothing can be seen to.", "action")
    if not today < until_on <= today + LONGEST:
        most = f"from tomorrow to {today + LONGEST}"
        raise Invalid(f"until_on is {until_on}; name a day {most}.", "until_on")
    after = audit.plain({"action": action.value, "until_on": until_on})
    audit.record(acting, DONE, who, None, {}, after, note)
    return Handled(action, until_on, note, acting.actor.name, now)


def undo(acting: Acting, who: Participant) -> None:
    """Take back that something was seen to."""
    acting.needs(Right.EDIT_PEOPLE)
    audit.record(acting, UNDONE, who)


def handled(registry: Registry, study: str) -> dict[str, Handled]:
    """What was seen to last of each participant of a study within reach, by code."""
    found: dict[str, Handled] = {}
    undone: set[str] = set()
    for entry in registry.audit.found(MOST, act=KIND, study=study):
        code = entry["participant"]
        if code in found or code in undone:
            continue
        if entry["act"] == UNDONE:
            undone.add(code)
            continue
        after = entry["after"]
        found[code] = Handled(
            Action(after["action"]),
            date.fromisoformat(after["until_on"]),
            entry["reason"],
            entry["actor"],
            datetime.fromisoformat(entry["at"]),
        )
    return found
