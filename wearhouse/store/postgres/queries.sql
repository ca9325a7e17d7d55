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

-- name: imputed
-- Rows of one level of the imputed layer, and beside them what their lists hold.
SELECT {packed}, string_agg({lists}, '')
FROM
(
    SELECT found.*, {entries} AS entries
    FROM {table} AS found
    WHERE metric = {metric}
      AND participant = ANY({participants})
      AND t >= {low}
      AND t <  {high}
      AND (participant, t) > ({after_participant}, {after_t}::timestamptz)
      AND {only}
    ORDER BY participant, t, day
    LIMIT {limit}
) AS page

-- name: drop_aside
DELETE FROM imputed_aside
WHERE metric = {metric}
  AND participant = {participant}
  AND run = {run}
  AND t >= {low}
  AND t <  {high}

-- name: imputed_places
SELECT {packed}
FROM
(
    SELECT participant, t, day, "offset", run
    FROM imputed
    WHERE metric = {metric}
      AND participant = ANY({participants})
      AND t >= {low}
      AND t <  {high}
    ORDER BY participant, t
) AS found

-- name: imputed_extent
SELECT participant, metrics.name, run, count(*), min(t), max(t)
FROM imputed
JOIN metrics ON metrics.id = metric
WHERE participant = ANY({participants})
  AND metric = ANY({metrics})
GROUP BY participant, metrics.name, run
ORDER BY participant, metrics.name, run

-- name: imputed_rows
SELECT metric, count(*) FROM imputed GROUP BY metric

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
SELECT 'raw', metric, held, held
FROM
(
    SELECT metric, (sum(count) - coalesce((
        SELECT sum(rows) FROM moved WHERE moved.metric = rollups_1mo.metric AND days <> 0
    ), 0))::bigint AS held
    FROM rollups_1mo GROUP BY metric
) AS samples
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

-- name: refreshed_at
SELECT metric, max(at) FROM refreshed GROUP BY metric

-- name: participants_kept
SELECT participant FROM refreshed
UNION
SELECT participant FROM episodes
UNION
SELECT participant FROM imputed_1d
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

-- name: moved
SELECT participant, metrics.name, month, days, root, file, digest, shadow, rows
FROM moved
JOIN metrics ON metrics.id = metric
WHERE participant = ANY({participants})
  AND metric = ANY({metrics})
  AND month >= {first_month}
  AND month <  {end_month}
  AND days <> 0
ORDER BY participant, metric, month

-- name: moved_everything
SELECT participant, metrics.name, month, days, root, file, digest, shadow, rows
FROM moved
JOIN metrics ON metrics.id = metric
WHERE days <> 0
ORDER BY participant, metric, month

-- name: put_moved
INSERT INTO moved (participant, metric, month, days, root, file, digest, shadow, rows)
VALUES
(
    {participant}, {metric}, {month}, {days}, {root}, {file}, {digest}, {shadow}, {rows}
)
ON CONFLICT (participant, metric, month) DO UPDATE SET
    days = excluded.days,
    root = excluded.root,
    file = excluded.file,
    digest = excluded.digest,
    shadow = excluded.shadow,
    rows = excluded.rows

-- name: remove_days
DELETE FROM {table}
WHERE metric = {metric}
  AND participant = {participant}
  AND t >= {low}
  AND t <  {high}
  AND (t AT TIME ZONE 'UTC' + "offset" * interval '1 minute')::date = ANY({days}::date[])

-- name: vacuumed
-- Partitions of these names, and the tables that are not cut; TimescaleDB looks after its chunks.
SELECT relid::regclass::text
FROM pg_stat_user_tables
WHERE n_dead_tup > 0
  AND (relname = ANY({names}) OR relname = 'shadowed')

-- name: vacuum
VACUUM {table}

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

-- name: rewrite
VACUUM (FULL) {table}
