"""The promise of a live source, for the tests of whoever writes one."""

from collections.abc import Iterable
from datetime import timedelta

import pyarrow as pa

from wearhouse.metrics import metric_named
from wearhouse.samples import PARSED_EPISODES, PARSED_SAMPLES, REJECTS, Parsed
from wearhouse.sources.live import LiveSource, Payload


def check_families(source: LiveSource) -> None:
    """Each family has a name and metrics of its own, which Wearhouse knows."""
    names = [family.name for family in source.families()]
    metrics = [name for family in source.families() for name in family.metrics]
    assert source.name, "the source has no name"
    assert len(set(names)) == len(names) > 0, f"families share a name: {names}"
    assert len(set(metrics)) == len(metrics) > 0, f"a metric is in two families: {metrics}"
    for name in metrics:
        metric_named(name)
    for family in source.families():
        assert family.reread >= timedelta(0), f"{family.name} reads again from the future"


def check_answers(source: LiveSource, answers: Iterable[Payload]) -> list[Parsed]:
    """What payloads hold, having checked that each can be kept, parsed, and parsed again."""
    metrics = {family.name: set(family.metrics) for family in source.families()}
    parsed: list[Parsed] = []
    for payload in answers:
        assert payload.source == source.name, f"{payload.source} is not {source.name}"
        assert payload.family in metrics, f"{payload.family} is not offered"
        once, again = list(source.parse(payload)), list(source.parse(payload))
        for one, same in zip(once, again, strict=True):
            tables = zip(_tables(one), _tables(same), strict=True)
            assert all(table.equals(other) for table, other in tables), "parsing is not repeatable"
            assert one.samples.schema.equals(PARSED_SAMPLES)
            assert one.episodes.schema.equals(PARSED_EPISODES)
            assert one.rejects.schema.equals(REJECTS)
            named = {name for table in _tables(one)[:2] for name in table["metric"].to_pylist()}
            strange = named - metrics[payload.family]
            assert not strange, f"{payload.family} does not offer {strange}"
        parsed += once
    return parsed


def _tables(parsed: Parsed) -> list[pa.Table]:
    return [parsed.samples, parsed.episodes, parsed.rejects]
