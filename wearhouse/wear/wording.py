"""A definition in the words of a paper's methods section."""

from wearhouse.wear.definition import DAY_MINUTES, Definition

EVIDENCE = {
    "heart_rate": "at least one heart-rate sample",
    "heart_rate_or_steps": "at least one heart-rate sample, or a step count (zero included) from a "
    "device that reports steps only while worn",
}


def methods(definition: Definition) -> str:
    """The definition as sentences for a methods section, with its source, version and digest."""
    of = definition
    slot = "minute" if of.slot_minutes == 1 else f"{of.slot_minutes}-minute slot"
    sentences = [] if of.of_steps else [f"A {slot} was worn if it held {EVIDENCE[of.evidence]}."]
    sentences += [
        f"A day was valid with {_rule(of)}{_within(of)} ({of.source}).",
        f"A night was valid with at least {of.night_least} minutes of sleep in a main sleep that "
        f"ended between {_clock(of.night_split)} of the day before and {_clock(of.night_split)}.",
        f"A week was valid with at least {of.week_least} valid days{_weekend(of)}.",
        "Days were the participants' own civil days. A day was closed once the device had synced "
        f"after its end, and counted as lost after {of.pending_days} days without a sync; "
        "adherence is the number of valid days divided by the number of closed days expected.",
        f"(Wearhouse definition {of.name}, version {of.version}, SHA-256 {of.digest[:12]}.)",
    ]
    return " ".join(sentences)


def _rule(of: Definition) -> str:
    match of.rule:
        case "minutes":
            return f"at least {of.least:,} worn minutes"
        case "hours":
            return f"at least {of.least} hours of which {of.hour_ratio:.0%} or more were worn"
        case "steps":
            return f"at least {of.least:,} steps" if of.least > 1 else "at least one step"
        case "step_hours":
            return f"a step in at least {of.least} different hours"
        case "step_windows":
            blocks = DAY_MINUTES // 60 // of.block_hours
            return f"steps in at least {of.least} of {blocks} windows of {of.block_hours} hours"


def _within(of: Definition) -> str:
    if of.whole_day:
        return ""
    return f" between {_clock(of.window[0])} and {_clock(of.window[1])}"


def _weekend(of: Definition) -> str:
    if not of.weekend_least:
        return ""
    return f", at least {of.weekend_least} of them on a weekend"


def _clock(minute: int) -> str:
    return "midnight" if minute in (0, DAY_MINUTES) else f"{minute // 60:02}:{minute % 60:02}"
