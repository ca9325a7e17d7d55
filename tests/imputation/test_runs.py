"""Runs over a study: filled once, the same again, resumed, overtaken, replaced, withdrawn."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from builders import FOREVER, NOON, beats, samples, values
from filling import imputed_values, layer
from studies_with_gaps import DAYS, GAPS, at_work, enrolled, run
from studies_with_gaps import START as GRID

from wearhouse.errors import Conflict, Invalid, NotAllowed
from wearhouse.imputing import taking, telling
from wearhouse.imputing.request import Request
from wearhouse.imputing.running import begin, carry_on
from wearhouse.metrics import METRICS
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.imputations import Imputation
from wearhouse.store import Store, open_store
from wearhouse.store.imputed import step
from wearhouse.study import Participant, Pause, Role, Study
from wearhouse.window import from_millis

NOON_GAP, SHORT_GAP, NIGHT_GAP = GAPS
FIRST_MS = (GRID + NOON_GAP[0]) * 60_000
SMALL = {"draws": 4, "rounds": 1}


class Lab:
    """A study of two participants with gaps, in a store that tells the registry."""

    def __init__(self, folder: Path) -> None:
        self.registry: Registry = open_registry(f"sqlite:///{folder}/registry.sqlite")
        told = self.registry.imputations.overtaken
        self.store: Store = open_store(f"chdb://{folder}/store", None, told)
        known = self.registry.studies()
        self.study: Study = known[0] if known else self.registry.create_study("S1")
        if not known:
            enrolled(self.store, self.registry, self.study, 2)
        self.people: list[Participant] = self.registry.participants("S1")

    def close(self) -> None:
        self.store.close()
        self.registry.close()

    def request(self, **kind: object) -> Request:
        return Request(self.study, **(SMALL | kind))  # type: ignore[arg-type]

    def done(self) -> Imputation:
        """The newest run."""
        return self.registry.imputations.all()[0]

    def rows(self) -> list[dict]:
        return layer(self.store, "heart_rate", "raw", *(who.id for who in self.people))

    def wholes(self) -> list[dict]:
        ids = [who.id for who in self.people]
        return self.store.whole_imputed("heart_rate", ids, *FOREVER).drop_columns("run").to_pylist()


@pytest.fixture(scope="module")
def enrolled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the study is, nothing imputed yet; copied for each test."""
    folder = tmp_path_factory.mktemp("enrolled")
    Lab(folder).close()
    return folder


