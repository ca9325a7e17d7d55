"""What the embedded store remembers is what it would answer if it were asked anew."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from threading import Event, Thread

import pytest
from builders import NOON, beats, episode, read, samples, slices, somebody, values
from hypothesis import given, settings
from hypothesis import strategies as st

from wearhouse.store import Store, open_store
from wearhouse.store.clickhouse.recent import LARGEST_BYTES, MOST_BYTES, OVERHEAD_BYTES, Recent

DAY = NOON.date()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"chdb://{tmp_path_factory.mktemp('store')}/store")
    yield opened
    opened.close()


def everything(store: Store, *who: int) -> list[object]:
    series = [
        read(store, metric, level, *who)
        for metric in ("heart_rate", "steps")
        for level in ("raw", "1h", "1d")
    ]
    nights = store.episodes(["sleep_stage"], who, date.min, date.max).to_pylist()
    return [*series, nights, store.extent(who).to_pylist()]


@settings(max_examples=12)
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from(["write", "state", "night", "forget"]),
                  st.integers(50, 90)),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_after_any_change_the_answer_is_the_one_that_is_read_anew(
    store: Store, changes: list[tuple[int, str, int]]
) -> None:
    people = somebody(), somebody()
    everything(store, *people)

    for number, (place, kind, value) in enumerate(changes):
        change(store, people[place], kind, value, as_of=number + 1)
        asked = [everything(store, *people), everything(store, people[place])]
        store.recent.forget()  # type: ignore[attr-defined]
        assert asked == [everything(store, *people), everything(store, people[place])]


def change(store: Store, who: int, kind: str, value: int, as_of: int) -> None:
    if kind == "write":
        store.write(beats(who, value, value + 1, as_of=as_of))
    elif kind == "state":
        store.write(samples(who, "steps", [value], as_of=as_of), slices((who, "steps", DAY)))
    elif kind == "night":
        store.write_episodes(episode(who, "deep", NOON, NOON + timedelta(hours=1), DAY, str(value)))
    else:
        store.forget(who)


def test_a_question_that_was_asked_already_is_not_put_again(store: Store) -> None:
    who = somebody()
    store.write(beats(who, 60, 61))
    first = values(store, "heart_rate", who)
    store.connection.command(  # type: ignore[attr-defined]  # behind the store's back
        f"ALTER TABLE samples DELETE WHERE participant = {who} SETTINGS mutations_sync = 2"
    )

    again = values(store, "heart_rate", who)
    store.recent.forget()  # type: ignore[attr-defined]

    assert (first, again) == ([60, 61], [60, 61])
    assert values(store, "heart_rate", who) == []


def test_a_load_of_one_lets_what_is_known_of_others_stand(store: Store) -> None:
    who, other = somebody(), somebody()
    for one in (who, other):
        store.write(beats(one, 60))
        values(store, "heart_rate", one)
    known = store.recent  # type: ignore[attr-defined]

    store.write(beats(other, 70, as_of=2))

    assert values(store, "heart_rate", other) == [70]
    counted = []
    known.of(("nothing", who), [who], len, lambda: counted.append(1) or "")
    known.of(("nothing", who), [who], len, lambda: counted.append(1) or "")
    assert counted == [1]


def test_while_something_changes_every_question_is_put_anew() -> None:
    known, answers = Recent(sole_writer=True), iter(range(10))

    def asked() -> int:
        return known.of("question", [7], lambda _: 1, lambda: next(answers))

    before = asked(), asked()
    with known.changing([7, 8]):
        during = asked(), asked()
    after = asked(), asked()

    assert (before, during, after) == ((0, 0), (1, 2), (3, 3))


def test_what_was_read_before_a_change_and_arrives_after_it_is_not_kept() -> None:
    known, answers = Recent(sole_writer=True), iter(["old", "new"])
    reading, changed = Event(), Event()

    def slowly() -> str:
        answer = next(answers)
        if answer == "old":
            reading.set()
            changed.wait(30)
        return answer

    reader = Thread(target=lambda: known.of("question", [7], len, slowly))
    reader.start()
    reading.wait(30)
    with known.changing([7]):
        pass
    changed.set()
    reader.join()

    assert known.of("question", [7], len, slowly) == "new"


def test_a_change_that_fails_is_over() -> None:
    known, answers = Recent(sole_writer=True), iter(range(10))
    with suppress(RuntimeError), known.changing([7]):
        raise RuntimeError

    assert [known.of("q", [7], lambda _: 1, lambda: next(answers)) for _ in range(2)] == [0, 0]


def test_what_is_known_has_a_bound() -> None:
    known = Recent(sole_writer=True)
    for number in range(100):
        known.of(number, [number], len, lambda: b"x" * LARGEST_BYTES)
    known.of("larger", [7], len, lambda: b"x" * (LARGEST_BYTES + 1))

    assert known.bytes <= MOST_BYTES
    assert known.of(99, [99], len, lambda: b"new") != b"new"
    assert known.of(0, [0], len, lambda: b"new") == b"new"
    assert known.of("larger", [7], len, lambda: b"new") == b"new"


def test_answers_without_a_row_have_a_bound_too() -> None:
    known, most = Recent(sole_writer=True), MOST_BYTES // OVERHEAD_BYTES
    for number in range(most + 1):
        known.of(number, [7], lambda _: 0, lambda: "empty")

    assert known.of(most, [7], lambda _: 0, lambda: "new") == "empty"
    assert known.of(0, [7], lambda _: 0, lambda: "new") == "new"


def test_where_others_write_too_nothing_is_kept() -> None:
    known, answers = Recent(sole_writer=False), iter(range(10))

    found = [known.of("q", [7], lambda _: 1, lambda: next(answers)) for _ in range(2)]

    assert found == [0, 1]


def test_a_store_that_is_opened_again_has_another_version() -> None:
    versions = set()
    for _ in range(2):
        one = Recent(sole_writer=True)
        versions.add(one.version)

    assert len(versions) == 2
