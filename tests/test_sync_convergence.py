"""Whatever fails on the way, in the end there is exactly what a run without faults would hold."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
from builders import read
from cloud import Cloud, Killed, connect, intake_of
from hypothesis import given, settings
from hypothesis import strategies as some

from wearhouse.errors import SourceUnavailable
from wearhouse.runtime import Wearhouse
from wearhouse.sources.live import Family
from wearhouse.store import Slices, Store, Written
from wearhouse.study import OPEN, Participant, Study
from wearhouse.sync.attempts import Intake
from wearhouse.sync.fetching import Request, sync
from wearhouse.sync.replay import replay
from wearhouse.window import DAY_MS, millis

START = datetime(2024, 3, 8, tzinfo=UTC)
METRICS = ("heart_rate", "steps", "distance")
OFFSETS = (-300, -240, 60)
"""New York around a change of its clock, and a journey."""


@dataclass
class Mortal:
    """A store whose process may end just after it has written."""

    store: Store
    dies: Callable[[], bool]

    def write(self, samples: pa.Table, slices: Slices | None = None) -> Written:
        written = self.store.write(samples, slices)
        if self.dies():
            raise Killed
        return written

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def write_episodes(self, episodes: pa.Table, slices: Slices | None = None) -> Written:
        written = self.store.write_episodes(episodes, slices)
        if self.dies():
            raise Killed
        return written


def live_on(cloud: Cloud, people: list[Participant], day: int, chance: Random) -> None:
    """What happens at the vendor on one day: new samples, restated ones, withdrawn ones."""
    offset, size = chance.choice(OFFSETS), chance.randint(0, 70)
    noon = millis(START) + day * DAY_MS + 12 * 3_600_000
    new = {
        (chance.choice(METRICS), noon + chance.randint(-600, 600) * 60_000): (offset, value)
        for value in (float(chance.randint(40, 120)) for _ in range(size))
    }
    late = noon - 40 * 3_600_000  # what is older is not said again by anybody
    for person in people:
        account = cloud.accounts[person.code]
        account.samples |= new
    known = sorted(place for place in account.samples if place[1] > late)
    gone = set(chance.sample(known, len(known) // chance.choice((3, 5, 1000))))
    restated = {place: (offset, float(chance.randint(40, 120))) for place in known[::4]}
    logs = [f"log-{day}-{number}" for number in range(chance.randint(0, 2))]
    dropped = [log for log, night in sorted(account.nights.items()) if night[1] > late][::2]
    for person in people:
        account = cloud.accounts[person.code]
        account.samples |= restated
        account.samples = {p: kept for p, kept in account.samples.items() if p not in gone}
        account.nights = {log: kept for log, kept in account.nights.items() if log not in dropped}
        for log in logs:
            dawn = noon - 5 * 3_600_000
            account.nights[log] = (dawn - 7 * 3_600_000, dawn, offset)


def faulty(cloud: Cloud, victim: Participant, chance: Random) -> None:
    """From now on nearly everything goes wrong with one participant, now and then."""

    def trouble(subject: str, _family: Family) -> None:
        if subject != victim.code or chance.random() > 0.3:
            return
        what = chance.choice(("busy", "timeout", "killed", "stale", "broken"))
        if what == "stale":
            cloud.good.clear()
        elif what == "killed":
            raise Killed
        elif what == "broken":
            raise KeyError("a fault of the plug-in")
        else:
            raise SourceUnavailable(f"Cloud: {what}.")

    cloud.trouble = trouble
    cloud.cut = lambda subject: subject == victim.code and chance.random() < 0.1


def tell(intake: Intake, person: Participant) -> None:
    """One run, if it lives to its end."""
    try:
        sync(intake, Request([person]))
    except Killed:
        return


def everything(store: Store, person: Participant) -> dict[str, list[dict]]:
    """All that there is of a participant, rollups included, but not as whom and as of when."""
    found = {
        f"{metric} {level}": read(store, metric, level, person.id)
        for metric in METRICS
        for level in ("raw", "1h", "1d", "1mo")
    }
    episodes = store.episodes(
        ["sleep", "sleep_stage"], [person.id], date(2024, 1, 1), date(2025, 1, 1)
    )
    found["episodes"] = sorted(episodes.drop(["as_of"]).to_pylist(), key=repr)
    return {
        what: [{k: v for k, v in row.items() if k != "participant"} for row in rows]
        for what, rows in found.items()
    }


@settings(max_examples=8)
@given(seed=some.integers(0, 2**32), days=some.integers(2, 5))
def test_any_schedule_of_faults_and_kills_converges_to_the_run_without_faults(
    wearhouse_open: Wearhouse, study: Study, tmp_path: Path, seed: int, days: int
) -> None:
    chance, cloud = Random(seed), Cloud()
    now = [START]
    cloud.clock = lambda: now[0]
    registry, store = wearhouse_open.registry, wearhouse_open.store
    count = len(registry.participants(study.code))
    clean, victim = people = [
        registry.enrol(study.code, f"{study.code}-{count + i}", "America/New_York", START.date())
        for i in range(2)
    ]
    intake = intake_of(store, registry, str(tmp_path / "payloads"), cloud)
    mortal = replace(intake, store=Mortal(store, lambda: chance.random() < 0.2))  # type: ignore[arg-type]
    for person in people:
        connect(intake, person)

    for day in range(days):
        live_on(cloud, people, day, chance)
        now[0] = START + timedelta(days=day, hours=chance.randint(1, 30))
        sync(intake, Request([clean]))
        faulty(cloud, victim, chance)
        tell(mortal, victim)
        if chance.random() < 0.2:
            cloud.forget(victim.code)
            tell(mortal, victim)
        cloud.trouble, cloud.cut = (lambda _subject, _family: None), (lambda _subject: False)
        if registry.grants.of(victim, "cloud").state not in OPEN:
            connect(intake, victim)
    summaries = [sync(intake, Request([person])) for person in people]
    converged = everything(store, victim)
    replay(intake, [victim])

    assert [summary.outcome for summary in summaries] == ["done", "done"]
    assert converged == everything(store, clean)
    assert everything(store, victim) == converged
