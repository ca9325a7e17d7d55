"""The named statements of each store."""

from importlib.resources import files

import pytest

from wearhouse.store.sql import HEADING, load

POSTGRES = ("postgres", "postgres/views", "postgres/timescale", "postgres/fleet")


@pytest.mark.parametrize("rooms", [("clickhouse",), ("clickhouse/fleet",), POSTGRES])
def test_no_statement_is_named_twice(rooms: tuple[str, ...]) -> None:
    folders = [files("wearhouse.store") / room / "queries" for room in rooms]
    names = [
        name
        for folder in folders
        for file in folder.iterdir()
        for name in HEADING.findall(file.read_text())
    ]

    known = {name for room in rooms for name in load(room)}
    assert sorted(names) == sorted(known)
