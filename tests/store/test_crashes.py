"""kill -9 at any moment of a load loses nothing acknowledged and leaves nothing half-written."""

import multiprocessing
import random
import time
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from zoneinfo import ZoneInfo

from builders import Row, offset, read, slices, table
from oracle import day_of, fold

from wearhouse.levels import ROLLUPS
from wearhouse.store import Store, open_store
from wearhouse.window import millis

Place = tuple[int, date]
Heard = list[tuple[str, int, list[Place]]]
"""What a loading process told: begun or done, the generation, the slices of one load."""

SECONDS, FEWEST_ROUNDS = 40, 8
PEOPLE = (1, 2)
BERLIN = ZoneInfo("Europe/Berlin")
DAYS = [date(2026, 3, 28) + timedelta(days=number) for number in range(6)]
"""Around a change of the clock and the turn of a month: loads lie in several partitions."""
STEP_MS = 211_000


def told_by(place: Place, generation: int) -> list[Row]:
    """A whole slice, every sample of which tells its generation; nothing before the first."""
    who, day = place
    low, high = (
        millis(datetime.combine(d, datetime.min.time(), BERLIN).astimezone(UTC))
        for d in (day, day + timedelta(days=1))
    )
    times = range(low, high - generation % 3 * 3_600_000, STEP_MS) if generation else ()
    value = 40.0 + generation % 100
    return [(who, "heart_rate", t, offset(t, BERLIN), value, "csv", 1) for t in times]


def load_until_killed(url: str, generation: int, told: Connection) -> None:
    """Replace slices for as long as this process lives; tell of each load before and after."""
    store = open_store(url)
    chance = random.Random(generation)
    told.send("open")
    while True:
        generation += 1
        who = chance.choice(PEOPLE)
        places = [(who, day) for day in sorted(chance.sample(DAYS, chance.randint(1, len(DAYS))))]
        rows = [row for place in places for row in told_by(place, generation)]
        told.send(("begun", generation, places))
        store.write(table(rows), slices(*sorted({day_of(row) for row in rows})))
        told.send(("done", generation, places))


def killed_while_loading(url: str, generation: int, chance: random.Random) -> Heard:
    """What a process told that was killed at a random moment."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["wearhouse.store.clickhouse", "builders", "oracle"])
    hear, told = forks.Pipe(duplex=False)
    process = forks.Process(target=load_until_killed, args=(url, generation, told))
    process.start()
    told.close()
    assert hear.recv() == "open"
    time.sleep(chance.uniform(0, 0.8))
    process.kill()
    process.join()
    heard: Heard = []
    try:
        while True:
            heard.append(hear.recv())
    except EOFError:
        return heard


def standing(store: Store) -> dict[Place, list[Row]]:
    """The slices that are there."""
    found: dict[Place, list[Row]] = defaultdict(list)
    for row in read(store, "heart_rate", "raw", *PEOPLE):
        who, t, offset_ = row["participant"], row["t"], row["offset"]
        sample = (who, "heart_rate", t, offset_, row["value"], "csv", 1)
        found[who, day_of(sample)[2]].append(sample)
    return found


def in_step(store: Store, stand: dict[Place, list[Row]]) -> bool:
    """Whether every level is the fold of the slices that are there."""
    rows = [row for slice_ in stand.values() for row in slice_]
    levels = (read(store, "heart_rate", level, *PEOPLE) == fold(rows, level) for level in ROLLUPS)
    return all(levels)


def test_what_was_acknowledged_survives_kill_9_whole_and_in_step(tmp_path: Path) -> None:
    url, chance, began = f"chdb://{tmp_path}/store", random.Random(9), time.monotonic()
    known = {(who, day): 0 for who in PEOPLE for day in DAYS}
    generation = rounds = interrupted = 0

    while rounds < FEWEST_ROUNDS or time.monotonic() - began < SECONDS:
        possible = {place: {told} for place, told in known.items()}
        for what, told, places in killed_while_loading(url, generation, chance):
            for place in places:
                possible[place] = {told} | (possible[place] if what == "begun" else set())
            generation = told
        store = open_store(url)
        stand = standing(store)
        for place, candidates in possible.items():
            whole = [told for told in candidates if told_by(place, told) == stand[place]]
            assert len(whole) == 1, (place, candidates)
            known[place] = whole[0]
        assert in_step(store, stand)
        store.close()
        rounds += 1
        interrupted += any(len(candidates) > 1 for candidates in possible.values())

    assert interrupted > rounds / 2
