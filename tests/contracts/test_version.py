"""A store tells that it was written to, so that what was read may be kept until then."""

from datetime import timedelta

from builders import NOON, beats, episode, samples, slices, somebody

from wearhouse.store import Store


def test_the_version_is_another_after_samples_were_written(store: Store) -> None:
    before = store.version()

    store.write(beats(somebody(), 60))

    assert before is not None
    assert store.version() != before


def test_the_version_is_another_after_samples_were_withdrawn(store: Store) -> None:
    who = somebody()
    store.write(beats(who, 60, 61))
    before = store.version()

    store.write(beats(who, 60), slices((who, "heart_rate", NOON.date())))

    assert store.version() != before


def test_the_version_is_another_after_a_night_was_written(store: Store) -> None:
    before = store.version()

    until = NOON + timedelta(hours=1)
    store.write_episodes(episode(somebody(), "deep", NOON, until, NOON.date(), "1"))

    assert store.version() != before


def test_the_version_is_another_after_somebody_was_forgotten(store: Store) -> None:
    who = somebody()
    store.write(samples(who, "steps", [1], NOON + timedelta(days=1)))
    before = store.version()

    store.forget(who)

    assert store.version() != before
