"""How much data a study makes, worked out by hand."""

import json
from datetime import timedelta

import pytest
from builders import NOON, beats, somebody
from commands import Run
from starlette.testclient import TestClient

from wearhouse.errors import Invalid
from wearhouse.estimate import STORES, amount, estimate, fitbit_mix, measured, rate_of
from wearhouse.store import Store

FOUR = [rate_of(f"{name}@1s") for name in ("heart_rate", "steps", "spo2", "skin_temperature")]


@pytest.mark.parametrize(
    ("participants", "years", "samples"),
    [
        (1, 1, 126_144_000),
        (1_000, 2, 252_288_000_000),
        (10_000, 5, 6_307_200_000_000),
    ],
)
def test_four_metrics_every_second(participants: int, years: int, samples: int) -> None:
    whole = estimate(FOUR, participants, years)[-1]

    assert (whole.metric, whole.samples, whole.raw_bytes) == ("all", samples, 24 * samples)


def test_three_metrics_of_a_thousand_people_for_two_years_compressed_by_four_fifths() -> None:
    whole = estimate(FOUR[:3], 1_000, 2, compression=0.8)[-1]

    assert amount(whole.raw_bytes) == "4.54 TB"
    assert whole.compressed_bytes is not None
    assert amount(whole.compressed_bytes) == "908 GB"
    assert whole.arithmetic == "189,216,000,000 × 24 B = 4.54 TB, less 80% = 908 GB"


def test_a_store_keeps_samples_and_every_level_above_them() -> None:
    sizes = {"raw": 2.0, "1m": 10.0, "1h": 20.0, "1d": 30.0, "1w": 40.0, "1mo": 50.0}

    [volume, _] = estimate([rate_of("heart_rate@1s")], 1, 1, stores={"x": sizes})

    buckets = 525_600 * 10 + 8_760 * 20 + 365 * 30 + round(365 / 7) * 40 + 12 * 50
    assert volume.stores == {"x": 31_536_000 * 2 + buckets}


def test_a_metric_comes_at_its_own_rate_unless_told() -> None:
    rates = [rate_of(text) for text in ("steps", "daily_steps", "heart_rate@15s", "hrv_rmssd@5m")]

    assert [rate.every_s for rate in rates] == [60, 86_400, 15, 300]


@pytest.mark.parametrize("text", ["mood@1s", "heart_rate@", "heart_rate@1y", "steps@0s", "sleep"])
def test_a_rate_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        rate_of(text)


def test_sizes_are_those_of_this_installation_where_it_has_enough(store: Store) -> None:
    assert measured(store.stats().slice(0, 0)) is None
    store.write(beats(somebody(), *[60, 61] * 8_000, start=NOON - timedelta(hours=9)))

    sizes = measured(store.stats())

    assert sizes
    assert sizes.keys() == STORES["postgresql"].keys()
    assert 0 < sizes["raw"] < 150


def test_the_command_tells_samples_and_bytes_of_each_store(run: Run) -> None:
    ran = run("estimate", "--participants", 1_000, "--years", 2, "--metric", "heart_rate@1s",
              "--compression", "80%", "--json")  # fmt: skip

    assert ran.code == 0
    one, whole = json.loads(ran.out)
    assert one["samples"] == whole["samples"] == 63_072_000_000
    assert one["compressed_bytes"] == round(one["raw_bytes"] * 0.2)
    assert one["clickhouse_bytes"] < one["raw_bytes"] < one["postgresql_bytes"]
    assert "1,000 people × 2 years" in one["arithmetic"]


def test_without_metrics_a_study_wears_a_fitbit(api: TestClient) -> None:
    told = api.get("/api/v1/estimate", params={"participants": 1_000, "years": 1}).json()

    assert [row["metric"] for row in told] == [r.metric.name for r in fitbit_mix()] + ["all"]
    assert told[-1]["samples"] == sum(row["samples"] for row in told[:-1])


@pytest.mark.parametrize("query", ["participants=0", "years=0", "compression=1", "metric=mood@1s"])
def test_the_api_refuses_what_makes_no_sense(api: TestClient, query: str) -> None:
    assert api.get(f"/api/v1/estimate?{query}").status_code == 422
