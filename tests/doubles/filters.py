"""The filters of the Google Health API: which are taken, and which points they let through."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = Any

MEMBERS = {
    "sample": ("sample_time.physical_time", "sample_time.civil_time"),
    "interval": ("interval.start_time", "interval.civil_start_time"),
    "daily": ("date",),
    "session": ("interval.civil_start_time",),
    "sleep": ("interval.end_time", "interval.civil_end_time"),
}
CLAUSE = re.compile(r'([a-z0-9_.-]+) (>=|<|<=|>|=) "([^"]*)"')
CIVIL = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?")
PHYSICAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class Refused(Exception):
    """A filter that the API does not take; its argument is the reason."""


@dataclass(frozen=True)
class Filter:
    """A stretch of one member."""

    member: str = ""
    start: str = ""
    end: str = "9999"

    def lets(self, value: Json) -> bool:
        if not self.member:
            return True
        at = stated(value, self.member)
        return bool(at) and self.start <= at < self.end


def read(text: str | None, root: str, kind: str) -> Filter:
    """The filter of a data type; Refused as the API refuses it."""
    if not text:
        return Filter()
    bounds = {}
    members = set()
    for clause in text.split(" AND "):
        match = CLAUSE.fullmatch(clause)
        if match is None or match[2] not in (">=", "<") or "-" in match[1]:
            raise Refused("INVALID_DATA_POINT_FILTER")
        member = match[1].removeprefix(f"{root}.")
        if not match[1].startswith(f"{root}.") or member not in MEMBERS[kind]:
            raise Refused("INVALID_DATA_POINT_FILTER_DATA_TYPE_MEMBER")
        wanted = PHYSICAL if member.endswith(("physical_time",)) or "civil" not in member else CIVIL
        if member == "date":
            wanted = re.compile(r"\d{4}-\d\d-\d\d")
        if not wanted.fullmatch(match[3]):
            raise Refused("INVALID_DATA_POINT_FILTER_CIVIL_DATE_TIME_FORMAT")
        members.add(member)
        bounds[match[2]] = match[3]
    if len(members) != 1:
        raise Refused("INVALID_DATA_POINT_FILTER")
    return Filter(members.pop(), bounds.get(">=", ""), bounds.get("<", "9999"))


def stated(value: Json, member: str) -> str:
    """What a point states at a member, as texts that sort by time."""
    node = value
    for name in member.split("."):
        first, *rest = name.split("_")
        node = node.get(first + "".join(word.capitalize() for word in rest), {})
    if isinstance(node, str):
        return node
    return moment(node).isoformat() if member != "date" and node else _date(node)


def moment(node: Json) -> datetime:
    """A civil time of the API."""
    clock = node.get("time", {})
    return datetime.fromisoformat(_date(node["date"])).replace(
        hour=clock.get("hours", 0), minute=clock.get("minutes", 0), second=clock.get("seconds", 0)
    )


def _date(node: Json) -> str:
    return f"{node['year']:04}-{node['month']:02}-{node['day']:02}" if node else ""
