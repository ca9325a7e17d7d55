"""People to impute: real ones, and made-up ones whose truth is known."""

from pathlib import Path

import pytest

from bench.fitabase_people import people
from wearhouse.imputation import Minutes


@pytest.fixture(scope="session")
def fitabase(shared: Path) -> list[Minutes]:
    """Three real people. The default model was neither fitted to nor chosen with any of them."""
    return people(shared)
