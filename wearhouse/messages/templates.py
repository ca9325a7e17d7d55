"""Texts with places to fill. Only what is listed here can be filled in: no measured value of a
person ever enters a message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

from wearhouse.errors import Invalid

PLACES = {
    "name": "how the participant wants to be addressed",
    "code": "the participant's code",
    "study": "the study's title",
    "days_silent": "full days since the device last synced",
    "invitation": "the link with which the participant connects an account",
    "sender": "who writes",
    "opt_out": "the link that stops messages",
}
"""What a text may hold, and what each stands for."""


@dataclass(frozen=True, slots=True)
class Template:
    """A message in one language: `{name}` in subject and body is replaced."""

    name: str
    language: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Text:
    """A template filled in for one person."""

    subject: str
    body: str


def checked(template: Template) -> Template:
    """The template, if it can be filled in; Invalid says what is wrong with it."""
    if not template.subject.strip() or not template.body.strip():
        raise Invalid("A template needs a subject and a body.", "body")
    if len(template.subject.splitlines()) > 1:
        raise Invalid("A subject is one line.", "subject")
    _places(template.subject, "subject")
    if "opt_out" not in _places(template.body, "body"):
        raise Invalid("The body needs {opt_out}, the link that stops messages.", "body")
    return template


def needed(template: Template) -> set[str]:
    """The places that the template fills."""
    return _places(template.subject, "subject") | _places(template.body, "body")


def filled(template: Template, values: Mapping[str, str]) -> Text:
    """The text for one person. Invalid names what is not known of them."""
    missing = sorted(needed(template) - {place for place, value in values.items() if value})
    if missing:
        raise Invalid(f"Nothing is known for {{{missing[0]}}}.", missing[0])
    subject = template.subject.format_map(values)
    return Text(" ".join(subject.split()), template.body.format_map(values))


def example(template: Template, study: str, sender: str) -> Text:
    """The text for a person who does not exist. Invalid as with `filled`."""
    values = {
        "name": "Robin Example",
        "code": "P-EXAMPLE",
        "study": study,
        "days_silent": "3",
        "invitation": "https://…/join?…",
        "sender": sender,
        "opt_out": "https://…/opt-out/…",
    }
    return filled(template, values)


def in_language(templates: Sequence[Template], language: str, fallback: str = "en") -> Template:
    """The template in a person's language (`de-AT`, then `de`), else in the fallback's, else the
    first."""
    by_language = {template.language.lower(): template for template in templates}
    wanted = language.lower()
    for candidate in (wanted, wanted.partition("-")[0], fallback.lower()):
        if candidate in by_language:
            return by_language[candidate]
    return templates[0]


def _places(text: str, part: str) -> set[str]:
    try:
        found = [(name, spec, turn) for _, name, spec, turn in Formatter().parse(text)]
    except ValueError:
        raise Invalid("A brace stands alone; write {{ for one that is meant.", part) from None
    places = {name for name, _, _ in found if name is not None}
    for name, spec, turn in found:
        if name is not None and (name not in PLACES or spec or turn):
            known = ", ".join(PLACES)
            raise Invalid(f"{{{name}}} cannot be filled in. Known: {known}.", part)
    return places
