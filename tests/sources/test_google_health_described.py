"""What is asked and read agrees with the official description of the Google Health API."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from doubles import discovery
from doubles.google_health import camel

from wearhouse.metrics import METRICS
from wearhouse.sources.google_health.catalogue import FAMILIES, PARTS, Part


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_field_that_is_read_is_in_the_official_description(part: Part) -> None:
    schemas = {"list": "DataPoint", "minutes": "RollupDataPoint", "days": "DailyRollupDataPoint"}

    missing = [
        value.path
        for value in part.values
        if not discovery.has_path(
            schemas[part.method],
            f"{part.key}.{value.path}".rstrip("."),
        )
    ]

    assert not missing
    assert camel(part.id) == part.key


def test_every_metric_of_every_family_is_in_the_catalogue() -> None:
    names = [metric for family in FAMILIES for metric in family.metrics]

    assert set(names) <= METRICS.keys()
    assert len(names) == len(set(names))


def test_the_page_lists_every_family_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (72 h|7 days) \| (.*) \|$", page, re.M)
    documented = {name: (again, set(re.findall(r"`(\w+)`", told))) for name, again, told in rows}

    assert documented == {
        family.name: (
            "7 days" if family.reread == timedelta(days=7) else f"{family.reread.days * 24} h",
            set(family.metrics),
        )
        for family in FAMILIES
    }


LIST = "/v4/users/me/dataTypes/steps/dataPoints"


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "fault"),
    [
        ("GET", LIST, {"filter": "x", "pageSize": "7", "prettyPrint": "false"}, None, ""),
        ("GET", LIST, {"start_time": "x"}, None, "no parameter start_time"),
        ("GET", LIST, {"pageSize": "many"}, None, "not a number"),
        ("POST", f"{LIST}:reconcile", {}, None, "no method answers"),
        ("GET", "/v4/users/me/steps", {}, None, "no method answers"),
        ("POST", f"{LIST}:rollUp", {}, {"window": "60s"}, "no field window"),
        ("POST", f"{LIST}:rollUp", {}, {"range": {"startTime": 7}}, "is not a string"),
        ("POST", f"{LIST}:dailyRollUp", {}, {"range": {"start": {"year": 1}}}, "no field year"),
    ],
    ids=[
        "good", "parameter", "number", "verb", "path", "field", "type", "inner field",
    ],
)  # fmt: skip
def test_a_request_that_is_not_described_is_noticed(
    method: str, path: str, query: dict[str, str], body: dict | None, fault: str
) -> None:
    found = " ".join(discovery.faults(method, path, query, body))

    assert fault in found
    assert bool(found) == bool(fault)