@pytest.fixture(scope="module")
def imputed_once(enrolled_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the study is after its first run."""
    folder = tmp_path_factory.mktemp("imputed")
    opened = Lab(copied(enrolled_once, folder))
    run(opened.store, opened.registry, opened.request())
    opened.close()
    return folder


def copied(held: Path, folder: Path) -> Path:
    return shutil.copytree(held, folder, symlinks=True, dirs_exist_ok=True)


@pytest.fixture
def lab(enrolled_once: Path, tmp_path: Path) -> Iterator[Lab]:
    opened = Lab(copied(enrolled_once, tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def imputed(imputed_once: Path, tmp_path: Path) -> Iterator[Lab]:
    opened = Lab(copied(imputed_once, tmp_path))
    yield opened
    opened.close()


def test_gaps_that_may_be_filled_are_filled_and_told_with_their_reason(imputed: Lab) -> None:
    done = imputed.done()

    who = imputed.people[0]
    at = {row["t"] // 60_000 - GRID for row in imputed.rows() if row["participant"] == who.id}
    gaps = imputed.registry.imputations.gaps(done.id, who)
    assert (done.state, done.finished, done.minutes) == ("done", 2, 2 * len(at))
    assert at > {start + n for start, length in GAPS for n in range(length)}
    told = {(gap["minutes"], gap["code"], gap["why"]) for gap in gaps}
    assert {
        (10, "dropout", "short"), (130, "non_wear", "supported"), (140, "non_wear", "supported"),
    } <= told  # fmt: skip


def test_the_same_request_gives_the_same_values_to_the_last_bit(imputed: Lab) -> None:
    first = imputed.done()
    before = imputed.wholes()

    again = run(imputed.store, imputed.registry, imputed.request())
    other = run(imputed.store, imputed.registry, imputed.request(seed=1))

    assert imputed.registry.imputations.named(first.id).data_hash == again.data_hash
    assert again.data_hash == other.data_hash
    assert imputed.wholes() != before
    run(imputed.store, imputed.registry, imputed.request())
    assert imputed.wholes() == before


def test_a_run_replaces_the_one_before(imputed: Lab) -> None:
    first = imputed.done()

    second = run(imputed.store, imputed.registry, imputed.request(seed=1))

    assert {row["run"] for row in imputed.rows()} == {second.id}
    assert imputed.registry.imputations.named(first.id).state == "replaced"


def test_late_samples_make_a_run_stale(imputed: Lab) -> None:
    done = imputed.done()
    who = imputed.people[0].id

    imputed.store.write(beats(who, 71, start=from_millis(FIRST_MS)))

    assert imputed.registry.imputations.named(done.id).state == "stale"
    assert FIRST_MS not in imputed_values(imputed.store, who)
    assert 71.0 in values(imputed.store, "heart_rate", who)


def test_late_samples_elsewhere_leave_a_run_as_it_is(imputed: Lab) -> None:
    done = imputed.done()

    late = from_millis((GRID + DAYS * 1_440 + 60) * 60_000)
    imputed.store.write(beats(imputed.people[0].id, 71, start=late))

    assert imputed.registry.imputations.named(done.id).state == "done"


def test_a_withdrawn_run_leaves_its_record_and_no_value(imputed: Lab) -> None:
    done = imputed.done()

    taken = taking.withdraw(at_work(imputed.registry), imputed.store, done.id, "a wrong seed")

    assert taken.state == "withdrawn"
    assert imputed.rows() == []
    assert telling.report(imputed.registry, done.id)["counts"]["supported"] > 200
    with pytest.raises(Conflict, match="withdrawn before"):
        taking.withdraw(at_work(imputed.registry), imputed.store, done.id)


def test_a_run_that_failed_goes_on_where_it_was(imputed: Lab) -> None:
    whole = imputed.done()
    expected = imputed.wholes()
    taking.withdraw(at_work(imputed.registry), imputed.store, whole.id)
    heard: list[int] = []

    def stop(number: int) -> None:
        heard.append(number)
        if sum(heard) == 1:
            raise KeyboardInterrupt

    begun = begin(at_work(imputed.registry), imputed.request())
    with pytest.raises(KeyboardInterrupt):
        carry_on(imputed.store, imputed.registry, begun, 1, stop)
    [cut, *_] = imputed.registry.imputations.all()
    resumed = begin(at_work(imputed.registry), imputed.request())
    ended = carry_on(imputed.store, imputed.registry, resumed, 1)

    assert (cut.state, cut.finished) == ("failed", 1)
    assert (resumed.resumed, ended.id, ended.state) == (True, cut.id, "done")
    assert imputed.wholes() == expected


def test_another_request_begins_anew(lab: Lab) -> None:
    begun = begin(at_work(lab.registry), lab.request())
    lab.registry.imputations.end(begun.record.id, "failed")
    lab.registry.locks.release(*begun.lock)

    other = begin(at_work(lab.registry), lab.request(seed=5))

    assert (other.resumed, other.record.id) == (False, begun.record.id + 1)


def test_two_runs_of_a_metric_do_not_meet(lab: Lab) -> None:
    begin(at_work(lab.registry), lab.request())

    with pytest.raises(Conflict, match="just now"):
        begin(at_work(lab.registry), lab.request())


def test_only_who_may_impute_does(lab: Lab) -> None:
    with pytest.raises(NotAllowed):
        begin(at_work(lab.registry, Role.MONITOR), lab.request())


def test_nothing_is_filled_while_somebody_is_paused(lab: Lab) -> None:
    who = lab.people[0]
    lab.registry.pauses.begin(
        who, Pause(from_millis(FIRST_MS).date(), from_millis(FIRST_MS).date())
    )

    run(lab.store, lab.registry, lab.request(participants=(who,)))

    filled = {at // 60_000 - GRID for at in imputed_values(lab.store, who.id)}
    assert NOON_GAP[0] not in filled
    assert SHORT_GAP[0] in filled


def test_a_class_that_the_study_does_not_fill_is_refused_and_says_so(lab: Lab) -> None:
    manager = at_work(lab.registry, Role.MANAGER)
    taking.set_classes(manager, lab.study, [5, 30])

    done = run(lab.store, lab.registry, lab.request())

    told = telling.report(lab.registry, done.id)
    assert len(lab.rows()) == 2 * SHORT_GAP[1]
    assert told["counts"]["unreleased"] > 200
    assert [row["state"] for row in told["verdicts"] if row["kind"] == "120"] == ["refused"]
    with pytest.raises(Invalid, match="no class"):
        taking.set_classes(manager, lab.study, [7])


def test_the_report_puts_statistics_side_by_side(imputed: Lab) -> None:
    done = imputed.done()

    told = telling.report(imputed.registry, done.id)

    means = {row["column"]: row for row in told["statistics"] if row["statistic"] == "mean"}
    measured = sum(len(values(imputed.store, "heart_rate", who.id)) for who in imputed.people)
    assert list(means) == ["observed", "dropouts", "non_wear"]
    assert [means[column]["minutes"] - measured for column in list(means)[:2]] == [0, 20]
    assert means["non_wear"]["minutes"] - measured == done.minutes
    assert means["observed"]["fmi"] == 0.0
    assert means["non_wear"]["low"] < means["non_wear"]["value"] < means["non_wear"]["high"]
    assert {row["kind"] for row in told["validation"]} >= {"30", "120", "all"}
    assert {row["hours"] for row in told["tipping"]} == {"all", "day"}


def test_checks_are_told_by_stratum_and_by_participant(imputed: Lab) -> None:
    told = telling.report(imputed.registry, imputed.done().id)

    parts = [row for row in told["strata"] if row["stratum"] in ("rest", "active")]
    whole = {row["method"]: row["gaps"] for row in told["validation"] if of_fixed(row)}
    assert sum(row["gaps"] for row in parts if of_fixed(row)) == whole["ssm-1"]
    by_code = {row["participant"]: row["gaps"] for row in told["by_participant"] if of_fixed(row)}
    assert set(by_code) == {who.code for who in imputed.people}
    assert sum(by_code.values()) == whole["ssm-1"]


def of_fixed(row: dict) -> bool:
    return (row["pattern"], row["scenario"], row["kind"]) == ("fixed", "as_if_worn", "all")


def test_reports_and_rollups_are_made_of_the_same_draws(imputed: Lab) -> None:
    done = imputed.done()
    who = imputed.people[0]

    [share, _] = imputed.registry.imputations.shares(done.id)
    months = layer(imputed.store, "heart_rate", "1mo", who.id)
    measured = values(imputed.store, "heart_rate", who.id)

    total = [sum(drawn) for drawn in zip(*(month["sums"] for month in months), strict=True)]
    count = len(measured) + sum(month["count"] for month in months)
    means = [(sum(measured) + drawn) / count for drawn in total]
    assert share.statistics["non_wear"]["mean"] == pytest.approx(means, abs=1e-5)


def test_two_runs_are_compared(imputed: Lab) -> None:
    first = imputed.done()
    second = run(imputed.store, imputed.registry, imputed.request(seed=3))

    told = telling.compare(imputed.registry, first.id, second.id)

    assert told["differing"] == ["seed"] or told["differing"] == ["seed", "verdicts"]
    assert (told["participants"], told["same_data"]) == (2, 2)
    assert told["statistics"][0]["difference"] == 0.0


def test_nights_are_filled_at_their_civil_midnight(lab: Lab) -> None:
    who = lab.registry.enrol("S1", "K-1", "Asia/Kathmandu")
    zone = {"metric": "breathing_rate", "zone": "Asia/Kathmandu"}
    nights = [14.0, 14.5, 15.0, None, 14.2, 14.1, 15.2, None, 14.4]
    for number, value in enumerate(nights):
        if value is not None:
            day = NOON.replace(month=3, day=1 + number, hour=1)
            lab.store.write(samples(who.id, zone["metric"], [value], day, zone=zone["zone"]))

    done = run(lab.store, lab.registry, lab.request(metric="breathing_rate", participants=(who,)))

    rows = layer(lab.store, "breathing_rate", "raw", who.id)
    gaps = lab.registry.imputations.gaps(done.id, who)
    assert [from_millis(row["t"]).isoformat() for row in rows] == [
        "2026-03-03T18:15:00+00:00", "2026-03-07T18:15:00+00:00",
    ]  # fmt: skip
    assert all(METRICS["breathing_rate"].low < row["value"] < 20 for row in rows)
    assert [gap["start_at"].isoformat() for gap in gaps] == [
        "2026-03-03T18:15:00+00:00", "2026-03-07T18:15:00+00:00",
    ]  # fmt: skip


def sleepers(lab: Lab, nights: list[float], count: int = 3) -> tuple[Participant, ...]:
    """Participants whose breathing rate is known of these nights (NaN: missing)."""
    people = tuple(lab.registry.enrol("S1", f"N-{number}", "UTC") for number in range(count))
    for who in people:
        for number, value in enumerate(nights):
            if value == value:
                day = NOON + timedelta(days=number)
                lab.store.write(samples(who.id, "breathing_rate", [value], day))
    return people


def test_how_well_nights_are_filled_is_judged_and_stored_with_the_run(lab: Lab) -> None:
    nights = [14 + (number * 7 % 5) / 4 for number in range(20)]
    nights[8] = float("nan")
    people = sleepers(lab, nights)

    run(lab.store, lab.registry, lab.request(metric="breathing_rate", participants=people))

    told = telling.report(lab.registry, lab.done().id)
    assert [row["kind"] for row in told["verdicts"]] == ["1 night", "3 nights", "7 nights"]
    assert {row["method"] for row in told["validation"]} == {"nights-1", "linear", "median"}
    [ours] = [
        row for row in told["validation"]
        if (row["pattern"], row["kind"], row["method"]) == ("fixed", "1 night", "nights-1")
    ]  # fmt: skip
    assert ours["gaps"] >= 3
    assert ours["mae"]["value"] > 0 < ours["coverage"]["value"]
    assert set(ours["versus"]) == {"linear", "median"}


def test_nights_that_a_line_would_tell_better_are_refused_and_stay_missing(lab: Lab) -> None:
    nights = [12 + 0.2 * number for number in range(30)]
    nights[12] = float("nan")
    people = sleepers(lab, nights)

    done = run(
        lab.store, lab.registry,
        lab.request(metric="breathing_rate", participants=people, rounds=3),
    )  # fmt: skip

    told = telling.report(lab.registry, done.id)
    assert told["verdicts"][0]["state"] == "refused"
    assert (done.minutes, told["counts"]["unreleased"]) == (0, 3)


def test_how_well_steps_are_modelled_is_judged_by_their_totals(lab: Lab) -> None:
    done = run(lab.store, lab.registry, lab.request(metric="steps"))

    told = telling.report(lab.registry, done.id)
    assert [row["kind"] for row in told["verdicts"]] == ["30", "120", "480", "1440"]
    assert {row["method"] for row in told["validation"]} == {
        "hot-deck-2", "linear", "time-of-day",
    }  # fmt: skip
    assert "widened" not in {row["state"] for row in told["verdicts"]}


def test_steps_of_a_class_that_the_study_does_not_fill_stay_missing(lab: Lab) -> None:
    taking.set_classes(at_work(lab.registry, Role.MANAGER), lab.study, [5, 30])

    done = run(lab.store, lab.registry, lab.request(metric="steps"))

    assert done.minutes == 0
    assert telling.report(lab.registry, done.id)["counts"]["unreleased"] > 200


def test_steps_are_a_modelled_count_in_unworn_time(lab: Lab) -> None:
    done = run(lab.store, lab.registry, lab.request(metric="steps"))

    rows = layer(lab.store, "steps", "raw", *(who.id for who in lab.people))
    assert done.minutes == len(rows) > 0
    assert {row["code"] for row in rows} == {"non_wear"}
    assert all(row["low"] >= 0 for row in rows)


@pytest.mark.parametrize(
    "wrong", [{"metric": "weight"}, {"draws": 1}, {"seed": -1}, {"rounds": 0}],
    ids=lambda wrong: next(iter(wrong)),
)  # fmt: skip
def test_a_request_that_cannot_work_is_refused(lab: Lab, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        lab.request(**wrong)

    assert refused.value.parameter == next(iter(wrong))


def test_what_is_kept_is_a_whole_number_of_steps(imputed: Lab) -> None:
    size = step("heart_rate")
    assert all(
        abs(row["value"] / size - round(row["value"] / size)) < 1e-3 for row in imputed.rows()
    )


def test_an_erased_participant_is_in_no_run(imputed: Lab) -> None:
    done = imputed.done()
    who = imputed.people[0]

    imputed.store.forget(who.id)
    removed = imputed.registry.erasing.erase(who)

    assert removed["imputed_people"] == 1 < removed["imputed_gaps"]
    assert [share.participant for share in imputed.registry.imputations.shares(done.id)] == [
        imputed.people[1]
    ]
    assert {row["participant"] for row in imputed.rows()} == {imputed.people[1].id}
