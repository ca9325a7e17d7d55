"""What every store promises. Each test runs once per deployment."""

from datetime import UTC, date, datetime, timedelta

import pytest
from builders import NOON, ask, beats, episode, read, samples, slices, somebody, table, values

from wearhouse.levels import LEVELS, ROLLUPS
from wearhouse.samples import EPISODES, SAMPLES
from wearhouse.store import Store, Written
from wearhouse.window import millis

DAY = NOON.date()
START = millis(NOON)
EMPTY = SAMPLES.empty_table()
NIGHT = datetime(2026, 3, 1, 22, tzinfo=UTC)


def test_samples_come_back_as_they_were_written(store: Store) -> None:
    who = somebody()

    written = store.write(beats(who, 60, 62.5, step=5))

    assert written == Written(written=2)
    assert read(store, "heart_rate", "raw", who) == [
        {"participant": who, "t": START, "offset": 0, "value": 60.0},
        {"participant": who, "t": START + 5_000, "offset": 0, "value": 62.5},
    ]


def test_a_bucket_holds_what_a_mean_is_made_of(store: Store) -> None:
    who = somebody()

    store.write(beats(who, 60, 62, 67, step=40))

    assert read(store, "heart_rate", "1m", who) == [
        {
            "participant": who, "t": START, "offset": 0, "minutes": 1, "count": 2, "sum": 122.0,
            "sumsq": 7444.0, "min": 60.0, "max": 62.0, "first": 60.0, "last": 62.0,
        },
        {
            "participant": who, "t": START + 60_000, "offset": 0, "minutes": 1, "count": 1,
            "sum": 67.0, "sumsq": 4489.0, "min": 67.0, "max": 67.0, "first": 67.0, "last": 67.0,
        },
    ]  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_is_not_zero(store: Store, level: str) -> None:
    who = somebody()
    store.write(samples(who, "steps", [0], NOON))
    store.write(samples(who, "steps", [9], NOON + timedelta(days=62)))

    rows = read(store, "steps", level, who)

    assert [row["value" if level == "raw" else "sum"] for row in rows] == [0.0, 9.0]


@pytest.mark.parametrize("level", LEVELS)
def test_the_same_load_twice_changes_nothing(store: Store, level: str) -> None:
    who = somebody()
    store.write(beats(who, 60, 70, step=3_600))
    before = read(store, "heart_rate", level, who)

    again = store.write(beats(who, 60, 70, step=3_600))

    assert again == Written()
    assert read(store, "heart_rate", level, who) == before


def test_a_sample_told_twice_in_one_load_counts_once(store: Store) -> None:
    who = somebody()

    store.write(beats(who, 60, 60, 60, step=0))

    assert [row["count"] for row in read(store, "heart_rate", "1d", who)] == [1]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)], ids=["early first", "late first"])
def test_the_value_that_speaks_later_stands_in_either_order(
    store: Store, order: tuple[int, ...]
) -> None:
    who = somebody()

    for as_of in order:
        store.write(beats(who, 60.0 + as_of, as_of=as_of))

    assert values(store, "heart_rate", who) == [62.0]
    assert [row["sum"] for row in read(store, "heart_rate", "1mo", who)] == [62.0]


def test_late_samples_reach_every_level(store: Store) -> None:
    who = somebody()
    store.write(beats(who, 60))

    store.write(beats(who, 80, start=NOON - timedelta(seconds=1)))

    for level in ("1h", "1d", "1w", "1mo"):
        last = read(store, "heart_rate", level, who)[-1]
        before_noon = read(store, "heart_rate", level, who)[0]
        assert before_noon["max"] == 80.0
        assert level == "1h" or (last["count"], last["first"]) == (2, 80.0)


def test_a_window_includes_its_start_and_excludes_its_end(store: Store) -> None:
    who = somebody()
    store.write(beats(who, 60, 61, 62))

    rows = read(store, "heart_rate", "raw", who, low=START + 1_000, high=START + 2_000)

    assert [row["value"] for row in rows] == [61.0]


