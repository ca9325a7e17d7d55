"""The next action is the most pressing one, and says why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wearhouse.errors import Invalid
from wearhouse.study import State
from wearhouse.wear.action import Action, Standing, Thresholds, next_action, thresholds

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
WELL = Standing(
    taking_part=True,
    grants=[State.ACTIVE],
    synced_at=NOW - timedelta(hours=3),
    battery_percent=80,
    closed_days=20,
    adherence=0.95,
    nights_due=20,
    nights_uploaded=18,
)


def action(limits: Thresholds = Thresholds(), **more: Any) -> Action:  # noqa: B008
    return next_action(replace(WELL, **more), limits, NOW).action


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, Action.NOTHING),
        ({"grants": [State.NONE]}, Action.INVITE),
        ({"grants": [State.INVITED]}, Action.INVITE),
        ({"grants": [], "synced_at": None}, Action.INVITE),
        ({"grants": []}, Action.NOTHING),
        ({"grants": [State.EXPIRED]}, Action.RECONNECT),
        ({"grants": [State.REVOKED]}, Action.RECONNECT),
        ({"grants": [State.REVOKED, State.ACTIVE]}, Action.NOTHING),
        ({"grants": [State.PARTIAL]}, Action.COMPLETE_CONSENT),
        ({"synced_at": None}, Action.SYNC),
        ({"synced_at": NOW - timedelta(hours=48)}, Action.SYNC),
        ({"synced_at": NOW - timedelta(hours=47)}, Action.NOTHING),
        ({"battery_percent": 20}, Action.CHARGE),
        ({"battery_percent": None, "battery_level": "empty"}, Action.CHARGE),
        ({"battery_percent": None, "battery_level": "high"}, Action.NOTHING),
        ({"adherence": 0.699}, Action.WEAR),
        ({"adherence": 0.7}, Action.NOTHING),
        ({"adherence": 0.0, "closed_days": 2}, Action.NOTHING),
        ({"adherence": None}, Action.NOTHING),
        ({"nights_uploaded": 9}, Action.WEAR_AT_NIGHT),
        ({"nights_uploaded": 0, "nights_due": 0}, Action.NOTHING),
        ({"taking_part": False, "grants": [State.EXPIRED]}, Action.NOTHING),
    ],
)
def test_each_state_has_its_action(more: dict[str, Any], expected: Action) -> None:
    assert action(**more) is expected


def test_the_most_pressing_action_comes_first() -> None:
    troubles: list[dict[str, Any]] = [
        {"grants": [State.EXPIRED]},
        {"synced_at": NOW - timedelta(days=9)},
        {"battery_percent": 3},
        {"adherence": 0.1},
        {"nights_uploaded": 0},
    ]
    found = []
    for first in range(len(troubles)):
        together: dict[str, Any] = {}
        for trouble in troubles[first:]:
            together |= trouble
        found.append(action(**together))

    expected = [
        Action.RECONNECT, Action.SYNC, Action.CHARGE, Action.WEAR, Action.WEAR_AT_NIGHT,
    ]  # fmt: skip
    assert found == expected


def test_a_study_sets_its_own_thresholds() -> None:
    strict = thresholds('{"adherence_percent": 96, "of another room": "passed over"}')

    assert action(strict) is Action.WEAR
    assert thresholds("") == thresholds("{}") == Thresholds()


@pytest.mark.parametrize("text", ["[", "[]", '{"upload_hours": "48"}', '{"upload_hours": -1}',
                                  '{"battery_percent": true}'])  # fmt: skip
def test_thresholds_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        thresholds(text)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"synced_at": NOW - timedelta(hours=50)}, "50 hours"),
        ({"synced_at": NOW - timedelta(days=5)}, "5 days"),
        ({"grants": [State.PARTIAL], "missing_scopes": ["sleep"]}, "sleep"),
        ({"adherence": 0.5}, "50 %"),
        ({"nights_uploaded": 2}, "2 of 20 nights"),
    ],
)
def test_the_sentence_says_why(more: dict[str, Any], word: str) -> None:
    assert word in next_action(replace(WELL, **more), Thresholds(), NOW).sentence
