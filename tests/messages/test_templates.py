"""What a message may say."""

from dataclasses import replace

import pytest

from wearhouse.errors import Invalid
from wearhouse.messages.templates import PLACES, Template, Text, checked, filled, in_language

SYNC = Template(
    "sync",
    "en",
    "Please open the {study} app, {name}",
    "Dear {name},\nwe last heard from your watch {days_silent} days ago.\n{opt_out}\n",
)
KNOWN = {"name": "Ada", "study": "HEART-1", "days_silent": "3", "opt_out": "https://lab/opt-out/x"}


def test_a_template_is_filled_in_for_one_person() -> None:
    assert filled(checked(SYNC), KNOWN) == Text(
        "Please open the HEART-1 app, Ada",
        "Dear Ada,\nwe last heard from your watch 3 days ago.\nhttps://lab/opt-out/x\n",
    )


@pytest.mark.parametrize("place", ["heart_rate", "steps", "arm", "sleep_minutes"])
def test_no_measured_value_has_a_place_in_a_message(place: str) -> None:
    assert place not in PLACES
    with pytest.raises(Invalid, match=place):
        checked(replace(SYNC, body=SYNC.body + f"{{{place}}}"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"body": "Dear {name.__class__} {opt_out}"}, "name.__class__"),
        ({"body": "Dear {name!r} {opt_out}"}, "cannot be filled in"),
        ({"body": "Dear {name:>900000000} {opt_out}"}, "cannot be filled in"),
        ({"body": "Dear {name"}, "brace"),
        ({"body": "Dear {} {opt_out}"}, "cannot be filled in"),
        ({"body": "Dear {name}"}, "opt_out"),
        ({"subject": "Hello\nBcc: everybody@example.org"}, "one line"),
        ({"subject": "  "}, "needs a subject"),
    ],
    ids=["attribute", "conversion", "width", "open", "nameless", "no way out", "header", "empty"],
)
def test_a_template_that_cannot_be_trusted_is_refused(changed: dict[str, str], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        checked(replace(SYNC, **changed))


def test_what_is_not_known_of_a_person_is_named_rather_than_left_empty() -> None:
    with pytest.raises(Invalid, match="name"):
        filled(SYNC, KNOWN | {"name": ""})


def test_a_name_with_a_line_break_stays_in_the_subject() -> None:
    text = filled(SYNC, KNOWN | {"name": "Ada\r\nBcc: everybody@example.org"})

    assert text.subject == "Please open the HEART-1 app, Ada Bcc: everybody@example.org"


@pytest.mark.parametrize(
    ("language", "taken"), [("de-AT", "de"), ("de", "de"), ("fr", "en"), ("", "en")]
)
def test_a_person_is_written_to_in_their_language_or_else_in_english(
    language: str, taken: str
) -> None:
    both = [replace(SYNC, language="de"), SYNC]

    assert in_language(both, language).language == taken
