-- name: fleet_exact
WITH valued AS
(
    SELECT {group} AS group_of, curated.value_of(metrics, {metric}) AS value
    FROM (SELECT *, captured_at AS t FROM curated.heartbeats) AS h
    WHERE {where}
),
judged AS
(
    SELECT *,
        ({low}::float8 IS NULL OR value >= {low}) AND ({high}::float8 IS NULL OR value <= {high})
            AS inside
    FROM valued
    WHERE value IS NOT NULL
)
SELECT group_of, count(*) FILTER (WHERE inside), count(*) FILTER (WHERE NOT inside),
    sum(value) FILTER (WHERE inside), sum(value * value) FILTER (WHERE inside),
    min(value) FILTER (WHERE inside), max(value) FILTER (WHERE inside),
    percentile_cont({quantiles}::float8[]) WITHIN GROUP (ORDER BY value) FILTER (WHERE inside)
FROM judged
GROUP BY group_of

-- name: fleet_vitals
WITH valued AS
(
    SELECT *,
        CASE WHEN ({low}::float8 IS NULL OR found >= {low})
            AND ({high}::float8 IS NULL OR found <= {high}) THEN found END AS battery
    FROM
    (
        SELECT project, device, cohort, software, version, captured_at,
            {battery} AS found, {synced} AS synced, {unsynced} AS unsynced
        FROM curated.heartbeats
        WHERE {where}
    ) AS found
),
paired AS
(
    SELECT *,
        lag(captured_at) OVER device_in_time           AS before,
        lag(battery) OVER device_in_time               AS previous,
        lag(software || ' ' || version) OVER device_in_time AS was
    FROM valued
    WINDOW device_in_time AS (PARTITION BY project, device ORDER BY captured_at)
),
judged AS
(
    SELECT *,
        was = software || ' ' || version AND battery <= previous
            AND before >= captured_at - interval '6 hours' AND captured_at > before AS falls
    FROM paired
)
SELECT
    project, cohort, software, version, device,
    coalesce(sum(previous - battery) FILTER (WHERE falls), 0),
    coalesce(sum(extract(epoch FROM captured_at - before)) FILTER (WHERE falls), 0)::float8 / 3600,
    count(DISTINCT date_bin('1 hour', captured_at, 'epoch')),
    count(*),
    extract(epoch FROM date_bin('1 hour', max(captured_at), 'epoch')
        - date_bin('1 hour', min(captured_at), 'epoch'))::bigint / 3600 + 1,
    sum(synced),
    sum(unsynced),
    min(captured_at),
    max(captured_at)
FROM judged
GROUP BY project, cohort, software, version, device

-- name: fleet_releases
SELECT project, software, version, min(captured_at), max(captured_at), count(DISTINCT device),
    count(*)
FROM curated.heartbeats
WHERE {where}
GROUP BY project, software, version
ORDER BY 4

-- name: fleet_search
SELECT project, device, captured_at, created_at, serial, cohort, hardware, software, version,
    metrics::text
FROM curated.latest
WHERE {where}
ORDER BY {order}
LIMIT {limit}

-- name: fleet_timeline
SELECT captured_at, created_at, type, serial, cohort, hardware, software, version, metrics::text
FROM curated.heartbeats
WHERE {where}
ORDER BY captured_at, type
LIMIT {limit}

-- name: fleet_facets
SELECT
    array_agg(DISTINCT project), array_agg(DISTINCT cohort), array_agg(DISTINCT hardware),
    array_agg(DISTINCT curated.version_of(software, version)), count(*), max(captured_at)
FROM curated.latest
WHERE {where}
