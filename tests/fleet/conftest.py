"""A fleet in every store, and a made-up one with known truth."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from fleets import Kept

from wearhouse.registry import Registry, open_registry
from wearhouse.store import Store
from wearhouse.store.fleet_of import fleet_of
from wearhouse.store.fleets import FleetStore
from wearhouse.synth.fleet import Fleet, write_fleet

_projects = count(100)


@pytest.fixture(scope="module")
def fleet(store: Store) -> FleetStore:
    """What a store keeps of the fleet."""
    return fleet_of(store)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """The registry beside it."""
    opened = open_registry(f"sqlite:///{tmp_path_factory.mktemp('registry')}/registry.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def kept(fleet: FleetStore, registry: Registry, tmp_path: Path) -> Kept:
    """A project that nothing is known of."""
    return Kept(fleet, registry, str(next(_projects)), tmp_path)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up fleet of project 1, without a regression."""
    folder = tmp_path_factory.mktemp("made") / "fleet"
    write_fleet(folder, Fleet())
    return folder


@pytest.fixture(scope="session")
def worse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up fleet of project 2 whose newest version drains the battery."""
    folder = tmp_path_factory.mktemp("worse") / "fleet"
    write_fleet(folder, Fleet(seed=2, regression=True, project="2"))
    return folder
