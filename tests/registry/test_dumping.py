"""A registry as rows of JSON is the same registry again, in either kind of database."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from test_revisions import DATABASES, REVISIONS, kept, set_up

from wearhouse.errors import Conflict, Invalid
from wearhouse.registry import open_registry
from wearhouse.registry.connection import connect
from wearhouse.registry.dumping import PASSING, dump, restore, revision

WAYS = [
    ("sqlite", "postgres", REVISIONS[-1]),
    ("postgres", "sqlite", REVISIONS[-1]),
    *(("sqlite", "sqlite", number) for number in REVISIONS[:-1]),
]


def plain(tables: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    """Rows by table as text: one database knows that its times are UTC, the other does not."""
    return {
        name: sorted(
            repr(sorted((c, str(v).replace("+00:00", "")) for c, v in row.items())) for row in rows
        )
        for name, rows in tables.items()
        if name not in PASSING and rows
    }


@pytest.mark.parametrize(("origin", "target", "number"), WAYS, ids=map("-".join, WAYS))
def test_what_was_written_down_of_any_schema_is_brought_back_up_to_date(
    origin: str, target: str, number: str, tmp_path: Path
) -> None:
    for side in ("origin", "target"):
        (tmp_path / side).mkdir()
    url = DATABASES[origin](tmp_path / "origin")
    set_up(url, number)
    engine = connect(url)
    version, parts = revision(engine), list(dump(engine))
    engine.dispose()
    restored = connect(DATABASES[target](tmp_path / "target"))

    restore(restored, version, parts)

    with closing(open_registry(url)) as opened:  # which brings it up to date in place
        assert plain(kept(restored)) == plain(kept(opened.engine))
    restored.dispose()


@pytest.mark.parametrize("target", DATABASES)
def test_numbers_given_later_follow_those_that_were_restored(target: str, tmp_path: Path) -> None:
    for side in ("origin", "target"):
        (tmp_path / side).mkdir()
    with closing(open_registry(DATABASES["sqlite"](tmp_path / "origin"))) as registry:
        first = registry.create_study("S1")
        version, parts = revision(registry.engine), list(dump(registry.engine))
    url = DATABASES[target](tmp_path / "target")
    engine = connect(url)
    restore(engine, version, parts)
    engine.dispose()

    with closing(open_registry(url)) as restored:
        assert restored.create_study("S2").id > first.id


def test_a_registry_that_holds_anything_is_not_written_over(tmp_path: Path) -> None:
    with closing(open_registry(DATABASES["sqlite"](tmp_path))) as registry:
        registry.create_study("S1")
        parts = list(dump(registry.engine))

        with pytest.raises(Conflict, match="not empty"):
            restore(registry.engine, revision(registry.engine), parts)

        assert [study.code for study in registry.studies()] == ["S1"]


def test_a_schema_that_this_release_does_not_know_is_refused(tmp_path: Path) -> None:
    engine = connect(DATABASES["sqlite"](tmp_path))

    with pytest.raises(Invalid, match="later Wearhouse"):
        restore(engine, "9999_the_future", [])
    engine.dispose()
