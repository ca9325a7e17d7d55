"""How the tables lie: on one engine, or on the shards of a cluster with replicas.

Statements are written once. What differs on a cluster stands in them as $names:

    $local       what the name of a table ends in that lies on each node: nothing, or _local
    $on_cluster  that a statement is for every node
    $replicated, $replica, $anywhere   the engine: replicated within its shard, or between all nodes
    $everywhere  as $anywhere, before further arguments of the engine
    $each_shard, $each_replica   rows of one replica of each shard, or of all; ends with $of_all
    $database    the database's name, as a string
"""

from dataclasses import dataclass
from string import Template

SINCE: dict[int, tuple[str, ...]] = {
    1: ("samples", "shadowed", "rollups", "episodes", "stale"),
    2: ("imputed",),
    3: ("moved",),
}
"""The tables by the schema version that brought them."""

TABLES = tuple(table for tables in SINCE.values() for table in tables)

SHARD_OF = "cityHash64(participant)"
"""Which shard a row lies on. Everything of a participant lies together, so that a slice is written
in one place, a rollup is folded from one shard's rows, and groups need no second grouping."""

WITHIN = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}', "
BETWEEN = "('/clickhouse/tables/everywhere/{database}/{table}', '{shard}-{replica}')"


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a database on a cluster, or on one engine if there is none."""

    database: str = "default"
    cluster: str | None = None

    @property
    def local(self) -> str:
        """What the names of the tables end in that hold the rows."""
        return "_local" if self.cluster else ""

    @property
    def on_cluster(self) -> str:
        """For a statement that every node must run."""
        return f" ON CLUSTER {quoted(self.cluster)}" if self.cluster else ""

    def fill(self, statement: str) -> str:
        """A statement as it is for this layout."""
        of = f"({quoted(self.cluster)}, "
        return Template(statement).substitute(
            local=self.local,
            on_cluster=self.on_cluster,
            replicated="Replicated" if self.cluster else "",
            replica=WITHIN if self.cluster else "",
            anywhere=BETWEEN if self.cluster else "",
            everywhere=BETWEEN[1:-1] + ", " if self.cluster else "",
            each_shard=f"cluster{of}" if self.cluster else "",
            each_replica=f"clusterAllReplicas{of}" if self.cluster else "",
            of_all=")" if self.cluster else "",
            database=text(self.database),
        )

    def fronts(self, version: int = max(SINCE)) -> list[str]:
        """What makes, on every node of a cluster, the tables that stand for those of all shards,
        as far as a schema version has them."""
        if not self.cluster:
            return []
        return [
            f"CREATE OR REPLACE TABLE {table}{self.on_cluster} AS {table}{self.local} "
            f"ENGINE = Distributed({quoted(self.cluster)}, {quoted(self.database)}, "
            f"{table}{self.local}, {SHARD_OF})"
            for since, tables in SINCE.items()
            for table in tables
            if since <= version
        ]


def text(value: str) -> str:
    """A string as a literal."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def quoted(name: str | None) -> str:
    """A name as an identifier."""
    escaped = (name or "").replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"
