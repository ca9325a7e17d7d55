"""Deployments to test against, and everything opened over them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from commands import Ran, Run, runs_in
from deployments import DEPLOYMENTS
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from starlette.testclient import TestClient

from wearhouse import passwords
from wearhouse.api import create_app
from wearhouse.errands import Errands
from wearhouse.registry import open_registry
from wearhouse.runtime import Wearhouse
from wearhouse.settings import Settings
from wearhouse.store import Store, open_store
from wearhouse.study import Participant, Role, Study

# Stores are slow beside pure functions, and one is shared by all examples of a test.
hypothesis.register_profile(
    "wearhouse",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis.load_profile("wearhouse")

# Hashing as it is done elsewhere takes a processor on purpose, and tests sign in all the time.
passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)

_numbers = count(1)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real and realistic files beside the repository."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{folder} is missing")
        pytest.skip(f"{folder} is not here")
    return folder


@pytest.fixture(scope="module", params=DEPLOYMENTS)
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store for the tests of one module; each test brings participants of its own.

    A process can have one embedded store open at a time, so this one closes with its module.
    """
    folder = tmp_path_factory.mktemp("store")
    opened = open_store(DEPLOYMENTS[request.param](folder))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def wearhouse_open(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wearhouse]:
    """Everything open, over the module's store."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, desk_lag_s=0.0)
    registry = open_registry(settings.registry_url)
    at_once = Errands(at_once=0)
    yield Wearhouse(settings, store, registry, fetches=at_once, fills=at_once)
    registry.close()


@pytest.fixture
def study(wearhouse_open: Wearhouse) -> Study:
    """A study that nobody is in."""
    return wearhouse_open.registry.create_study(f"STUDY-{next(_numbers)}")


@pytest.fixture
def enrol(wearhouse_open: Wearhouse, study: Study) -> Callable[..., Participant]:
    """Enrols a new participant in a time zone."""

    def enrolled(timezone: str = "UTC", code: str | None = None) -> Participant:
        name = code or f"P-{next(_numbers):03}"
        return wearhouse_open.registry.enrol(study.code, name, timezone)

    return enrolled


@pytest.fixture
def person(enrol: Callable[..., Participant]) -> Participant:
    """A participant at home in UTC, of whom there are no data."""
    return enrol()


@pytest.fixture
def client(wearhouse_open: Wearhouse) -> Iterator[TestClient]:
    """The API as nobody in particular."""
    app = create_app(wearhouse_open)
    with TestClient(app, raise_server_exceptions=False) as stranger:
        yield stranger


@pytest.fixture
def api(client: TestClient, wearhouse_open: Wearhouse) -> TestClient:
    """The API with a manager's key."""
    key = wearhouse_open.registry.access.create_key("tests", Role.MANAGER)
    client.headers["Authorization"] = f"Bearer {key}"
    return client


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home for the command line."""
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Run:
    """Runs a command line in this process."""
    return runs_in(home, tmp_path)


@pytest.fixture
def program(home: Path, tmp_path: Path) -> Run:
    """Runs a command line as a program of its own."""

    def ran(*arguments: object) -> Ran:
        command = [sys.executable, "-m", "wearhouse", "--home", str(home), *map(str, arguments)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        return Ran(done.returncode, done.stdout, done.stderr)

    return ran
