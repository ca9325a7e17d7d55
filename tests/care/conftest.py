"""A registry, and every store, for tests that keep their participants apart."""

from collections.abc import Iterator

import pytest
from deployments import EVERYWHERE

from wearhouse.registry import Registry, open_registry
from wearhouse.store import Store, open_store


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    opened = open_registry(f"sqlite:///{tmp_path_factory.mktemp('registry')}/registry.sqlite")
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=EVERYWHERE)
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    opened = open_store(EVERYWHERE[request.param](tmp_path_factory.mktemp("store")))
    yield opened
    opened.close()
