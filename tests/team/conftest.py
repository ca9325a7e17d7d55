"""A study team at work with a registry, on every kind of database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres import new_database

from wearhouse.registry import Registry, open_registry
from wearhouse.secrets import Secrets, new_key
from wearhouse.study import Actor, Role, Study
from wearhouse.team.acting import Acting, acting

DATABASES: dict[str, Callable[[Path], str]] = {
    "sqlite": "sqlite:///{}/registry.sqlite".format,
    "postgres": new_database,
}
KEY = new_key()


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return DATABASES[request.param](tmp_path)


@pytest.fixture
def registry(url: str) -> Iterator[Registry]:
    opened = open_registry(url)
    yield opened
    opened.close()


@pytest.fixture
def secrets() -> Secrets:
    return Secrets(lambda: [KEY])


@pytest.fixture
def team(registry: Registry, secrets: Secrets) -> Callable[..., Acting]:
    """Somebody of the team at work, in a role and perhaps at some places only."""

    def one(role: Role = Role.MANAGER, *places: str, name: str = "maria") -> Acting:
        actor = Actor(name, role, frozenset(places) or None, "session")
        return acting(actor, registry, secrets)

    return one


@pytest.fixture
def manager(team: Callable[..., Acting]) -> Acting:
    return team()


@pytest.fixture
def study(registry: Registry) -> Study:
    """A blinded study with two sites and two arms."""
    made = registry.create_study("S1")
    for site in ("NORTH", "SOUTH"):
        registry.sites.add(made, site)
    for arm in ("A", "B"):
        registry.arms.add(made, arm)
    return made
