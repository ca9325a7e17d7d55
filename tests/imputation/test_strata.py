"""Scores of hidden gaps taken apart."""

import pyarrow as pa

from wearhouse.imputation.strata import by_participant, strata


def gaps(*rows: tuple[str, bool, float | None]) -> pa.Table:
    """Hidden gaps: class, at night, steps a minute."""
    kind, night, pace = zip(*rows, strict=True)
    return pa.table(
        {
            "participant": pa.array(range(len(rows)), pa.uint32()),
            "kind": kind,
            "night": night,
            "pace": pa.array(pace, pa.float64()),
        }
    )


def paces(part: pa.Table) -> list[float]:
    return part["pace"].to_pylist()


def test_a_gap_is_active_with_more_steps_than_the_middle_one_of_its_length() -> None:
    rows = gaps(
        ("5", False, 0.0), ("5", False, 0.0), ("5", False, 60.0),
        ("480", False, 4.0), ("480", False, 9.0), ("480", False, 20.0),
    )  # fmt: skip

    parts = dict(strata(rows))

    assert (paces(parts["rest"]), paces(parts["active"])) == ([0.0, 0.0, 4.0, 9.0], [60.0, 20.0])


def test_a_gap_of_which_no_steps_are_known_is_neither_at_rest_nor_active() -> None:
    parts = dict(strata(gaps(("5", False, 0.0), ("5", False, None), ("5", False, 30.0))))

    assert (paces(parts["rest"]), paces(parts["active"])) == ([0.0], [30.0])


def test_night_and_day_are_told_where_there_are_both() -> None:
    both = dict(strata(gaps(("5", True, None), ("5", False, None))))
    nights = dict(strata(gaps(("5", True, None), ("5", True, None))))

    assert (sorted(both), nights) == (["day", "night"], {})


def test_each_participants_rows_stand_alone() -> None:
    parts = dict(by_participant(gaps(("5", True, 1.0), ("5", True, 2.0))))

    assert {who: paces(part) for who, part in parts.items()} == {0: [1.0], 1: [2.0]}
