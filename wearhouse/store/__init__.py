"""Where samples live. The URL's scheme chooses the store."""

from collections.abc import Callable
from urllib.parse import urlsplit

from wearhouse.errors import Invalid
from wearhouse.store.base import Ask, Page, Slices, Store, Written

__all__ = ["Ask", "Page", "Slices", "Store", "Written", "open_store"]


def _clickhouse(url: str) -> Store:
    from wearhouse.store.clickhouse import ClickHouseStore

    return ClickHouseStore(url)


def _postgres(url: str) -> Store:
    from wearhouse.store.postgres import PostgresStore

    return PostgresStore(url)


STORES: dict[str, Callable[[str], Store]] = {"chdb": _clickhouse, "postgresql": _postgres}


def open_store(url: str) -> Store:
    """The store at a URL, its schema up to date."""
    scheme = urlsplit(url).scheme
    if scheme not in STORES:
        raise Invalid(f"A store URL starts with one of {', '.join(STORES)}, not {scheme!r}.")
    store = STORES[scheme](url)
    try:
        store.migrate()
    except BaseException:
        store.close()
        raise
    return store
