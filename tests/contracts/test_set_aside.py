"""What every store promises of values whose place a newer run has taken."""

from datetime import timedelta

from builders import FOREVER, NOON, beats, somebody
from filling import filled, imputed_values, layer, sums_of

from wearhouse.store import Store
from wearhouse.store.imputed import IMPUTED
from wearhouse.window import MINUTE_MS, millis

START = millis(NOON)


def write(store: Store, who: int, *values: float, run: int, **kind: object) -> None:
    rows = filled(who, *values, run=run, **kind)  # type: ignore[arg-type]
    store.write_imputed(rows, "heart_rate", who, *FOREVER, keep=True)


def test_what_a_newer_run_takes_is_set_aside_as_it_was_served(store: Store) -> None:
    who = somebody()
    write(store, who, 60, 61, 62, run=1)
    before = store.whole_imputed("heart_rate", [who], *FOREVER)

    write(store, who, 70, run=2)

    aside = store.aside("heart_rate", who, 1)
    assert aside.schema == IMPUTED
    assert aside.equals(before)
    assert store.aside("heart_rate", who, 2).num_rows == 0


def test_what_was_set_aside_is_in_no_answer(store: Store) -> None:
    who = somebody()
    write(store, who, 60, 61, 62, run=1)

    write(store, who, 70, run=2)

    assert imputed_values(store, who) == {START: 70.0}
    [day] = layer(store, "heart_rate", "1d", who)
    assert (day["count"], day["sums"]) == (1, sums_of([70]))
    assert [row["run"] for row in store.imputed_extent([who]).to_pylist()] == [2]


def test_only_what_lies_in_the_span_is_set_aside(store: Store) -> None:
    who = somebody()
    write(store, who, 60, 61, 62, run=1)

    rows = filled(who, 71, start=NOON + timedelta(minutes=1), run=2)
    span = (START + MINUTE_MS, START + 2 * MINUTE_MS)
    store.write_imputed(rows, "heart_rate", who, *span, keep=True)

    assert list(imputed_values(store, who).values()) == [60.0, 71.0, 62.0]
    assert store.aside("heart_rate", who, 1)["t"].cast("int64").to_pylist() == [START + MINUTE_MS]


def test_the_same_run_again_sets_nothing_of_its_own_aside(store: Store) -> None:
    who = somebody()
    write(store, who, 60, 61, run=1)

    write(store, who, 60, 63, run=1)

    assert store.aside("heart_rate", who, 1).num_rows == 0


def test_without_being_asked_a_store_sets_nothing_aside(store: Store) -> None:
    who = somebody()
    write(store, who, 60, 61, run=1)

    store.write_imputed(filled(who, 70, run=2), "heart_rate", who, *FOREVER)

    assert store.aside("heart_rate", who, 1).num_rows == 0


def test_several_runs_are_set_aside_one_beside_the_other(store: Store) -> None:
    who = somebody()
    for run in (1, 12, 3):
        write(store, who, 60 + run, run=run)

    found = [store.aside("heart_rate", who, run)["run"].to_pylist() for run in (1, 12, 3)]

    assert found == [[1], [12], []]


def test_a_measured_sample_leaves_what_was_set_aside(store: Store) -> None:
    who = somebody()
    write(store, who, 60, 61, run=1)
    write(store, who, 70, 71, run=2)

    store.write(beats(who, 80))

    assert list(imputed_values(store, who).values()) == [71.0]
    assert store.aside("heart_rate", who, 1).num_rows == 2


def test_what_was_set_aside_can_be_forgotten_in_part(store: Store) -> None:
    who, other = somebody(), somebody()
    for person in (who, other):
        write(store, person, 60, 61, 62, run=1)
        write(store, person, 70, run=2)

    store.drop_aside("heart_rate", who, 1, START, START + 2 * MINUTE_MS)

    left = [store.aside("heart_rate", person, 1).num_rows for person in (who, other)]
    assert left == [1, 3]
    assert imputed_values(store, who) == {START: 70.0}


def test_forgetting_somebody_forgets_what_was_set_aside(store: Store) -> None:
    who = somebody()
    write(store, who, 60, run=1)
    write(store, who, 70, run=2)

    store.forget(who)

    assert store.aside("heart_rate", who, 1).num_rows == 0