def test_a_replaced_slice_keeps_only_what_its_source_says_now(store: Store) -> None:
    who = somebody()
    store.write(beats(who, 60, 61, 62))

    written = store.write(beats(who, 61), slices((who, "heart_rate", DAY)))

    assert written.withdrawn == 2
    assert values(store, "heart_rate", who) == [61.0]
    assert [row["count"] for row in read(store, "heart_rate", "1w", who)] == [1]


def test_a_slice_replaced_by_nothing_leaves_no_bucket_behind(store: Store) -> None:
    who = somebody()
    store.write(beats(who, 60, 61))

    store.write(EMPTY, slices((who, "heart_rate", DAY)))

    assert [read(store, "heart_rate", level, who) for level in LEVELS] == [[]] * len(LEVELS)
    assert store.extent([who]).num_rows == 0


def test_replacing_a_day_leaves_the_day_before_and_other_people_alone(store: Store) -> None:
    who, other = somebody(), somebody()
    store.write(beats(who, 60, 61, step=86_400))
    store.write(beats(other, 90, 91, step=86_400))

    store.write(EMPTY, slices((who, "heart_rate", DAY + timedelta(days=1))))

    assert values(store, "heart_rate", who) == [60.0]
    assert values(store, "heart_rate", other) == [90.0, 91.0]


def test_a_withdrawn_sample_can_come_back(store: Store) -> None:
    who = somebody()
    store.write(beats(who, 60))
    store.write(EMPTY, slices((who, "heart_rate", DAY)))

    store.write(beats(who, 60))

    assert values(store, "heart_rate", who) == [60.0]
    assert [row["count"] for row in read(store, "heart_rate", "1mo", who)] == [1]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["vendor first", "vendor last"])
def test_one_vendor_is_served_on_a_day_and_the_other_kept_in_its_shadow(
    store: Store, order: tuple[int, ...]
) -> None:
    who = somebody()
    rivals = beats(who, 60, source="oura"), beats(who, 90, 91, source="csv")

    for rival in order:
        store.write(rivals[rival])

    assert values(store, "heart_rate", who) == [60.0]
    assert [row["count"] for row in read(store, "heart_rate", "1d", who)] == [1]


def test_a_source_that_has_nothing_more_leaves_other_vendors_as_they_are(store: Store) -> None:
    who = somebody()
    store.write(beats(who, 90, 91, source="oura", step=60))
    store.write(beats(who, 60, 61, 62, source="fitbit-web", step=60))

    store.write(EMPTY, slices((who, "heart_rate", DAY), source="fitbit-web"))

    assert values(store, "heart_rate", who) == [90.0, 91.0]


def test_a_shadowed_day_is_served_once_the_other_vendor_has_less_to_say(store: Store) -> None:
    who = somebody()
    store.write(beats(who, 90, 91, source="oura", step=60))
    store.write(beats(who, 60, 61, 62, source="fitbit-web", step=60))
    served = values(store, "heart_rate", who)

    stated = slices((who, "heart_rate", DAY), source="fitbit-web")
    store.write(beats(who, 60, source="fitbit-web"), stated)

    assert served == [60.0, 61.0, 62.0]
    assert values(store, "heart_rate", who) == [90.0, 91.0]
    assert [row["sum"] for row in read(store, "heart_rate", "1mo", who)] == [181.0]


def test_a_corrected_offset_moves_a_sample_to_its_true_day(store: Store) -> None:
    who, late = somebody(), datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    store.write(beats(who, 60, start=late))

    store.write(beats(who, 60, start=late, zone="Asia/Kathmandu", as_of=2))

    first = millis(datetime(2026, 3, 1, tzinfo=UTC))
    assert [row["t"] for row in read(store, "heart_rate", "1d", who)] == [first]
    assert [row["t"] for row in read(store, "heart_rate", "1mo", who)] == [first]


@pytest.mark.parametrize("level", ["1h", "1w", "1mo"])
def test_first_and_last_go_by_time_for_a_traveller_who_goes_back_a_day(
    store: Store, level: str
) -> None:
    who, late = somebody(), datetime(2026, 3, 3, 23, 10, tzinfo=UTC)
    store.write(beats(who, 60, start=late, zone="Europe/Berlin"))
    store.write(beats(who, 80, start=late + timedelta(minutes=30), zone="America/New_York"))

    [bucket] = read(store, "heart_rate", level, who)

    assert (bucket["first"], bucket["last"]) == (60.0, 80.0)


