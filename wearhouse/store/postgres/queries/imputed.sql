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
