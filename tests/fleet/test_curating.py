"""What is staged becomes heartbeats, however it comes."""

import json
import random
from datetime import timedelta

import pytest
from fleets import NOON, Kept
from hypothesis import given, settings
from hypothesis import strategies as st

from wearhouse.errors import Conflict, Invalid
from wearhouse.fleet.loading import at_work, load_folder
from wearhouse.store.fleets import Among, Clocks

HOUR = timedelta(hours=1)
LATE = (NOON + timedelta(hours=20)).isoformat()
LATER = (NOON + timedelta(hours=21)).isoformat()


def test_the_same_files_twice_are_staged_once(kept: Kept) -> None:
    first = kept.load([kept.beat()])
    again = load_folder(kept.store, kept.registry, kept.folder / f"{kept.project}-1")

    assert first.events == 1
    assert again.known
    assert again.load is None


def test_an_event_that_is_delivered_again_is_one_heartbeat(kept: Kept) -> None:
    kept.take(kept.beat())
    kept.take(kept.beat(id="2"), kept.beat(id="3"))

    assert len(kept.beats()) == 1
    assert kept.ask()[0].count == 1


def test_curating_twice_changes_nothing(kept: Kept) -> None:
    kept.take(kept.beat(), kept.beat(at=NOON + HOUR))
    before = kept.beats()

    done = kept.curate()

    assert done.loads == 0
    assert kept.beats() == before


def test_a_corrected_event_counts_as_it_was_created_last(kept: Kept) -> None:
    kept.take(kept.beat(metrics={"battery": 100}, created_date=LATE))
    kept.take(kept.beat(metrics={"battery": 900}))

    assert [dict(beat[-1])["battery"] for beat in kept.beats()] == [100]
    assert kept.ask(quantiles=(0, 1))[0].quantiles == (100, 100)


def test_of_events_created_at_one_moment_one_counts_whatever_comes_first(kept: Kept) -> None:
    one, other = (kept.beat(metrics={"battery": level}) for level in (100, 900))
    kept.take(one)
    kept.take(other)
    first = kept.beats()
    kept.take({**one, "id": "again"})

    assert len(first) == 1
    assert kept.beats() == first


def test_an_event_that_is_told_of_another_time_leaves_the_first(kept: Kept) -> None:
    kept.take(kept.beat(id="A"), kept.beat(id="B", at=NOON + HOUR))
    kept.take(kept.beat(id="A", at=NOON - 3 * HOUR, created_date=LATE))

    assert sorted(beat[1] for beat in kept.beats()) == [NOON - 3 * HOUR, NOON + HOUR]
    assert [(one.group, one.count) for one in kept.ask(by=("hour",))] == [
        (("2026-06-01T09:00:00Z",), 1),
        (("2026-06-01T13:00:00Z",), 1),
    ]


def test_what_was_corrected_before_it_came_does_not_come_back(kept: Kept) -> None:
    kept.take(kept.beat(id="A", at=NOON - 3 * HOUR, created_date=LATE))
    kept.take(kept.beat(id="A"))

    assert [beat[1] for beat in kept.beats()] == [NOON - 3 * HOUR]
    assert kept.ask()[0].count == 1


def test_a_place_that_an_event_leaves_goes_to_who_else_reported_it(kept: Kept) -> None:
    kept.take(kept.beat(id="A", created_date=LATE, metrics={"battery": 1}), kept.beat(id="B"))
    kept.take(kept.beat(id="A", at=NOON + HOUR, created_date=LATER, metrics={"battery": 2}))

    assert sorted((beat[1], dict(beat[-1])["battery"]) for beat in kept.beats()) == [
        (NOON, 500),
        (NOON + HOUR, 2),
    ]


def test_an_event_may_be_told_of_another_device(kept: Kept) -> None:
    kept.take(kept.beat(id="A"))
    kept.take(kept.beat(id="A", device_id="2", created_date=LATE))

    assert [beat[0] for beat in kept.beats()] == ["2"]


def test_the_newest_heartbeat_of_a_device_may_be_withdrawn(kept: Kept) -> None:
    kept.take(kept.beat(), kept.beat(id="A", at=NOON + 2 * HOUR, metrics={"battery": 1}))
    kept.take(kept.beat(id="A", at=NOON - HOUR, metrics={"battery": 1}, created_date=LATE))

    [device] = kept.store.search(Among(equal={"project": kept.project}), {}, 10).to_pylist()
    assert device["captured_at"] == NOON
    assert json.loads(device["metrics"]) == {"battery": 500}


