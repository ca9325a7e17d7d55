"""The named statements of each dialect."""

from importlib.resources import files

import pytest

from wearhouse.store.sql import HEADING, load


@pytest.mark.parametrize(
    "dialect", ["clickhouse", "clickhouse/fleet", "postgres", "postgres/fleet"]
)
def test_no_statement_is_named_twice(dialect: str) -> None:
    folder = files("wearhouse.store") / dialect / "queries"
    names = [name for file in folder.iterdir() for name in HEADING.findall(file.read_text())]

    assert sorted(names) == sorted(load(dialect))
