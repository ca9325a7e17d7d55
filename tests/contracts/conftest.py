"""Every deployment of a store that the contract is for."""

from collections.abc import Iterator

import pytest
from deployments import EVERYWHERE

from wearhouse.store import Store, open_store


@pytest.fixture(scope="module", params=EVERYWHERE)
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store for the tests of one module; each test brings participants of its own."""
    folder = tmp_path_factory.mktemp("store")
    opened = open_store(EVERYWHERE[request.param](folder))
    yield opened
    opened.close()
