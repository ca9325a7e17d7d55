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

-- name: rewrite
VACUUM (FULL) {table}