def test_events_without_an_id_correct_nothing(kept: Kept) -> None:
    kept.take(kept.beat(id=""))
    kept.take(kept.beat(id="", at=NOON + HOUR, created_date=LATE))

    assert len(kept.beats()) == 2


def test_ids_of_two_projects_are_two_events(kept: Kept) -> None:
    kept.take(kept.beat(id="A"))
    kept.take(kept.beat(id="A", project_id="elsewhere", at=NOON + HOUR, created_date=LATE))

    assert [beat[1] for beat in kept.beats()] == [NOON]


def test_a_correction_that_is_refused_corrects_nothing(kept: Kept) -> None:
    kept.take(kept.beat(id="A"))
    kept.take(kept.beat(id="A", captured_date="soon", created_date=LATE))

    assert [beat[1] for beat in kept.beats()] == [NOON]


def test_a_late_event_lands_in_the_hour_it_was_captured(kept: Kept) -> None:
    kept.take(kept.beat(at=NOON + timedelta(days=2)))
    kept.take(kept.beat(metrics={"battery": 700}))

    assert [(one.group, one.quantiles) for one in kept.ask(by=("day",), quantiles=(1,))] == [
        (("2026-06-01",), (700.0,)),
        (("2026-06-03",), (500.0,)),
    ]


def test_only_the_hours_that_are_touched_are_folded_again(kept: Kept) -> None:
    kept.take(*(kept.beat(at=NOON + hour * HOUR) for hour in range(30)))

    done = kept.take(kept.beat(device_id="2", at=NOON + 3 * HOUR))

    assert done.hours == 1


def test_a_version_under_several_ids_is_one(kept: Kept) -> None:
    kept.take(*(kept.beat(device_id=d, software_version_id=v) for d, v in zip("123", "234",
                strict=True)))  # fmt: skip

    assert [(one.group, one.count) for one in kept.ask(by=("version",))] == [
        (("0.9.0",), 2),
        (("0.10.0",), 1),
    ]


def test_the_version_is_the_one_at_the_time_of_the_report(kept: Kept) -> None:
    kept.take(kept.beat(), kept.beat(at=NOON + HOUR, software_version_id="4"))

    assert [beat[5] for beat in kept.beats()] == ["0.8.0", "0.10.0"]


@pytest.mark.parametrize(
    ("captured", "reason"),
    [
        ("1970-01-01 00:00:07+00", "the clock of the device was far behind"),
        ("2038-01-19 03:14:07+00", "the clock of the device was ahead"),
        ("2026-06-02 01:00:01+00", "the clock of the device was ahead"),
        ("soon", "captured_date cannot be read"),
        ("2026-02-30 00:00:00+00", "captured_date cannot be read"),
    ],
)
def test_a_wrong_clock_is_quarantined_and_gets_no_partition(
    kept: Kept, captured: str, reason: str
) -> None:
    done = kept.take(kept.beat(), kept.beat(device_id="2", captured_date=captured))

    [row] = kept.store.quarantined([kept.project], 10).to_pylist()
    assert (done.heartbeats, done.quarantined) == (1, 1)
    assert (row["device"], row["reason"]) == ("2", reason)
    assert len(kept.beats()) == 1


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        ("{", "event_info is not JSON"),
        ("", "event_info is not JSON"),
        ('{"metrics": {"battery": 1e400}}', "event_info is not JSON"),
        ("{}", "it has no metrics"),
        ("[1]", "it has no metrics"),
        ('{"metrics": 3}', "it has no metrics"),
    ],
)
def test_what_is_no_heartbeat_is_quarantined_with_the_reason(
    kept: Kept, info: str, reason: str
) -> None:
    kept.take(kept.beat(), kept.beat(device_id="2", event_info=info))

    [row] = kept.store.quarantined([kept.project], 10).to_pylist()
    assert (row["reason"], row["record"]) == (reason, info)


def test_an_event_of_another_type_without_metrics_is_passed_by(kept: Kept) -> None:
    done = kept.take(kept.beat(), kept.beat(type="trace", event_info='{"reason": "assert"}'))

    assert (done.heartbeats, done.quarantined, done.skipped) == (1, 0, 1)


def test_a_new_metric_needs_nothing_but_a_report(kept: Kept) -> None:
    kept.take(kept.beat())
    name = f"wobble.{kept.project}"
    kept.take(kept.beat(at=NOON + HOUR, metrics={"battery": 400, name: 2.5}))

    assert kept.registry.fleets.metric(name).kind == "number"
    assert kept.ask(name)[0].quantiles == (2.5,)


