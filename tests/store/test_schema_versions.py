"""Whatever schema version a store was set up with: this release opens it and finds its data.

`held/` has rows as a version kept them, named by it. A store is set up at each version that there
is, from the rows of the newest such file that is not newer; so a new version is tested as it comes.
From the version on that brought the imputed layer, the rows in `held/imputed` are there as well.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from builders import FOREVER, beats, episode, read, samples, slices
from clickhouse_server import new_clickhouse, new_on_cluster
from filling import filled_at, layer
from postgres import new_database, servers

from wearhouse.levels import LEVELS
from wearhouse.store import Store, open_store, sql
from wearhouse.store.clickhouse import connection as clickhouse
from wearhouse.store.clickhouse import keeping as clickhouse_keeping
from wearhouse.store.postgres import connection as postgres
from wearhouse.store.postgres import keeping as postgres_keeping
from wearhouse.window import millis

HELD = Path(__file__).parent / "held"
WHO, EVENING = 7, datetime(2026, 3, 30, 18, 10, tzinfo=UTC)
HOME = {"start": EVENING, "zone": "Asia/Kathmandu"}
"""A quarter of an hour before midnight, and before the turn of a month a day later."""

LAYER_SINCE = {"clickhouse": 2, "postgres": 4}

Brought = Callable[[str, int], None]


def tell(store: Store, layered: bool) -> None:
    """What the rows in `held/` say."""
    store.write(beats(WHO, 60, 62, 71, step=1_900, source="oura", **HOME))
    store.write(beats(WHO, 90, source="csv", **HOME))
    store.write(samples(WHO, "steps", [11, 0, 7], step=60_000, **HOME))
    night = EVENING, EVENING + timedelta(hours=1), date(2026, 3, 31), "1"
    store.write_episodes(episode(WHO, "deep", *night))
    if layered:
        minutes = [EVENING + timedelta(minutes=number) for number in (4, 5, 9)]
        values = zip(map(millis, minutes), (64.0, 66.5, 70.0), strict=True)
        rows = filled_at(WHO, dict(values), clock=ZoneInfo(HOME["zone"]), run=3)
        assert store.write_imputed(rows, "heart_rate", WHO, *FOREVER) == 3


def everything(store: Store) -> list[object]:
    """What a store answers about them."""
    rows: list[object] = [
        read(store, metric, level, WHO) for metric in ("heart_rate", "steps") for level in LEVELS
    ]
    rows += [layer(store, "heart_rate", level, WHO) for level in LEVELS]
    rows.append(store.imputed_extent([WHO]).to_pylist())
    nights = store.episodes(["sleep_stage"], [WHO], date.min, date.max).to_pylist()
    return [*rows, nights, store.extent([WHO]).to_pylist(), store.participants()]


def in_clickhouse(url: str, version: int) -> None:
    opened = clickhouse.Connection(url)
    versions = sql.migrations("clickhouse")
    held = newest(["clickhouse"], version)
    clickhouse_keeping.migrate(opened, [step for step in versions if step[0] <= held])
    for statement in rows_of(["clickhouse"], held):
        opened.command(statement)
    if version >= LAYER_SINCE["clickhouse"]:
        brought = [step for step in versions if step[0] <= LAYER_SINCE["clickhouse"]]
        clickhouse_keeping.migrate(opened, brought)
        for statement in layer_of("clickhouse"):
            opened.command(statement)
    clickhouse_keeping.migrate(opened, [step for step in versions if step[0] <= version])
    opened.close()


def in_postgres(kind: str) -> Brought:
    def brought(url: str, version: int) -> None:
        opened = postgres.Connections(url)
        held = newest([kind, "postgres"], version)
        assert postgres_keeping.migrate(opened, up_to=held) == kind
        with psycopg.connect(url) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            for statement in rows_of([kind, "postgres"], held):
                connection.execute(statement.encode())
        if version >= LAYER_SINCE["postgres"]:
            postgres_keeping.migrate(opened, up_to=LAYER_SINCE["postgres"])
            with psycopg.connect(url) as connection:
                for statement in layer_of("postgres"):
                    connection.execute(statement.encode())
        postgres_keeping.migrate(opened, up_to=version)
        opened.close()

    return brought


def newest(folders: list[str], version: int) -> int:
    """The newest version up to this one of which there are rows."""
    known = {int(file.stem) for folder in folders for file in (HELD / folder).glob("*.sql")}
    return max(number for number in known if number <= version)


def rows_of(folders: list[str], version: int) -> list[str]:
    files = [HELD / folder / f"{version:04}.sql" for folder in folders]
    return [s for file in files if file.exists() for s in sql.statements(file.read_text("utf-8"))]


def layer_of(dialect: str) -> list[str]:
    return sql.statements((HELD / "imputed" / f"{dialect}.sql").read_text("utf-8"))


def versions(*dialects: str) -> list[int]:
    """The versions that a store of this kind has had."""
    numbers = {number for dialect in dialects for number, _ in sql.migrations(dialect)}
    folders = [dialect.removeprefix("postgres/") for dialect in dialects]
    first = min(int(file.stem) for folder in folders for file in (HELD / folder).glob("*.sql"))
    return sorted(number for number in numbers if number >= first)


STORES: dict[str, tuple[Callable[[Path], str], Brought, list[int]]] = {
    "embedded": ("chdb://{}/store".format, in_clickhouse, versions("clickhouse")),
    "clickhouse": (new_clickhouse, in_clickhouse, versions("clickhouse")),
    "cluster": (new_on_cluster, in_clickhouse, versions("clickhouse")),
    "plain": (new_database, in_postgres("plain"), versions("postgres", "postgres/plain")),
} | {
    name: (new, in_postgres(name), versions("postgres", f"postgres/{name}"))
    for name, new in servers().items()
}
CASES = [(name, version) for name, (_, _, known) in STORES.items() for version in known]


@pytest.mark.parametrize(("name", "version"), CASES)
def test_a_store_of_every_version_opens_with_what_it_held(
    tmp_path: Path, name: str, version: int
) -> None:
    new, bring, _ = STORES[name]
    layered = version >= LAYER_SINCE["clickhouse" if bring is in_clickhouse else "postgres"]
    url = new(tmp_path)
    bring(url, version)

    with closing(open_store(url)) as held:
        found = everything(held)
        late_in(held)
        later = everything(held)

    with closing(open_store(new(tmp_path / "told"))) as told:
        tell(told, layered)
        assert found == everything(told)
        late_in(told)
        assert later == everything(told)


def late_in(store: Store) -> None:
    """Another load, which changes days that are there, and takes the place of a filled minute."""
    store.write(beats(WHO, 75, source="oura", step=1, as_of=5, **HOME))
    store.write(beats(WHO, 80, start=EVENING + timedelta(minutes=5), zone=HOME["zone"]))
    stated = slices((WHO, "steps", date(2026, 3, 31)))
    store.write(samples(WHO, "steps", [3], step=60, as_of=5, **HOME), stated)


def test_the_newest_version_is_the_one_that_is_set_up(tmp_path: Path) -> None:
    for new, _, known in STORES.values():
        with closing(open_store(new(tmp_path / f"version-{known[-1]}"))) as store:
            assert store.about().schema == known[-1]
