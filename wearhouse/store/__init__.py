"""Where samples live. The URL's scheme chooses the store."""

from collections.abc import Callable
from urllib.parse import urlsplit

from wearhouse.errors import Invalid
from wearhouse.store.base import Ask, Page, Slices, Store, Turns, Written

__all__ = ["Ask", "Page", "Slices", "Store", "Turns", "Written", "open_store"]


def _clickhouse(url: str, turns: Turns | None) -> Store:
    from wearhouse.store.clickhouse import ClickHouseStore

    return ClickHouseStore(url, turns)


def _postgres(url: str, _turns: Turns | None) -> Store:
    from wearhouse.store.postgres import PostgresStore

    return PostgresStore(url)


STORES: dict[str, Callable[[str, Turns | None], Store]] = {
    "chdb": _clickhouse,
    "clickhouse": _clickhouse,
    "clickhouses": _clickhouse,
    "postgresql": _postgres,
}


def open_store(url: str, turns: Turns | None = None) -> Store:
    """The store at a URL, its schema up to date. A store that several processes write, and that
    cannot keep them apart itself, does so by `turns`; without them this is its only writer."""
    scheme = urlsplit(url).scheme
    if scheme not in STORES:
        raise Invalid(f"A store URL starts with one of {', '.join(STORES)}, not {scheme!r}.")
    store = STORES[scheme](url, turns)
    try:
        store.migrate()
    except BaseException:
        store.close()
        raise
    return store
