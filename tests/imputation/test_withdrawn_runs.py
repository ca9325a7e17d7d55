"""What stands once a run is withdrawn: at each minute the newest run that was asked for it."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import FOREVER, beats
from deployments import EVERYWHERE
from filling import filled_at, imputed_values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studies_with_gaps import at_work

from wearhouse.imputing.restoring import put_back
from wearhouse.imputing.taking import withdraw
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.imputations import Imputation
from wearhouse.store import Store, open_store
from wearhouse.study import Participant
from wearhouse.window import MINUTE_MS, millis

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = ("2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04")
HOUR = timedelta(hours=1)


class Study:
    """A participant of a study, and runs that fill whatever a test says."""

    def __init__(self, store: Store, registry: Registry, code: str = "S1") -> None:
        self.store, self.registry = store, registry
        self.study = registry.create_study(code)
        self.who: Participant = registry.enrol(code, f"{code}-1", "UTC")

    def run(
        self, values: dict[datetime, float], start: str | None = None, end: str | None = None
    ) -> Imputation:
        """A run over the days from start to end that fills these minutes."""
        runs = self.registry.imputations
        quoted = [f'"{day}"' if day else "null" for day in (start, end)]
        asked = (
            f'{{"participants":[],"start":{quoted[0]},"end":{quoted[1]},"rounds":1,'
            '"learn":false,"classes":null}'
        )
        told = {
            "metric": "heart_rate", "method": "ssm-1", "asked": asked, "draws": 4, "seed": 0,
            "people": 1, "software": "wearhouse",
        }  # fmt: skip
        number = runs.begin(self.study, "owner", "ada", told)
        rows = filled_at(self.who.id, {millis(at): v for at, v in values.items()}, run=number)
        low = millis(datetime.fromisoformat(f"{start}T00:00Z")) if start else FOREVER[0]
        high = millis(datetime.fromisoformat(f"{end}T00:00Z") + timedelta(1)) if end else FOREVER[1]
        kept = self.store.write_imputed(rows, "heart_rate", self.who.id, low, high, keep=True)
        share = {"digest": "d", "minutes": kept, "counts": {}, "statistics": {}}
        runs.share(number, self.who, share, [])
        runs.end(number, "done")
        gone = {row["run"] for row in self.store.imputed_extent([self.who.id]).to_pylist()}
        others = [one.id for one in runs.all("S1") if one.id != number and one.id not in gone]
        runs.replaced(others)
        return runs.named(number)

    def withdraw(self, run: Imputation) -> Imputation:
        return withdraw(at_work(self.registry), self.store, run.id)

    def state(self, run: Imputation) -> str:
        return self.registry.imputations.named(run.id).state

    def shown(self) -> list[float]:
        return list(imputed_values(self.store, self.who.id).values())


@pytest.fixture(params=EVERYWHERE)
def study(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Study]:
    registry = open_registry(f"sqlite:///{tmp_path}/registry.sqlite")
    store = open_store(EVERYWHERE[request.param](tmp_path), None, registry.imputations.overtaken)
    yield Study(store, registry)
    store.close()
    registry.close()


def at(*values: float, day: int = 0) -> dict[datetime, float]:
    """Values of minutes in a row from noon of a day."""
    noon = FIRST + timedelta(days=day, hours=12)
    return {noon + timedelta(minutes=n): value for n, value in enumerate(values)}


def test_the_run_before_stands_again_to_the_last_bit(study: Study) -> None:
    first = study.run(at(60, 61, 62))
    before = study.store.whole_imputed("heart_rate", [study.who.id], *FOREVER)
    second = study.run(at(70, 71))
    assert study.state(first) == "replaced"

    done = study.withdraw(second)

    after = study.store.whole_imputed("heart_rate", [study.who.id], *FOREVER)
    assert after.equals(before)
    assert (study.state(first), done.state) == ("done", "withdrawn")
    assert done.detail == f"Minutes that stand again: 3 of run {first.id}."


def test_a_withdrawn_run_does_not_stand_again(study: Study) -> None:
    first, second = study.run(at(60)), study.run(at(70))
    third = study.run(at(80))

    study.withdraw(second)
    assert study.shown() == [80.0]
    study.withdraw(third)

    assert study.shown() == [60.0]
    assert [study.state(run) for run in (first, second, third)] == [
        "done", "withdrawn", "withdrawn",
    ]  # fmt: skip


def test_a_run_withdrawn_while_replaced_is_gone_for_good(study: Study) -> None:
    first, second = study.run(at(60)), study.run(at(70))

    study.withdraw(first)
    study.withdraw(second)

    assert study.shown() == []


def test_where_a_newer_run_refused_to_fill_the_older_does_not_show_through(study: Study) -> None:
    study.run(at(60, 61) | at(62, day=1))
    middle = study.run(at(70) | at(72, day=1))
    study.run({}, start=DAYS[1], end=DAYS[1])

    study.withdraw(middle)

    assert study.shown() == [60.0, 61.0]


def test_days_that_the_withdrawn_run_was_not_asked_for_stay_as_they_are(study: Study) -> None:
    study.run(at(60) | at(62, day=1) | at(63, day=2))
    second = study.run(at(72, day=1), start=DAYS[1], end=DAYS[1])
    assert study.shown() == [60.0, 72.0, 63.0]

    study.withdraw(second)

    assert study.shown() == [60.0, 62.0, 63.0]


def test_minutes_that_were_measured_meanwhile_do_not_come_back(study: Study) -> None:
    first = study.run(at(60, 61, 62))
    second = study.run(at(70, 71, 72))
    study.store.write(beats(study.who.id, 90, start=FIRST + 12 * HOUR))

    study.withdraw(second)

    assert study.shown() == [61.0, 62.0]
    assert study.state(first) == "stale"


def test_a_run_that_was_stale_before_it_was_replaced_is_stale_again(study: Study) -> None:
    first = study.run(at(60, 61, 62))
    study.store.write(beats(study.who.id, 90, start=FIRST + 12 * HOUR))
    second = study.run(at(70, 71, 72))

    study.withdraw(second)

    assert study.shown() == [61.0, 62.0]
    assert study.state(first) == "stale"


def test_putting_back_twice_is_as_once(study: Study) -> None:
    study.run(at(60, 61, 62))
    second = study.run(at(70, 71))

    for _ in range(2):
        put_back(study.store, study.registry, second)

    assert study.shown() == [60.0, 61.0, 62.0]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Registry]]:
    folder = tmp_path_factory.mktemp("withdrawing")
    registry = open_registry(f"sqlite:///{folder}/registry.sqlite")
    store = open_store(f"chdb://{folder}/store", None, registry.imputations.overtaken)
    yield store, registry
    store.close()
    registry.close()
    shutil.rmtree(folder)


spans = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(sorted)
runs = st.lists(st.tuples(spans, st.sets(st.integers(0, 3)), st.booleans()), min_size=1, max_size=5)


@given(runs=runs, data=st.data())
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_at_each_minute_stands_the_newest_run_asked_for_it_and_not_withdrawn(
    shelf: tuple[Store, Registry], runs: list, data: st.DataObject
) -> None:
    store, registry = shelf
    study = Study(store, registry, f"S{len(registry.studies()) + 1}")
    made: list[tuple[Imputation, range, set[int], float]] = []
    for number, ((first, last), filled, _) in enumerate(runs):
        days = range(first, last + 1)
        inside = {day for day in filled if day in days}
        value = 60.0 + number
        values = {key: v for day in sorted(inside) for key, v in at(value, day=day).items()}
        made.append((study.run(values, DAYS[first], DAYS[last]), days, inside, value))
    gone = [one for one, (_, _, wanted) in zip(made, runs, strict=True) if wanted]

    for run, *_ in data.draw(st.permutations(gone)):
        study.withdraw(run)

    left = [one for one in made if one not in gone]
    expected: dict[int, float] = {}
    for _, days, inside, value in left:
        expected = {day: v for day, v in expected.items() if day not in days}
        expected |= dict.fromkeys(inside, value)
    noon = millis(FIRST + 12 * HOUR)
    shown = imputed_values(store, study.who.id)
    assert shown == {noon + day * 1_440 * MINUTE_MS: v for day, v in sorted(expected.items())}