def test_metrics_within_metrics_have_a_path(kept: Kept) -> None:
    outer = f"radio{kept.project}"
    kept.take(kept.beat(metrics={outer: {"rssi": -70}}))

    assert kept.ask(f"{outer}.rssi")[0].quantiles == (-70,)


def test_a_reference_that_comes_later_names_what_is_there(kept: Kept) -> None:
    kept.take(kept.beat(), devices=[], cohorts=[], versions=[])
    unnamed = kept.beats()
    kept.take()

    assert [beat[3:6] for beat in unnamed] == [("", "", "")]
    assert [beat[3:6] for beat in kept.beats()] == [("SER-1", "alpha", "0.8.0")]
    assert [one.group for one in kept.ask(by=("cohort", "version"))] == [("alpha", "0.8.0")]


def test_a_device_that_moves_to_another_cohort_takes_its_reports_along(kept: Kept) -> None:
    kept.take(kept.beat())
    kept.take(devices=[("1", "SER-1", "2")])

    assert [(one.group, one.count) for one in kept.ask(by=("cohort",))] == [(("beta",), 1)]


def test_a_whole_fleet_may_move_at_once(kept: Kept) -> None:
    named = [f"{number:040}" for number in range(6_000)]
    kept.take(*(kept.beat(device_id=one) for one in named), devices=[(d, d, "1") for d in named])
    kept.take(devices=[(one, one, "2") for one in named])

    assert [(one.group, one.count) for one in kept.ask(by=("cohort",))] == [(("beta",), 6_000)]


def test_a_load_that_was_cut_short_never_counts(kept: Kept) -> None:
    started = kept.store.begin("files", "cut short", "", NOON)
    kept.take(kept.beat())

    states = {one.load: one.state for one in kept.store.loads()}
    assert states[started] == "loading"
    assert len(kept.beats()) == 1


def test_a_curation_that_was_cut_short_is_done_again(kept: Kept) -> None:
    kept.take(kept.beat(), devices=[], versions=[])
    kept.load([kept.beat(at=NOON + HOUR), kept.beat(metrics={"battery": 1}, id="9")])
    kept.store.take(kept.store.pending(), Clocks())  # and then the process was gone

    done = kept.curate()

    figures = kept.ask(by=("version",), quantiles=(1,))
    assert done.loads == 1
    assert [beat[3:6] for beat in kept.beats()] == [("SER-1", "alpha", "0.8.0")] * 2
    assert [(one.group, one.count) for one in figures] == [(("0.8.0",), 2)]


def test_two_do_not_curate_at_once(kept: Kept) -> None:
    with at_work(kept.registry), pytest.raises(Conflict, match="just now"):
        kept.curate()


def test_a_file_without_a_column_is_refused_by_its_name(kept: Kept) -> None:
    row = kept.beat()
    del row["device_id"]

    with pytest.raises(Invalid, match=r"events\.csv has no column device_id"):
        kept.load([row])


beats = st.lists(
    st.tuples(
        st.sampled_from("123"),
        st.integers(0, 50),
        st.integers(0, 24),
        st.sampled_from("1234"),
        st.integers(0, 999),
        st.sampled_from(["", "A", "B", "C"]),  # one event may be told of several times
    ),
    min_size=1,
    max_size=30,
)


Said = tuple[str, int, int, str, int, str]


@settings(max_examples=8)
@given(said=beats, order=st.randoms(use_true_random=False), again=st.booleans())
def test_two_halves_in_any_order_come_to_the_same_as_the_whole(
    kept: Kept, said: list[Said], order: random.Random, again: bool
) -> None:
    def event(one: Said) -> dict[str, object]:
        device, hour, lag, version, battery, name = one
        at = NOON + hour * HOUR
        return kept.beat(
            id=name, at=at, device_id=device, software_version_id=version,
            created_date=(at + lag * HOUR).isoformat(), event_info=json.dumps(
                {"metrics": {"battery": battery}}),
        )  # fmt: skip

    def result(*parts: list[Said]) -> tuple[object, ...]:
        kept.made += 1
        kept.project = f"{kept.project.partition('/')[0]}/{kept.made}".replace("/", "-h")
        for part in parts:
            kept.take(*map(event, part))
        figures = kept.ask(by=("day", "version"), quantiles=(0, 0.5, 1))
        return kept.beats(), [(one.group, one.count, one.quantiles) for one in figures]

    mixed = order.sample(said, len(said))
    half = len(mixed) // 2
    parts = [mixed[:half], mixed[half:], *([mixed[:half]] if again else [])]

    assert result(*parts) == result(said)
