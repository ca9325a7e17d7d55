"""Metrics and sources as the small numbers that stand for them in rows."""

import numpy as np
import pyarrow as pa

from wearhouse.samples import NAMES
from wearhouse.store.postgres.connection import Connections


class Codes:
    """What each number stands for. Metrics are known from the start, sources as they come."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.metrics: dict[str, int] = {}
        self.sources: dict[str, int] = {}

    def read(self) -> None:
        """Learn the numbers that the store gives."""
        with self.connections.session() as session:
            self.metrics = dict(session.rows("metrics"))
            self.sources = dict(session.rows("sources"))

    def learn(self, sources: pa.ChunkedArray) -> None:
        """Give numbers to sources that have none yet."""
        new = sorted(set(sources.unique().to_pylist()) - self.sources.keys())
        if new:
            with self.connections.session() as session:
                session.run("add_sources", names=new)
            self.read()

    def of_metrics(self, names: pa.ChunkedArray) -> pa.Array:
        """The number of each metric."""
        return _looked_up(names, self.metrics)

    def of_sources(self, names: pa.ChunkedArray) -> pa.Array:
        """The number of each source."""
        return _looked_up(names, self.sources)

    def metric_names(self, codes: pa.ChunkedArray) -> pa.DictionaryArray:
        """The metric of each number."""
        return _named(codes, self.metrics)

    def source_names(self, codes: pa.ChunkedArray) -> pa.DictionaryArray:
        """The source of each number."""
        if set(codes.unique().to_pylist()) - set(self.sources.values()):
            self.read()  # another process gave it
        return _named(codes, self.sources)


def _looked_up(names: pa.ChunkedArray, codes: dict[str, int]) -> pa.Array:
    encoded = names.unify_dictionaries().combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    indices = encoded.indices.to_numpy()
    used = np.flatnonzero(np.bincount(indices))  # a dictionary may name more
    found = np.zeros(len(encoded.dictionary), np.int16)
    for place in used.tolist():
        found[place] = codes[encoded.dictionary[place].as_py()]
    return pa.array(found[indices])


def _named(found: pa.ChunkedArray, codes: dict[str, int]) -> pa.DictionaryArray:
    place = np.zeros(max(codes.values(), default=0) + 1, np.int32)
    place[list(codes.values())] = np.arange(len(codes))
    indices = pa.array(place[found.to_numpy()])
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(codes), pa.string())).cast(NAMES)
