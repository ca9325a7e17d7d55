-- name: lock
SELECT pg_advisory_xact_lock({kind}, number)::text
FROM unnest({numbers}::integer[]) AS number

-- name: table_named
SELECT to_regclass({name}) IS NOT NULL

-- name: new_partition
CREATE TABLE {name} (LIKE {table} INCLUDING ALL)

-- name: attach_partition
ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({low}) TO ({high})

-- name: table_bytes
-- A table and the partitions below it.
SELECT (pg_total_relation_size({table}) + coalesce(sum(pg_total_relation_size(relid)), 0))::bigint
FROM pg_partition_tree({table})
WHERE level > 0

-- name: whole_bytes
SELECT pg_total_relation_size({table})

-- name: hypertable_bytes
SELECT hypertable_size({table})

-- name: fit_chunks
-- Chunks of a week, or of fewer days where a week would be more than a machine likes to keep warm.
SELECT set_chunk_time_interval('samples', CASE
    WHEN busiest >= 20000000 THEN interval '1 day'
    WHEN busiest >= 5000000  THEN interval '3 days'
    ELSE interval '7 days'
END)
FROM
(
    SELECT coalesce(max(samples), 0) AS busiest
    FROM (SELECT sum(count) / 28 AS samples FROM rollups_1mo GROUP BY t) AS months
) AS found

-- name: holding
-- The tables, or the partitions of tables, in which there are rows of a participant.
SELECT DISTINCT tableoid::regclass::text
FROM {table}
WHERE participant = {participant}
  AND metric = ANY({metrics})

-- name: compressed
-- Where TimescaleDB keeps what is compressed of these chunks.
SELECT format('%I.%I', cold.schema_name, cold.table_name)
FROM _timescaledb_catalog.chunk AS chunk
JOIN _timescaledb_catalog.chunk AS cold ON cold.id = chunk.compressed_chunk_id
WHERE format('%I.%I', chunk.schema_name, chunk.table_name) = ANY({chunks})

-- name: about
SELECT
    current_setting('server_version'),
    (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'),
    kind,
    version
FROM schema_version
ORDER BY version DESC
LIMIT 1

-- name: now
SELECT clock_timestamp()

-- name: ready
SELECT 1

-- name: state_of_transactions
-- Which transactions can be seen: another text once anything was committed, and only then or when
-- one begins.
SELECT pg_current_snapshot()::text

-- name: new_schema_version
CREATE TABLE IF NOT EXISTS schema_version
(
    version    integer     PRIMARY KEY,
    kind       text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)

-- name: schema_versions
SELECT version, kind FROM schema_version ORDER BY version

-- name: add_schema_version
INSERT INTO schema_version (version, kind) VALUES ({version}, {kind})

-- name: timescale_offered
-- Installed, and loaded when the server started, which TimescaleDB needs.
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb')
   AND EXISTS (SELECT FROM pg_settings WHERE name LIKE 'timescaledb.%')

-- name: new_timescale
CREATE EXTENSION IF NOT EXISTS timescaledb
