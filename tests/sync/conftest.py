"""A cloud, what syncs from it, and people who granted it everything."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cloud import START, Clock, Cloud, connect, intake_of

from wearhouse.runtime import Wearhouse
from wearhouse.study import Participant, Study
from wearhouse.sync.attempts import Intake

Enrol = Callable[..., Participant]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cloud(clock: Clock) -> Cloud:
    return Cloud(clock=clock)


@pytest.fixture
def intake(wearhouse_open: Wearhouse, cloud: Cloud, tmp_path: Path) -> Iterator[Intake]:
    made = intake_of(
        wearhouse_open.store, wearhouse_open.registry, str(tmp_path / "payloads"), cloud
    )
    yield made
    made.consents.client.close()


@pytest.fixture
def join(intake: Intake, wearhouse_open: Wearhouse, study: Study, enrol: Enrol) -> Enrol:
    """Enrols a participant at the start who grants everything."""

    def joined(timezone: str = "UTC") -> Participant:
        code = enrol(timezone).code
        person = wearhouse_open.registry.enrol(study.code, f"{code}-joined", timezone, START.date())
        connect(intake, person)
        return person

    return joined
