"""What every store promises of its imputed layer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from builders import FOREVER, NOON, ask, beats, read, samples, slices, somebody, values
from filling import filled, impute, imputed_values, layer, sums_of

from wearhouse.levels import LEVELS, ROLLUPS
from wearhouse.samples import SAMPLES
from wearhouse.store import Store
from wearhouse.store.imputed import IMPUTED
from wearhouse.window import MINUTE_MS, millis

START, DAY = millis(NOON), NOON.date()
LATE = datetime(2026, 3, 31, 17, 45, tzinfo=UTC)
"""Half an hour before midnight in Kathmandu, and before the turn of its month."""


def test_filled_minutes_come_back_in_the_unit_of_their_metric(store: Store) -> None:
    who = somebody()

    kept = impute(store, who, 60, 62.5, run=9)

    assert kept == 2
    assert layer(store, "heart_rate", "raw", who) == [
        {
            "participant": who, "t": START + n * MINUTE_MS, "offset": 0, "value": value,
            "mean": value, "sd": 2.0, "low": value - 4, "high": value + 4, "code": "dropout",
            "gap": 0, "run": 9,
        }
        for n, value in enumerate((60.0, 62.5))
    ]  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
def test_what_was_measured_is_served_as_if_nothing_had_been_imputed(
    store: Store, level: str
) -> None:
    who = somebody()
    metrics = ("heart_rate", "steps", "breathing_rate")
    for metric in metrics:
        store.write(samples(who, metric, [20, 21, 22.1], step=7_000, zone="Asia/Kathmandu"))
    before = [read(store, metric, level, who) for metric in metrics]

    for metric in metrics:
        impute(store, who, *[33.3] * 9, metric=metric, start=NOON + timedelta(1), seconds=9_000)

    assert [read(store, metric, level, who) for metric in metrics] == before


def test_buckets_hold_the_sum_of_each_draw(store: Store) -> None:
    who = somebody()
    impute(store, who, 60, 70, 80, start=LATE, seconds=1_800, zone="Asia/Kathmandu")

    rows = {level: layer(store, "heart_rate", level, who) for level in ROLLUPS}
    told = {
        level: [(row["t"], row["count"], row["sums"]) for row in of_level]
        for level, of_level in rows.items()
    }

    late, hour = millis(LATE), 3_600_000
    day = millis(datetime(2026, 3, 31, tzinfo=UTC))
    next_day = millis(datetime(2026, 4, 1, tzinfo=UTC))
    monday, first = (millis(datetime(2026, 3, on, tzinfo=UTC)) for on in (30, 1))
    assert told["1m"] == [
        (late + n * 1_800_000, 1, sums_of([v])) for n, v in enumerate((60, 70, 80))
    ]
    assert told["1h"] == [
        (late // hour * hour, 1, sums_of([60])),
        (late // hour * hour + hour, 2, sums_of([70, 80])),
    ]
    assert told["1d"] == [(day, 1, sums_of([60])), (next_day, 2, sums_of([70, 80]))]
    assert told["1w"] == [(monday, 3, sums_of([60, 70, 80]))]
    assert told["1mo"] == [(first, 1, sums_of([60])), (next_day, 2, sums_of([70, 80]))]


@pytest.mark.parametrize("level", LEVELS)
def test_pages_of_the_layer_put_together_are_the_whole(store: Store, level: str) -> None:
    people = [somebody() for _ in range(3)]
    for who in people:
        impute(store, who, *range(60, 90), seconds=11 * 3_600, zone="Asia/Kathmandu")
    whole = layer(store, "heart_rate", level, *people)

    found, after, more = [], None, True
    while more:
        asked = {"after": after, "limit": 2}
        more = store.imputed(ask("heart_rate", level, *people, **asked)).more
        found += layer(store, "heart_rate", level, *people, **asked)
        after = (found[-1]["participant"], found[-1]["t"])

    assert found == whole


@pytest.mark.parametrize("seconds", [0, 59])
def test_nothing_is_filled_where_a_sample_is_served(store: Store, seconds: int) -> None:
    who = somebody()
    store.write(beats(who, 70, start=NOON + timedelta(minutes=1, seconds=seconds)))

    kept = impute(store, who, 60, 61, 62)

    assert kept == 2
    assert list(imputed_values(store, who).values()) == [60.0, 62.0]


def test_a_late_sample_withdraws_what_was_imputed_in_its_minute(store: Store) -> None:
    who, other = somebody(), somebody()
    for person in (who, other):
        impute(store, person, 60, 61, 62)

    store.write(beats(who, 70, start=NOON + timedelta(seconds=61)))

    assert list(imputed_values(store, who).values()) == [60.0, 62.0]
    assert list(imputed_values(store, other).values()) == [60.0, 61.0, 62.0]
    for level in ROLLUPS[1:]:
        [bucket] = layer(store, "heart_rate", level, who)
        assert (bucket["count"], bucket["sums"]) == (2, sums_of([60, 62]))


def test_a_bucket_whose_every_minute_was_measured_is_gone(store: Store) -> None:
    who = somebody()
    impute(store, who, 60, 61)

    store.write(beats(who, 70, 71, step=60))

    assert [layer(store, "heart_rate", level, who) for level in LEVELS] == [[]] * len(LEVELS)


def test_a_late_night_withdraws_the_imputed_one_of_its_civil_day(store: Store) -> None:
    who = somebody()
    night = {"metric": "breathing_rate", "seconds": 86_400, "zone": "Asia/Kathmandu"}
    impute(store, who, 14, 15, 16, start=datetime(2026, 3, 1, 18, 15, tzinfo=UTC), **night)

    morning = datetime(2026, 3, 3, 1, tzinfo=UTC)
    store.write(samples(who, "breathing_rate", [13], morning, zone="Asia/Kathmandu"))

    assert list(imputed_values(store, who, "breathing_rate").values()) == [14.0, 16.0]


def test_samples_of_another_metric_withdraw_nothing(store: Store) -> None:
    who = somebody()
    impute(store, who, 60, 61)

    store.write(samples(who, "steps", [10, 11]))

    assert list(imputed_values(store, who).values()) == [60.0, 61.0]


def test_what_was_withdrawn_stays_away_when_the_sample_goes_again(store: Store) -> None:
    who = somebody()
    impute(store, who, 60, 61)
    store.write(beats(who, 70))

    store.write(SAMPLES.empty_table(), slices((who, "heart_rate", DAY)))

    assert values(store, "heart_rate", who) == []
    assert list(imputed_values(store, who).values()) == [61.0]


def test_a_new_run_replaces_what_stood_in_its_span_and_nothing_else(store: Store) -> None:
    who = somebody()
    impute(store, who, 60, 61, 62, 63, run=1)

    low, high = START + MINUTE_MS, START + 3 * MINUTE_MS
    again = filled(who, 71, start=NOON + timedelta(minutes=2), run=2)
    store.write_imputed(again, "heart_rate", who, low, high)

    rows = layer(store, "heart_rate", "raw", who)
    assert [(row["value"], row["run"]) for row in rows] == [(60.0, 1), (71.0, 2), (63.0, 1)]
    assert layer(store, "heart_rate", "1d", who)[0]["sums"] == sums_of([60, 71, 63])


def test_runs_are_told_with_what_is_left_of_them(store: Store) -> None:
    who = somebody()
    impute(store, who, 60, 61, 62, run=4)
    store.write(beats(who, 70))

    assert store.imputed_extent([who]).to_pylist() == [
        {
            "participant": who, "metric": "heart_rate", "run": 4, "minutes": 2,
            "first_at": NOON + timedelta(minutes=1), "last_at": NOON + timedelta(minutes=2),
        }
    ]  # fmt: skip


def test_the_layer_read_whole_can_be_written_elsewhere(store: Store) -> None:
    who = somebody()
    impute(store, who, 60, 61, seconds=86_400)

    whole = store.whole_imputed("heart_rate", [who], *FOREVER)

    assert whole.schema == IMPUTED
    assert whole.equals(filled(who, 60, 61, seconds=86_400))


def test_forgetting_somebody_forgets_what_was_imputed(store: Store) -> None:
    who = somebody()
    impute(store, who, 60, 61)

    removed = store.forget(who)

    assert removed >= 4
    assert store.imputed_extent([who]).num_rows == 0
    assert who not in store.participants()


def test_stats_count_what_was_imputed(store: Store) -> None:
    impute(store, somebody(), *range(60, 90))

    [row] = [row for row in store.stats().to_pylist() if row["level"] == "imputed"
             and row["metric"] == "heart_rate"]  # fmt: skip

    assert row["rows"] >= 30
    assert row["bytes"] > 0


def test_a_month_of_the_layer_is_whole_even_where_its_end_lies_beyond_the_window(
    store: Store,
) -> None:
    who = somebody()
    impute(store, who, 60, 61, seconds=86_400 * 20)

    month = layer(store, "heart_rate", "1mo", who, high=millis(datetime(2026, 3, 5, tzinfo=UTC)))

    assert [row["count"] for row in month] == [2]
    assert date(2026, 3, 1) == DAY