@pytest.mark.parametrize("level", ROLLUPS)
def test_pages_put_together_are_the_whole(store: Store, level: str) -> None:
    people = [somebody() for _ in range(3)]
    for who in people:
        store.write(beats(who, *range(60, 72), step=11 * 3_600, zone="Asia/Kathmandu"))
    whole = read(store, "heart_rate", level, *people)

    found, after, more = [], None, True
    while more:
        asked = {"after": after, "limit": 2}
        more = store.page(ask("heart_rate", level, *people, **asked)).more
        found += read(store, "heart_rate", level, *people, **asked)
        after = (found[-1]["participant"], found[-1]["t"])

    assert found == whole


@pytest.mark.parametrize("level", ROLLUPS)
def test_refreshing_a_level_that_is_in_step_changes_no_figure(store: Store, level: str) -> None:
    who = somebody()
    store.write(beats(who, 60, 61, 62, step=4_000, zone="Asia/Kolkata"))
    before = read(store, "heart_rate", level, who)

    store.refresh(level, DAY, DAY + timedelta(days=1))

    assert read(store, "heart_rate", level, who) == before


def test_stats_tell_rows_and_bytes_of_every_level(store: Store) -> None:
    store.write(beats(somebody(), *range(60, 120)))

    rows = [row for row in store.stats().to_pylist() if row["metric"] == "heart_rate"]

    assert [row["level"] for row in rows] == list(LEVELS)
    assert all(row["rows"] > 0 and row["bytes"] > 0 and row["stale"] == 0 for row in rows)


def test_forgetting_somebody_leaves_nothing_of_them_and_everybody_else(store: Store) -> None:
    who, other = somebody(), somebody()
    for person in (who, other):
        store.write(beats(person, 60))
        store.write(beats(person, 90, source="oura"))
        store.write_episodes(episode(person, "deep", NIGHT, NIGHT, DAY, "1"))

    removed = store.forget(who)

    assert removed >= 9
    assert [read(store, "heart_rate", level, who) for level in LEVELS] == [[]] * len(LEVELS)
    assert store.episodes(["sleep_stage"], [who], date.min, date.max).num_rows == 0
    assert values(store, "heart_rate", other) == [90.0]


def test_a_store_opened_again_is_as_it_was(store: Store) -> None:
    who = somebody()
    store.write(beats(who, 60, 61))

    store.migrate()

    assert values(store, "heart_rate", who) == [60.0, 61.0]


def test_a_restated_night_is_replaced_as_a_whole(store: Store) -> None:
    who, hour = somebody(), timedelta(hours=1)
    store.write_episodes(episode(who, "deep", NIGHT, NIGHT + hour, DAY, "7"))
    store.write_episodes(episode(who, "rem", NIGHT + hour, NIGHT + 2 * hour, DAY, "8"))

    store.write_episodes(
        episode(who, "light", NIGHT + hour, NIGHT + 2 * hour, DAY + timedelta(1), "7", as_of=2)
    )

    kept = store.episodes(["sleep_stage"], [who], DAY, DAY + timedelta(1))
    assert kept.schema == EPISODES
    assert [(row["log"], row["label"]) for row in kept.to_pylist()] == [
        ("8", "rem"),
        ("7", "light"),
    ]


def test_an_earlier_telling_of_a_night_does_not_come_back(store: Store) -> None:
    who, hour = somebody(), timedelta(hours=1)
    store.write_episodes(episode(who, "light", NIGHT, NIGHT + hour, DAY, "7", as_of=2))

    store.write_episodes(episode(who, "deep", NIGHT, NIGHT + hour, DAY, "7", as_of=1))

    kept = store.episodes(["sleep_stage"], [who], DAY, DAY)
    assert kept["label"].to_pylist() == ["light"]


def test_a_store_that_is_open_is_ready(store: Store) -> None:
    store.ready()


def test_an_empty_load_does_nothing(store: Store) -> None:
    assert store.write(table([])) == Written()
