"""A text that says for how many days a watch has been silent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders import samples
from clocks import now
from starlette.testclient import TestClient

from wearhouse.api import create_app
from wearhouse.desk.silence import days_silent
from wearhouse.registry import open_registry
from wearhouse.registry.devices import Heartbeat
from wearhouse.runtime import Wearhouse
from wearhouse.settings import Settings
from wearhouse.store import Store
from wearhouse.study import Participant, Role

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Wearhouse]:
    settings = Settings(home=tmp_path, smtp="smtp://127.0.0.1:1", smtp_from="team@lab.example")
    registry = open_registry(settings.registry_url)
    registry.create_study("S1", "Sleep and light")
    wearhouse = Wearhouse(settings, store, registry)
    yield wearhouse
    wearhouse.close()
    registry.close()


@pytest.fixture
def ada(desk: Wearhouse) -> Participant:
    """Somebody of whom no store has heard, whichever test ran before."""
    ada = desk.registry.enrol("S1", "ADA", "UTC")
    desk.store.forget(ada.id)
    return ada


def told(wearhouse: Wearhouse, who: Participant, synced_at: datetime) -> None:
    beat = Heartbeat(
        who.code, "cloud", "W", "tracker", "Charge 6", None, 80.0, None, synced_at, now()
    )
    wearhouse.registry.devices.report(who, beat)


def silent(wearhouse: Wearhouse, who: Participant) -> int | None:
    return days_silent(wearhouse.store, wearhouse.registry, who, now())


def test_a_device_is_silent_since_its_last_sync(desk: Wearhouse, ada: Participant) -> None:
    told(desk, ada, now() - timedelta(days=3, hours=5))

    assert silent(desk, ada) == 3


def test_a_newer_sample_came_with_a_newer_sync(desk: Wearhouse, ada: Participant) -> None:
    told(desk, ada, now() - timedelta(days=9))
    at = now() - timedelta(days=4, hours=1)

    desk.store.write(samples(ada.id, "heart_rate", [60.0], at))

    assert silent(desk, ada) == 4


def test_of_whom_nothing_ever_came_no_days_are_known(desk: Wearhouse, ada: Participant) -> None:
    assert silent(desk, ada) is None


def test_a_text_says_for_how_many_days(desk: Wearhouse, ada: Participant) -> None:
    told(desk, ada, now() - timedelta(days=3, hours=5))
    client = TestClient(create_app(desk), raise_server_exceptions=False)
    key = desk.registry.access.create_key("tests", Role.COORDINATOR)
    client.headers["Authorization"] = f"Bearer {key}"
    body = "Your watch has been silent for {days_silent} days.\n{opt_out}\n"
    text = {"study": "S1", "language": "en", "subject": "Sync", "body": body}
    assert client.put("/api/v1/messages/templates/sync", json=text).status_code == 200

    asked = {"study": "S1", "participant": "ADA", "template": "sync"}
    answer = client.post("/api/v1/messages/preview", json=asked)

    assert "silent for 3 days" in answer.json()["body"]
