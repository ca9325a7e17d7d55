"""Who stays in a study."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wearhouse.wear.retention import Stay, retention

STAYS = st.lists(st.builds(Stay, st.integers(0, 400), st.booleans()), min_size=1, max_size=60)


def test_the_share_that_stays_equals_a_worked_example() -> None:
    # Six people: two leave on days 6 and 10, the others are followed to days 6, 9, 13 and 20.
    stays = [Stay(6, True), Stay(6, False), Stay(9, False), Stay(10, True), Stay(13, False)]

    rows = retention([*stays, Stay(20, False)])

    assert [(row.week, row.at_risk, row.left) for row in rows] == [(0, 6, 0), (1, 4, 1), (2, 1, 2)]
    assert [row.share for row in rows] == pytest.approx([1, 5 / 6, 5 / 6 * 2 / 3])


def test_without_participants_there_is_no_curve() -> None:
    assert retention([]) == []


def test_who_leaves_on_the_first_day_of_a_week_is_followed_at_its_start() -> None:
    rows = retention([Stay(7, True), Stay(8, False)])

    assert [(row.at_risk, row.left, row.share) for row in rows] == [(2, 0, 1), (2, 0, 1)]


@given(STAYS)
def test_the_share_never_rises_and_counts_add_up(stays: list[Stay]) -> None:
    rows = retention(stays)

    shares = [row.share for row in rows]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)
    assert all(row.at_risk == sum(s.days >= row.week * 7 for s in stays) for row in rows)
    assert all(row.left == sum(s.left and s.days < row.week * 7 for s in stays) for row in rows)


@given(STAYS)
def test_while_nobody_is_lost_from_sight_the_share_is_the_plain_one(stays: list[Stay]) -> None:
    followed = [Stay(stay.days if stay.left else 401, stay.left) for stay in stays]

    rows = retention(followed)

    plain = [1 - row.left / len(followed) for row in rows]
    assert [row.share for row in rows] == pytest.approx(plain, abs=1e-9)


def test_the_interval_equals_a_published_example() -> None:
    # Weeks of remission under 6-MP (Freireich et al., Blood 1963; 21: 699-716), as textbooks do.
    left = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    followed = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]

    rows = retention([*(Stay(d, True) for d in left), *(Stay(d, False) for d in followed)])

    assert (rows[0].low, rows[0].high) == (None, None)
    assert (rows[1].low, rows[1].high) == pytest.approx((0.6197, 0.9516), abs=5e-5)
    assert (rows[4].low, rows[4].high) == pytest.approx((0.1881, 0.6801), abs=5e-5)


@given(STAYS)
def test_the_interval_holds_the_share_and_is_there_once_some_have_left(stays: list[Stay]) -> None:
    for row in retention(stays):
        assert (row.low is None) == (row.high is None) == (row.share in (0, 1))
        if row.low is not None and row.high is not None:
            assert 0 <= row.low <= row.share <= row.high <= 1
