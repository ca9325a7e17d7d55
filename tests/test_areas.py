"""What metrics are about, in words for people who share them."""

from wearhouse.areas import AREAS, areas
from wearhouse.metrics import METRICS


def test_every_metric_is_about_something_that_has_a_word() -> None:
    assert {metric.family for metric in METRICS.values()} <= AREAS.keys()


def test_what_several_metrics_are_about_is_named_once() -> None:
    assert areas(["sleep_stage", "daily_steps", "steps", "sleep"]) == [
        "steps and activity",
        "sleep",
    ]
