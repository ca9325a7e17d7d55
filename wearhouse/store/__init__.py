"""Where samples live. The URL's scheme chooses the store."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from wearhouse.errors import Invalid
from wearhouse.store import sql
from wearhouse.store.protocol import Ask, Page, Slices, Store, Turns, Written

__all__ = ["Ask", "Page", "Slices", "Store", "Turns", "Written", "open_store"]


Told = Callable[[Sequence[int]], None]


def _clickhouse(url: str, turns: Turns | None, told: Told | None) -> Store:
    from wearhouse.store.clickhouse import ClickHouseStore

    return ClickHouseStore(url, turns, told)


def _postgres(url: str, _turns: Turns | None, told: Told | None) -> Store:
    from wearhouse.store.postgres import PostgresStore

    return PostgresStore(url, told)


STORES: dict[str, Callable[[str, Turns | None, Told | None], Store]] = {
    "chdb": _clickhouse,
    "clickhouse": _clickhouse,
    "clickhouses": _clickhouse,
    "postgresql": _postgres,
}


def newest_schema(kind: str) -> int:
    """The version of the schema that this release brings a store of a kind to (see About)."""
    rooms = ("postgres", f"postgres/{kind}") if kind in ("plain", "timescale") else ("clickhouse",)
    return max(number for room in rooms for number, _ in sql.migrations(room))


def open_store(url: str, turns: Turns | None = None, told: Told | None = None) -> Store:
    """The store at a URL, its schema up to date. A store that several processes write, and that
    cannot keep them apart itself, does so by `turns`; without them this is its only writer.
    `told` hears of imputation runs whose values measured samples are about to take."""
    scheme = urlsplit(url).scheme
    if scheme not in STORES:
        raise Invalid(f"A store URL starts with one of {', '.join(STORES)}, not {scheme!r}.")
    store = STORES[scheme](url, turns, told)
    try:
        store.migrate()
    except BaseException:
        store.close()
        raise
    return store
