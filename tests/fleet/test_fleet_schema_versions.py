"""A fleet that an earlier schema version kept is read by this release."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from clickhouse_server import new_clickhouse, new_on_cluster

from wearhouse.fleet.curating import curate
from wearhouse.fleet.statistics import Question, figures
from wearhouse.registry import open_registry
from wearhouse.store import open_store, sql
from wearhouse.store.clickhouse import ClickHouseStore
from wearhouse.store.clickhouse.fleet.store import SCHEMA_VERSIONS
from wearhouse.store.fleet_of import fleet_of
from wearhouse.store.fleets import Among, Span

SAID = '{"battery": 41, "heap.free": 2.5, "charging": true, "radio": {"rssi": -70}, "why": "wd"}'
HELD = [
    "INSERT INTO fleet_schema_version (version) VALUES (1)",
    "INSERT INTO fleet_heartbeats (project, device, type, captured_at, created_at, serial, metrics,"
    " rank) VALUES ('1', 'A', 'heartbeat', '2026-06-01 12:00:00', '2026-06-01 13:00:00', 'S-A', "
    f"'{SAID}', 1)",
    "INSERT INTO fleet_latest (project, device, captured_at, created_at, serial, metrics, rank) "
    f"VALUES ('1', 'A', '2026-06-01 12:00:00', '2026-06-01 13:00:00', 'S-A', '{SAID}', 1)",
]
FLAT = {"battery": 41, "heap.free": 2.5, "charging": True, "radio.rssi": -70, "why": "wd"}


@pytest.mark.parametrize("new", ["chdb://{}/store".format, new_clickhouse, new_on_cluster])
def test_a_fleet_of_version_1_in_clickhouse_is_carried_over(
    new: Callable[[Path], str], tmp_path: Path
) -> None:
    with (
        closing(open_store(new(tmp_path))) as store,
        closing(open_registry(f"sqlite:///{tmp_path}/registry.sqlite")) as registry,
    ):
        assert isinstance(store, ClickHouseStore)
        layout = store.connection.layout
        first = dict(sql.migrations("clickhouse/fleet"))[1]
        for step in [*map(layout.fill, [SCHEMA_VERSIONS, *first]), *HELD]:
            store.connection.command(step)
        registry.fleets.put_metric(
            "battery", {"kinds": "Int64", "kind": "number"},
            {"title": "battery", "unit": "", "low": None, "high": None, "time_series": True,
             "attribute": False, "vital": "battery", "folded": "None..None Int64",
             "first_seen_at": datetime(2026, 6, 1, tzinfo=UTC)},
        )  # fmt: skip

        fleet = fleet_of(store)
        fleet_of(store)
        curate(fleet, registry)

        [beat] = fleet.timeline("1", "A", Span(), 10).to_pylist()
        [latest] = fleet.search(Among(), {"why": "wd", "battery": "41"}, 10).to_pylist()
        [sketched] = figures(fleet, registry, Question("battery", Among()))
        [exact] = figures(fleet, registry, Question("battery", Among(), exact=True))
        assert json.loads(beat["metrics"]) == json.loads(latest["metrics"]) == FLAT
        assert (sketched.count, sketched.low, sketched.exact) == (1, 41, False)
        assert (exact.count, exact.quantiles) == (1, (41.0,))
