"""What is raised on purpose, and foreign exceptions at the border."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from clickhouse_connect.driver import exceptions as clickhouse

from wearhouse import errors
from wearhouse.errors import Invalid, StoreUnavailable, Unavailable, WearhouseError
from wearhouse.registry import open_registry
from wearhouse.registry.connection import transaction
from wearhouse.store import open_store
from wearhouse.store.clickhouse.connection import reachable

OURS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, WearhouseError)
]


@pytest.mark.parametrize("kind", OURS)
def test_every_error_stands_in_the_drawing_with_a_status_and_a_code(
    kind: type[WearhouseError],
) -> None:
    assert kind.__name__ in re.findall(r"\w+", errors.__doc__ or "")
    assert 400 <= kind.status < 600
    assert re.fullmatch(r"[a-z_]+", kind.code)


def test_no_two_errors_share_a_code() -> None:
    assert len({kind.code for kind in OURS}) == len(OURS)


@pytest.mark.parametrize("kind", [clickhouse.ProgrammingError, clickhouse.OperationalError,
                                  clickhouse.DatabaseError, clickhouse.InternalError])  # fmt: skip
def test_exceptions_of_clickhouse_become_ours_in_one_line(kind: type[Exception]) -> None:
    with pytest.raises(StoreUnavailable) as raised, reachable():
        raise kind("Code: 62. Syntax error\nlong\ntrace")

    assert "\n" not in str(raised.value)


def test_exceptions_of_the_registrys_database_become_ours(tmp_path: Path) -> None:
    registry = open_registry(f"sqlite:///{tmp_path}/registry.sqlite")

    with pytest.raises(Unavailable, match="no such table"), transaction(registry.engine) as rows:
        rows.execute(sa.text("SELECT 1 FROM missing"))

    registry.close()


@pytest.mark.parametrize("url", ["", "oracle://db", "nonsense", "/tmp/store"])
def test_a_store_url_of_no_known_kind_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="A store URL starts with"):
        open_store(url)


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://db"])
def test_a_registry_url_of_no_known_kind_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="A registry URL"):
        open_registry(url)
