"""Gate, fill and record, one and many."""

import json
import os
from dataclasses import dataclass, replace

import pyarrow.compute as pc
import pytest
from lives import START, at, somebody, without

from wearhouse.errors import Unavailable
from wearhouse.imputation import (
    BASELINES,
    GAPS,
    IMPUTED,
    Filled,
    Gate,
    Minutes,
    Recipe,
    StateSpace,
    impute,
    impute_all,
    run_of,
)
from wearhouse.imputation.pooled import DEFAULT, from_json, to_json
from wearhouse.imputation.records import digest
from wearhouse.imputation.release import Release, Verdict

NOON = at(7, 12)
RECIPE = Recipe(draws=4)


def crowd(count: int) -> list[Minutes]:
    return [
        without(somebody(days=7, seed=one, participant=one), at(4, 12), 90)
        for one in range(1, count + 1)
    ]


def test_imputed_samples_stand_at_their_minutes_with_interval_and_draws() -> None:
    made = impute(without(somebody(), NOON, 90), RECIPE).samples

    first = made.slice(0, 1).to_pylist()[0]
    assert made.schema == IMPUTED
    assert made.num_rows == 90
    assert first["t"].timestamp() == (START + NOON) * 60
    assert first["low"] < first["value"] < first["high"]
    assert len(first["draws"]) == 4


def test_gaps_tell_code_reason_and_length() -> None:
    made = impute(without(without(somebody(), NOON, 90), at(2, 5), 3_000), RECIPE).gaps

    told = [(row["code"], row["why"], row["gap_minutes"]) for row in made.to_pylist()]
    assert made.schema == GAPS
    assert told == [("refused", "long", 3_000), ("non_wear", "supported", 90)]


def test_counts_are_by_reason_and_add_up() -> None:
    person = without(somebody(), NOON, 90)

    counts = impute(person, RECIPE).counts

    assert counts["supported"] == 90
    assert counts["unsupported"] == 0
    assert sum(counts.values()) == len(person)


@pytest.mark.parametrize("days", [2, 4])
def test_nothing_is_written_where_all_is_refused(days: int) -> None:
    made = impute(without(somebody(days=days), at(1, 12), 90), RECIPE)

    assert made.samples.num_rows == 0
    assert pc.unique(made.gaps["why"]).to_pylist() == ["few_days"]


def test_a_class_that_is_not_released_is_refused() -> None:
    shut = Release({"120": Verdict("120", "refused", "too wide", 30)})
    person = without(without(somebody(), NOON, 90), at(3, 12), 10)

    made = impute(person, replace(RECIPE, release=shut))

    assert made.counts["unreleased"] == 90
    assert made.samples.num_rows == 10


def test_a_widened_class_has_wider_intervals_and_draws_about_the_same_point() -> None:
    wider = Release({"120": Verdict("120", "widened", "", 30, 1.5)})
    person = without(somebody(), NOON, 90)

    plain = impute(person, RECIPE).samples
    wide = impute(person, replace(RECIPE, release=wider)).samples

    assert wide["value"].equals(plain["value"])
    assert all(
        b < a for a, b in zip(plain["low"].to_pylist(), wide["low"].to_pylist(), strict=True)
    )


def test_the_digest_tells_whether_anything_changed() -> None:
    person = without(somebody(), NOON, 90)
    late = replace(person, value=person.value.copy())
    late.value[NOON] = 70

    assert digest(person) == digest(without(somebody(), NOON, 90))
    assert digest(person) != digest(late)


def test_a_run_that_was_cut_short_goes_on_where_it_was() -> None:
    rest = impute_all(crowd(4), RECIPE, done={1, 3})

    assert [one.participant for one in rest] == [2, 4]


def test_processes_give_what_one_process_gives() -> None:
    alone = {one.participant: one.samples for one in impute_all(crowd(3), RECIPE)}
    apart = {one.participant: one.samples for one in impute_all(crowd(3), RECIPE, workers=2)}

    assert apart.keys() == alone.keys()
    assert all(apart[key].equals(alone[key]) for key in alone)


@dataclass(frozen=True)
class Deadly:
    """A method whose process is gone in the middle of its work."""

    name: str = "deadly"

    def fill(self, minutes: Minutes, gate: Gate, draws: int, seed: int) -> Filled:
        os._exit(9)


def test_a_killed_worker_is_told_in_one_sentence() -> None:
    with pytest.raises(Unavailable, match="goes on where it was"):
        list(impute_all(crowd(1), Recipe(method=Deadly()), workers=2))


def test_a_run_says_what_is_needed_to_make_it_again() -> None:
    shut = Release({"120": Verdict("120", "refused", "too wide", 30)})

    run = run_of("heart_rate", replace(RECIPE, seed=9, release=shut))

    told = json.loads(run.parameters)
    assert (run.method, run.draws, run.seed) == ("ssm-1", 4, 9)
    assert run.software.startswith("wearhouse ")
    assert told["verdicts"]["120"]["state"] == "refused"
    assert told["rule"]["longest"] == 1_440
    assert from_json(json.dumps(told["pooled"]).encode()) == DEFAULT


def test_a_run_of_a_baseline_has_no_pooled_model() -> None:
    run = run_of("heart_rate", Recipe(method=BASELINES["linear"]))

    assert json.loads(run.parameters)["pooled"] is None


def test_a_stored_model_fills_as_the_one_that_was_fitted() -> None:
    person = without(somebody(), NOON, 90)
    stored = from_json(to_json(DEFAULT))

    again = impute(person, replace(RECIPE, method=StateSpace(stored)))

    assert again.samples.equals(impute(person, RECIPE).samples)
