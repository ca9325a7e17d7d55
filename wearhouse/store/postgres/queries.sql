-- name: metrics
SELECT name, id FROM metrics

-- name: sources
SELECT name, id FROM sources

-- name: add_sources
INSERT INTO sources (name) SELECT unnest({names}::text[]) ON CONFLICT DO NOTHING

-- name: lock
SELECT pg_advisory_xact_lock({kind}, number)::text
FROM unnest({numbers}::integer[]) AS number

-- name: table_named
SELECT to_regclass({name}) IS NOT NULL

-- name: new_partition
CREATE TABLE {name} (LIKE {table} INCLUDING ALL)

-- name: attach_partition
ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({low}) TO ({high})

-- name: samples
-- Goes through the participants in their order and through time within each, by the primary key.
SELECT {packed}
FROM
(
    SELECT who.participant, found.t, found."offset", found.value
    FROM unnest({participants}::integer[], {lows}::timestamptz[])
        WITH ORDINALITY AS who (participant, low, place)
    CROSS JOIN LATERAL
    (
        SELECT t, "offset", value
        FROM samples
        WHERE metric = {metric}
          AND participant = who.participant
          AND t >= who.low
          AND t >= {low}
          AND t <  {high}
        ORDER BY t
        LIMIT {limit}
    ) AS found
    ORDER BY who.place
    LIMIT {limit}
) AS page

-- name: rollups
SELECT {packed}
FROM
(
    SELECT who.participant, found.*
    FROM unnest({participants}::integer[], {lows}::timestamptz[])
        WITH ORDINALITY AS who (participant, low, place)
    CROSS JOIN LATERAL
    (
        SELECT t, day, "offset", minutes, count, sum, sumsq, min, max, first, last, first_at
        FROM {table}
        WHERE metric = {metric}
          AND participant = who.participant
          AND t >= who.low
          AND t >= {low}
          AND t <  {high}
        ORDER BY t, day
        LIMIT {limit}
    ) AS found
    ORDER BY who.place
    LIMIT {limit}
) AS page

-- name: samples_whole
SELECT {packed}
FROM {table}
WHERE metric = {metric}
  AND participant = ANY({participants})
  AND t >= {low}
  AND t <  {high}

-- name: rollups_whole
SELECT
    {packed},
    string_agg(
        (SELECT string_agg(int2send(bin) || int4send(entry), '') FROM unnest(bins, counts) AS e (bin, entry)),
        ''
    )
FROM
(
    SELECT *, coalesce(cardinality(bins), 0) AS entries
    FROM {table}
    WHERE metric = ANY({metrics})
      AND participant = ANY({participants})
      AND t >= {low}
      AND t <  {high}
      AND day >= {first_day}
      AND day <  {end_day}
    ORDER BY metric, participant, t, day
) AS found

-- name: days_kept
SELECT {packed}
FROM
(
    SELECT metric, participant, day, "offset"
    FROM rollups_1d
    WHERE metric = ANY({metrics})
      AND participant = ANY({participants})
      AND t >= {first_day}::date
      AND t <  {end_day}::date
    ORDER BY metric, participant, day
) AS found

-- name: stage
CREATE TEMP TABLE IF NOT EXISTS {staged} ON COMMIT DELETE ROWS AS SELECT {key} FROM {table} WITH NO DATA

-- name: remove
DELETE FROM {table} AS kept
USING {staged} AS staged
WHERE {same}
  AND kept.metric = ANY({metrics})
  AND kept.participant = ANY({participants})
  AND kept.t >= {low}
  AND kept.t <= {high}

-- name: note
INSERT INTO refreshed (metric, participant, at)
SELECT metric, participant, now()
FROM unnest({metrics}::smallint[]) AS metric
CROSS JOIN unnest({participants}::integer[]) AS participant
ON CONFLICT (participant, metric) DO UPDATE SET at = excluded.at

-- name: episodes
SELECT
    metrics.name, participant, day, log, t, "end", "offset", label, main, sources.name, as_of
FROM episodes
JOIN metrics ON metrics.id = metric
JOIN sources ON sources.id = source
WHERE metrics.name = ANY({metrics})
  AND participant = ANY({participants})
  AND day >= {first}
  AND day <= {last}
ORDER BY metrics.name, participant, day, log, t

-- name: episodes_of_logs
SELECT
    metrics.name, participant, day, log, t, "end", "offset", label, main, sources.name, as_of
FROM episodes
JOIN metrics ON metrics.id = metric
JOIN sources ON sources.id = source
WHERE metrics.name = ANY({metrics})
  AND participant = ANY({participants})
  AND log = ANY({logs})
ORDER BY metrics.name, participant, day, log, t

-- name: remove_episodes
DELETE FROM episodes AS kept
USING staged_episodes AS staged
WHERE kept.metric = staged.metric
  AND kept.participant = staged.participant
  AND kept.day = staged.day
  AND kept.log = staged.log
  AND kept.t = staged.t

-- name: extent
-- Per participant and metric what there is, from its months.
SELECT
    participant,
    metrics.name,
    sum(days)::bigint,
    sum(count)::bigint,
    min(first_at),
    max(last_at),
    (array_agg("offset" ORDER BY t))[1],
    (array_agg("offset" ORDER BY t DESC))[1]
FROM rollups_1mo
JOIN metrics ON metrics.id = metric
WHERE participant = ANY({participants})
  AND metric = ANY({metrics})
GROUP BY participant, metrics.name
ORDER BY participant, metrics.name

-- name: rows_by_level
-- Samples and minutes are counted from days, not one by one.
SELECT 'raw', metric, sum(count)::bigint AS rows, sum(count)::bigint AS samples
FROM rollups_1mo GROUP BY metric
UNION ALL
SELECT '1m', metric, sum(minutes)::bigint, sum(count)::bigint
FROM rollups_1d WHERE metric = ANY({with_minutes}) GROUP BY metric
UNION ALL
SELECT '1h', metric, count(*), sum(count)::bigint FROM rollups_1h GROUP BY metric
UNION ALL
SELECT '1d', metric, count(*), sum(count)::bigint FROM rollups_1d GROUP BY metric
UNION ALL
SELECT '1w', metric, count(*), sum(count)::bigint FROM rollups_1w GROUP BY metric
UNION ALL
SELECT '1mo', metric, count(*), sum(count)::bigint FROM rollups_1mo GROUP BY metric

-- name: table_bytes
-- A table and the partitions below it.
SELECT (pg_total_relation_size({table}) + coalesce(sum(pg_total_relation_size(relid)), 0))::bigint
FROM pg_partition_tree({table})
WHERE level > 0

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

-- name: refreshed_at
SELECT metric, max(at) FROM refreshed GROUP BY metric

-- name: participants_kept
SELECT participant FROM refreshed
UNION
SELECT participant FROM episodes
ORDER BY participant

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

-- name: remove_participant
DELETE FROM {table}
WHERE participant = {participant}
  AND metric = ANY({metrics})

-- name: about
SELECT
    current_setting('server_version'),
    (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'),
    kind,
    version
FROM schema_version
ORDER BY version DESC
LIMIT 1

-- name: ready
SELECT 1

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

-- name: rewrite
VACUUM (FULL) {table}
