"""However often and in whatever order batches come, the store ends with the same samples."""

from pathlib import Path

import pytest
from builders import read, somebody
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import fold
from pushing import NOON, batch, beating, inbox_of, letter, pushed

from wearhouse.ingest import settle, take, take_all
from wearhouse.levels import ROLLUPS
from wearhouse.registry.letters import Letter
from wearhouse.runtime import Wearhouse
from wearhouse.store import Store
from wearhouse.study import Study
from wearhouse.window import millis

Spoken = dict[int, int]
"""second after noon: value"""

SPOKEN = st.dictionaries(st.integers(0, 8), st.integers(50, 90), min_size=1, max_size=5)
DELIVERIES = st.lists(SPOKEN, min_size=1, max_size=6).flatmap(
    lambda many: st.tuples(
        st.just(many),
        st.lists(
            st.one_of(st.integers(0, len(many) - 1), st.none()),
            min_size=len(many), max_size=3 * len(many),
        ).map(lambda order: [*order, *range(len(many))]),
        st.booleans(),
    )
)  # fmt: skip
"""Batches in the order sent; the numbers of those that arrive, with None where what waits is
settled in between; and whether they come one by one."""


def written(code: str, number: int, spoken: Spoken, keyed: bool) -> Letter:
    samples = [pushed(code, second, value) for second, value in spoken.items()]
    body = batch(
        *samples,
        heartbeats=(beating(f"{code}-{number}", battery=number),),
        sent_at=f"2026-03-02T12:00:{number:02}Z",
    )
    return letter(body, f"{code}-{number}" if keyed else "", code, "nats")


@pytest.mark.parametrize("keyed", [True, False], ids=["by key", "by bytes"])
def test_any_redelivery_in_any_order_ends_in_the_same_samples(
    wearhouse_open: Wearhouse, store: Store, tmp_path: Path, study: Study, keyed: bool
) -> None:
    inbox = inbox_of(store, wearhouse_open.registry, tmp_path)

    @given(DELIVERIES)
    @settings(max_examples=15)
    def holds(arrival: tuple[list[Spoken], list[int | None], bool]) -> None:
        sent, order, singly = arrival
        code = f"R-{somebody()}"
        person = inbox.registry.enrol(study.code, code, "UTC")
        letters = [written(code, number, spoken, keyed) for number, spoken in enumerate(sent)]
        expected = {second: value for spoken in sent for second, value in spoken.items()}

        for number in order:
            if number is None:
                settle(inbox)
            elif singly:
                take(inbox, letters[number])
            else:
                take_all(inbox, [letters[number], *letters[number:], letters[number]])
        settle(inbox)

        raw = read(store, "heart_rate", "raw", person.id)
        rows = [
            (person.id, "heart_rate", millis(NOON) + second * 1000, 0, float(value), "ingest", 1)
            for second, value in sorted(expected.items())
        ]
        staged = inbox.registry.staged.waiting().to_pylist()
        assert [(row["t"], row["value"]) for row in raw] == [(row[2], row[4]) for row in rows]
        for level in ROLLUPS:
            assert read(store, "heart_rate", level, person.id) == fold(rows, level)
        assert sorted(row["device"] for row in staged if row["device"].startswith(f"{code}-")) == [
            f"{code}-{number}" for number in range(len(sent))
        ]

    holds()
