"""Work that somebody asked for and does not wait for."""

import logging
import time
from contextlib import suppress
from threading import Event, Thread

import pytest

from wearhouse.errands import Errands
from wearhouse.errors import Unavailable
from wearhouse.origin import origin, within


def test_whoever_begins_an_errand_does_not_wait_for_it() -> None:
    errands, go, done = Errands(), Event(), []

    errands.begin(lambda: done.append(go.wait(60)))
    before = list(done)
    go.set()
    errands.close()

    assert (before, done) == ([], [True])


def test_so_many_are_done_at_once_and_others_in_their_turn() -> None:
    errands, go, last, begun = Errands(at_once=2), Event(), Event(), []

    for number in range(4):
        errands.begin(lambda n: (begun.append(n), go.wait(60)), number)
    errands.begin(last.set)
    while len(begun) < 2:
        time.sleep(0.01)
    at_once = sorted(begun)
    go.set()
    last.wait(60)
    errands.close()

    assert (at_once, sorted(begun)) == ([0, 1], [0, 1, 2, 3])


def test_what_waits_is_left_when_all_ends() -> None:
    errands, go, done = Errands(at_once=1), Event(), []
    errands.begin(go.wait, 60)
    errands.begin(done.append, "never")

    ending = Thread(target=errands.close)
    ending.start()
    with suppress(RuntimeError):  # as soon as it ends no more are taken
        while True:
            errands.begin(done.append, "too late")
    go.set()
    ending.join()

    assert done == []


def test_it_is_done_in_the_name_of_whoever_asked() -> None:
    errands, told = Errands(), []

    with within(request="r-1"):
        errands.begin(lambda: told.append(dict(origin())))
    errands.close()

    assert told == [{"request": "r-1"}]


@pytest.mark.parametrize("error", [Unavailable("the vendor is down"), ValueError("who knows")])
def test_what_goes_wrong_is_logged_and_harms_nothing_else(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def failing() -> None:
        raise error

    errands, done = Errands(at_once=0), []
    with caplog.at_level(logging.ERROR, "wearhouse"):
        errands.begin(failing)
        errands.begin(done.append, "next")

    assert done == ["next"]
    assert "failing" in caplog.text
