-- name: metrics
SELECT name, id FROM metrics

-- name: sources
SELECT name, id FROM sources

-- name: add_sources
INSERT INTO sources (name) SELECT unnest({names}::text[]) ON CONFLICT DO NOTHING

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

-- name: samples_whole
SELECT {packed}
FROM {table}
WHERE metric = {metric}
  AND participant = ANY({participants})
  AND t >= {low}
  AND t <  {high}

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

-- name: participants_kept
SELECT participant FROM refreshed
UNION
SELECT participant FROM episodes
UNION
SELECT participant FROM imputed_1d
ORDER BY participant

-- name: remove_participant
DELETE FROM {table}
WHERE participant = {participant}
  AND metric = ANY({metrics})
