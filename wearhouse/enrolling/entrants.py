"""People about to take part, as they are typed, pasted or listed in a CSV file."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from wearhouse.enrolling.contacts import DETAILS, NOTHING, Contact, checked, contact_of
from wearhouse.errors import BadRows, Invalid
from wearhouse.study import checked_code
from wearhouse.window import zone_named

DATES = ("enrolled_on", "starts_on", "ends_on")
COLUMNS = ("code", "timezone", "site", "arm", *DATES, *DETAILS)
MOST = 10_000
"""Rows that are taken at once."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody about to take part. An empty `timezone` is the usual one."""

    code: str
    timezone: str = ""
    site: str = ""
    arm: str = ""
    enrolled_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    contact: Contact = NOTHING


def listed(text: str) -> list[Entrant]:
    """The people of a pasted list or a CSV file: a code on each line, or a heading with `code`
    and then rows (comma, semicolon or tab between). BadRows names every row that is wrong."""
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if not lines:
        raise Invalid("There is nobody in the list.", "text")
    if len(lines) > MOST:
        raise Invalid(f"The list has {len(lines)} lines; {MOST} are taken at once.", "text")
    between = max(",;\t", key=lines[0].count)
    heading = [name.strip().lower() for name in next(csv.reader([lines[0]], delimiter=between))]
    if "code" not in heading:
        return entrants({"code": line.strip()} for line in lines)
    unknown = [name for name in heading if name not in COLUMNS]
    if unknown or len(set(heading)) < len(heading):
        names = ", ".join(unknown) or "a name twice"
        raise Invalid(f"The heading has {names}; it can have {', '.join(COLUMNS)}.", "text")
    return entrants(_records(heading, "\n".join(lines[1:]), between))


def entrants(rows: Iterable[Mapping[str, str]]) -> list[Entrant]:
    """People from rows of text by column; BadRows names every row that is wrong."""
    found, problems, seen = [], [], set[str]()
    given = list(rows)
    for place, row in enumerate(given, 1):
        try:
            one = _entrant(row)
            if one.code in seen:
                raise Invalid(f"{one.code} is in the list twice.", "code")
        except Invalid as error:
            problems.append((place, str(error)))
            continue
        seen.add(one.code)
        found.append(one)
    if problems:
        raise BadRows(len(given), problems)
    return found


def _records(heading: list[str], text: str, between: str) -> Iterable[Mapping[str, str]]:
    for values in csv.reader(io.StringIO(text), delimiter=between):
        row = dict(zip(heading, values, strict=False))
        if len(values) > len(heading):
            row[""] = "more columns than the heading"
        yield row


def _entrant(row: Mapping[str, str]) -> Entrant:
    said = {name: (value or "").strip() for name, value in row.items()}
    if "" in said:
        raise Invalid(f"It has {said['']}.")
    code, site, arm = (said.get(name, "") for name in ("code", "site", "arm"))
    checked_code(code)
    if said.get("timezone"):
        zone_named(said["timezone"])
    for name, value in (("site", site), ("arm", arm)):
        if value:
            checked_code(value, name)
    days = {name: _day(said.get(name, ""), name) for name in DATES}
    if days["starts_on"] and days["ends_on"] and days["ends_on"] < days["starts_on"]:
        raise Invalid("ends_on is before starts_on.", "ends_on")
    contact = checked(contact_of({name: said.get(name, "") for name in DETAILS}))
    return Entrant(code, said.get("timezone", ""), site, arm, **days, contact=contact)


def _day(text: str, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(f"{name} is {text!r}; write a day as 2026-03-01.", name) from None
