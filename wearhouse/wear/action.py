"""The next action for each participant: one, the most pressing, with a sentence that says why."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

from wearhouse.errors import Invalid
from wearhouse.study import State


class Action(StrEnum):
    """What to do, the most pressing first."""

    INVITE = "invite"
    RECONNECT = "reconnect"
    COMPLETE_CONSENT = "complete_consent"
    SYNC = "sync"
    CHARGE = "charge"
    WEAR = "wear"
    WEAR_AT_NIGHT = "wear_at_night"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When somebody is to be contacted; every study may set its own."""

    upload_hours: float = 48
    adherence_percent: float = 70
    nights_percent: float = 50
    battery_percent: float = 20
    least_closed_days: int = 3
    """Of fewer closed days no adherence is judged."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a participant now. `taking_part` is false before, between and after;
    `grants` are the states of their grants; nights and days are those of the last 28."""

    taking_part: bool
    grants: Sequence[State] = ()
    missing_scopes: Sequence[str] = ()
    synced_at: datetime | None = None
    battery_percent: float | None = None
    battery_level: str | None = None
    closed_days: int = 0
    adherence: float | None = None
    nights_due: int = 0
    nights_uploaded: int = 0


@dataclass(frozen=True, slots=True)
class Next:
    """The next action and why, in one sentence."""

    action: Action
    sentence: str


LOW_BATTERY = frozenset({"low", "empty"})
NEVER = frozenset({State.NONE, State.INVITED})
ENDED = frozenset({State.EXPIRED, State.REVOKED})


def thresholds(text: str) -> Thresholds:
    """The thresholds that a study's JSON sets, the others as they are by default; Invalid if one
    is no number of 0 or more. Fields that are not of this table are passed over."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        raise Invalid("The thresholds of the study are not JSON.", "thresholds") from None
    if not isinstance(found, dict):
        raise Invalid("The thresholds of the study are not a JSON object.", "thresholds")
    set_ = {f.name: found[f.name] for f in fields(Thresholds) if f.name in found}
    for name, value in set_.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise Invalid(f"The threshold {name} is {value!r}; write a number of 0 or more.", name)
    return Thresholds(**set_)


def next_action(standing: Standing, limits: Thresholds, now: datetime) -> Next:
    """What to do next about a participant."""
    if not standing.taking_part:
        return Next(Action.NOTHING, "Nothing is expected just now.")
    return (
        _of_grants(standing)
        or _of_uploads(standing, limits, now)
        or _of_battery(standing, limits)
        or _of_wear(standing, limits)
        or Next(Action.NOTHING, "All is well.")
    )


def _of_grants(standing: Standing) -> Next | None:
    states = set(standing.grants)
    if not states & {State.ACTIVE, State.PARTIAL}:
        if states & ENDED:
            ended = "was revoked" if State.REVOKED in states else "has expired"
            return Next(Action.RECONNECT, f"The grant {ended}: send a new invitation.")
        if states <= NEVER and (states or standing.synced_at is None):
            asked = "was invited and has not consented" if State.INVITED in states else "has no"
            what = "yet: remind them." if State.INVITED in states else "grant yet: invite them."
            return Next(Action.INVITE, f"The participant {asked} {what}")
    elif State.ACTIVE not in states:
        missing = ", ".join(standing.missing_scopes)
        said = f" ({missing})" if missing else ""
        sentence = f"Not everything was granted{said}: ask for the rest."
        return Next(Action.COMPLETE_CONSENT, sentence)
    return None


def _of_uploads(standing: Standing, limits: Thresholds, now: datetime) -> Next | None:
    if standing.synced_at is None:
        return Next(Action.SYNC, "Nothing has been uploaded yet: ask for a first sync.")
    silent = now - standing.synced_at
    if silent < timedelta(hours=limits.upload_hours):
        return None
    return Next(Action.SYNC, f"Nothing uploaded for {_long(silent)}: ask for a sync.")


def _of_battery(standing: Standing, limits: Thresholds) -> Next | None:
    level, percent = standing.battery_level, standing.battery_percent
    if percent is not None and percent <= limits.battery_percent:
        return Next(Action.CHARGE, f"The battery is at {percent:.0f} %: ask them to charge it.")
    if percent is None and level in LOW_BATTERY:
        return Next(Action.CHARGE, f"The battery is {level}: ask them to charge it.")
    return None


def _of_wear(standing: Standing, limits: Thresholds) -> Next | None:
    if standing.adherence is not None and standing.closed_days >= limits.least_closed_days:
        percent = standing.adherence * 100
        if percent < limits.adherence_percent:
            days = f"{standing.closed_days} closed days"
            sentence = f"{percent:.0f} % of the last {days} are valid: ask about wearing it."
            return Next(Action.WEAR, sentence)
    if standing.nights_due >= max(limits.least_closed_days, 1):
        percent = standing.nights_uploaded / standing.nights_due * 100
        if percent < limits.nights_percent:
            told = f"Sleep came for {standing.nights_uploaded} of {standing.nights_due} nights"
            return Next(Action.WEAR_AT_NIGHT, f"{told}: ask about wearing it at night.")
    return None


def _long(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    return f"{hours} hours" if hours < 72 else f"{hours // 24} days"
