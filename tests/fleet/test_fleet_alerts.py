"""Rules open incidents and close them again, each after its delay; somebody is told once."""

from datetime import UTC, datetime, timedelta

import pytest
from fleets import NOON, Kept
from prometheus_client import generate_latest

from wearhouse.errors import Invalid
from wearhouse.fleet.alerts import Found, Rule, checked, document, finds, step, watch
from wearhouse.registry.incidents import Incident, KeptRule
from wearhouse.telemetry import REGISTRY

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = datetime(2026, 6, 1, 20, tzinfo=UTC)


def incident(state: str, began: datetime, cleared: datetime | None = None) -> Incident:
    return Incident(
        7, 1, "1", "", state, 5.0, began, None, cleared, None, told_opened=False,
        told_resolved=False,
    )  # fmt: skip


def rule(kept: Kept, **said: object) -> Rule:
    plain = {"kind": "aggregate", "metric": "battery", "below": 300.0, "project": kept.project}
    return checked(Rule(**(plain | said)))  # type: ignore[arg-type]


def put(kept: Kept, one: Rule, name: str | None = None) -> KeptRule:
    return kept.registry.incidents.put_rule(
        None,
        {
            "name": name or kept.project, "kind": one.kind, "document": document(one),
            "enabled": True, "changed_by": "tests",
        },
    )  # fmt: skip


def states(kept: Kept, one: KeptRule) -> list[tuple[str, str]]:
    found = [i for i in kept.registry.incidents.all(100) if i.rule_id == one.id]
    return [(i.device, i.state) for i in found]


def test_an_aggregate_that_is_beyond_its_threshold_is_found(kept: Kept) -> None:
    kept.take(kept.beat(metrics={"battery": 100}), kept.beat(device_id="2"))

    found = {
        name: bool(finds(kept.store, kept.registry, rule(kept, **said), NOW))
        for name, said in {
            "mean below 301": {"below": 301.0},
            "mean below 300": {"below": 300.0},
            "least below 300": {"statistic": "min"},
            "of the other cohort": {"statistic": "min", "cohort": "beta"},
            "of an hour ago": {"statistic": "min", "hours": 1.0},
        }.items()
    }

    assert found == {
        "mean below 301": True,
        "mean below 300": False,
        "least below 300": True,
        "of the other cohort": False,
        "of an hour ago": False,
    }


def test_a_device_is_judged_by_its_newest_report(kept: Kept) -> None:
    kept.take(
        kept.beat(metrics={"battery": 100}),
        kept.beat(at=NOON + HOUR, metrics={"battery": 900}),
        kept.beat(device_id="2", metrics={"battery": 50}),
    )

    found = finds(kept.store, kept.registry, rule(kept, kind="device"), NOW)

    assert found == [Found(kept.project, "2", 50.0)]


def test_a_device_that_is_silent_is_found_until_it_reports(kept: Kept) -> None:
    kept.take(kept.beat(), kept.beat(device_id="2", at=NOON + 7 * HOUR))
    silent = rule(kept, kind="silent", hours=6.0)

    before = finds(kept.store, kept.registry, silent, NOW)
    kept.take(kept.beat(at=NOON + 6 * HOUR))

    assert before == [Found(kept.project, "1", 8.0)]
    assert finds(kept.store, kept.registry, silent, NOW) == []


def test_an_incident_opens_after_the_start_delay(kept: Kept) -> None:
    slow = rule(kept, start_delay_min=30.0)
    found = [Found("1", "", 5.0)]

    first = step(slow, 1, [], found, NOW)
    early = step(slow, 1, [incident("pending", NOW)], found, NOW + 29 * MINUTE)
    due = step(slow, 1, [incident("pending", NOW)], found, NOW + 30 * MINUTE)

    assert [one["state"] for one in first.new] == ["pending"]
    assert "state" not in early.changes[7]
    assert due.changes[7]["state"] == "open"


def test_what_is_over_before_the_start_delay_was_no_incident(kept: Kept) -> None:
    slow = rule(kept, start_delay_min=30.0)

    done = step(slow, 1, [incident("pending", NOW)], [], NOW + MINUTE)

    assert done.forgotten == (7,)


def test_an_incident_is_resolved_after_the_resolve_delay(kept: Kept) -> None:
    calm = rule(kept, resolve_delay_min=30.0)
    cleared = incident("open", NOW - HOUR, NOW)

    seen = step(calm, 1, [incident("open", NOW - HOUR)], [], NOW)
    early = step(calm, 1, [cleared], [], NOW + 29 * MINUTE)
    again = step(calm, 1, [cleared], [Found("1", "", 5.0)], NOW + 29 * MINUTE)
    due = step(calm, 1, [cleared], [], NOW + 30 * MINUTE)

    assert seen.changes[7] == {"cleared_at": NOW}
    assert early.changes == {}
    assert again.changes[7]["cleared_at"] is None
    assert due.changes[7]["state"] == "resolved"


def test_a_rule_is_watched_from_the_first_report_to_the_last(kept: Kept) -> None:
    one = put(kept, rule(kept, kind="device", hours=100.0))
    kept.take(kept.beat(metrics={"battery": 100}))
    watch(kept.store, kept.registry, NOW)
    opened = states(kept, one)
    kept.take(kept.beat(at=NOON + HOUR))
    watch(kept.store, kept.registry, NOW + HOUR)

    assert (opened, states(kept, one)) == ([("1", "open")], [("1", "resolved")])


def test_prometheus_sees_open_incidents_and_what_a_rule_found(kept: Kept) -> None:
    put(kept, rule(kept), name=f"battery of {kept.project}")
    kept.take(kept.beat(metrics={"battery": 100}))

    watch(kept.store, kept.registry, NOW)

    told = generate_latest(REGISTRY).decode()
    assert f'wearhouse_fleet_incidents_open{{rule="battery of {kept.project}"}} 1.0' in told
    assert f'wearhouse_fleet_rule_value{{rule="battery of {kept.project}"}} 100.0' in told


@pytest.mark.parametrize(
    ("said", "parameter"),
    [
        ({"kind": "weather"}, "kind"),
        ({"statistic": "mode"}, "statistic"),
        ({"metric": ""}, "metric"),
        ({"below": None}, "above"),
        ({"above": 1.0}, "above"),
        ({"q": 50.0}, "q"),
        ({"hours": 0.0}, "hours"),
        ({"start_delay_min": -1.0}, "start_delay_min"),
        ({"emails": ("nobody",)}, "emails"),
        ({"emails": ("a@b\r\nBcc: c@d",)}, "emails"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    kept: Kept, said: dict[str, object], parameter: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        rule(kept, **said)

    assert refusal.value.parameter == parameter
