-- name: fleet_hours_kept
SELECT extract(epoch FROM date_bin('1 hour', captured_at, 'epoch'))::bigint, count(*)
FROM curated.heartbeats
GROUP BY 1

-- name: fleet_fold_hours
INSERT INTO curated.rollups
(
    level, t, project, type, cohort, software, version, hardware, metric, count, outside, sum,
    sumsq, min, max, bins, counts
)
WITH valued AS
(
    SELECT date_bin('1 hour', h.captured_at, 'epoch') AS t, h.project, h.type, h.cohort, h.software,
        h.version, h.hardware, m.metric, curated.value_of(h.metrics, m.metric) AS value, m.low,
        m.high
    FROM curated.heartbeats AS h
    CROSS JOIN unnest({metrics}::text[], {lows}::float8[], {highs}::float8[])
        AS m (metric, low, high)
    WHERE h.captured_at >= {first} AND h.captured_at < {end}
      AND date_bin('1 hour', h.captured_at, 'epoch') = ANY ({hours})
),
binned AS
(
    SELECT t, project, type, cohort, software, version, hardware, metric,
        (low IS NULL OR value >= low) AND (high IS NULL OR value <= high) AS inside,
        curated.bin_of(value) AS bin, count(*) AS n, sum(value) AS total,
        sum(value * value) AS squares, min(value) AS low, max(value) AS high
    FROM valued
    WHERE value IS NOT NULL
    GROUP BY t, project, type, cohort, software, version, hardware, metric, inside, bin
)
SELECT '1h', t, project, type, cohort, software, version, hardware, metric,
    coalesce(sum(n) FILTER (WHERE inside), 0), coalesce(sum(n) FILTER (WHERE NOT inside), 0),
    coalesce(sum(total) FILTER (WHERE inside), 0), coalesce(sum(squares) FILTER (WHERE inside), 0),
    min(low) FILTER (WHERE inside), max(high) FILTER (WHERE inside),
    coalesce(array_agg(bin ORDER BY bin) FILTER (WHERE inside), '{{}}'),
    coalesce(array_agg(n ORDER BY bin) FILTER (WHERE inside), '{{}}')
FROM binned
GROUP BY t, project, type, cohort, software, version, hardware, metric

-- name: fleet_fold_days
INSERT INTO curated.rollups
(
    level, t, project, type, cohort, software, version, hardware, metric, count, outside, sum,
    sumsq, min, max, bins, counts
)
WITH hours AS
(
    SELECT date_bin('1 day', t, 'epoch') AS day, r.*
    FROM curated.rollups AS r
    WHERE level = '1h' AND t >= {first} AND t < {end}
      AND date_bin('1 day', t, 'epoch') = ANY ({days})
),
sketches AS
(
    SELECT day, project, type, cohort, software, version, hardware, metric,
        array_agg(bin ORDER BY bin) AS bins, array_agg(n ORDER BY bin) AS counts
    FROM
    (
        SELECT day, project, type, cohort, software, version, hardware, metric, bin, sum(n) AS n
        FROM hours
        CROSS JOIN LATERAL unnest(bins, counts) AS u (bin, n)
        GROUP BY day, project, type, cohort, software, version, hardware, metric, bin
    ) AS binned
    GROUP BY day, project, type, cohort, software, version, hardware, metric
),
figures AS
(
    SELECT day, project, type, cohort, software, version, hardware, metric, sum(count) AS count,
        sum(outside) AS outside, sum(sum) AS sum, sum(sumsq) AS sumsq, min(min) AS min,
        max(max) AS max
    FROM hours
    GROUP BY day, project, type, cohort, software, version, hardware, metric
)
SELECT '1d', day, project, type, cohort, software, version, hardware, metric, count, outside, sum,
    sumsq, min, max, coalesce(bins, '{{}}'), coalesce(counts, '{{}}')
FROM figures
LEFT JOIN sketches USING (day, project, type, cohort, software, version, hardware, metric)

-- name: fleet_sketches
WITH rows AS
(
    SELECT {group} AS group_of, count, outside, sum, sumsq, min, max, bins, counts
    FROM curated.rollups
    WHERE metric = {metric} AND {where} AND ({spans})
),
sketches AS
(
    SELECT group_of, array_agg(bin) AS bins, array_agg(n) AS counts
    FROM
    (
        SELECT group_of, bin, sum(n)::bigint AS n
        FROM rows
        CROSS JOIN LATERAL unnest(bins, counts) AS u (bin, n)
        GROUP BY group_of, bin
    ) AS binned
    GROUP BY group_of
),
figures AS
(
    SELECT group_of, sum(count)::bigint AS count, sum(outside)::bigint AS outside, sum(sum) AS sum,
        sum(sumsq) AS sumsq, min(min) AS min, max(max) AS max
    FROM rows
    GROUP BY group_of
)
SELECT group_of, count, outside, sum, sumsq, min, max, coalesce(bins, '{{}}'),
    coalesce(counts, '{{}}')
FROM figures
LEFT JOIN sketches USING (group_of)

-- name: fleet_edges
WITH valued AS
(
    SELECT t, {group} AS group_of, curated.value_of(metrics, {metric}) AS value
    FROM (SELECT *, captured_at AS t FROM curated.heartbeats) AS h
    WHERE {where}
),
binned AS
(
    SELECT group_of,
        ({low}::float8 IS NULL OR value >= {low}) AND ({high}::float8 IS NULL OR value <= {high})
            AS inside,
        curated.bin_of(value) AS bin, count(*) AS n, sum(value) AS total,
        sum(value * value) AS squares, min(value) AS low, max(value) AS high
    FROM valued
    WHERE value IS NOT NULL
    GROUP BY group_of, inside, bin
)
SELECT group_of,
    coalesce(sum(n) FILTER (WHERE inside), 0)::bigint,
    coalesce(sum(n) FILTER (WHERE NOT inside), 0)::bigint,
    coalesce(sum(total) FILTER (WHERE inside), 0), coalesce(sum(squares) FILTER (WHERE inside), 0),
    min(low) FILTER (WHERE inside), max(high) FILTER (WHERE inside),
    coalesce(array_agg(bin) FILTER (WHERE inside), '{{}}'),
    coalesce(array_agg(n) FILTER (WHERE inside), '{{}}')
FROM binned
GROUP BY group_of

-- name: fleet_hours_of
SELECT extract(epoch FROM date_bin('1 hour', captured_at, 'epoch'))::bigint, count(*)
FROM curated.heartbeats
WHERE project = {project} AND starts_with(device, {prefix})
GROUP BY 1
