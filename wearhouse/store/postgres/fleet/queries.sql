-- name: fleet_new_schema_version
CREATE TABLE IF NOT EXISTS fleet_schema_version
(
    version    integer     PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
)

-- name: fleet_schema_versions
SELECT version FROM fleet_schema_version

-- name: fleet_add_schema_version
INSERT INTO fleet_schema_version (version) VALUES ({version})

-- name: fleet_begin
INSERT INTO staging.load_log (load, source, path, digest, state, started_at)
SELECT coalesce(max(load), 0) + 1, {source}, {path}, {digest}, 'loading', {at} FROM staging.load_log
RETURNING load

-- name: fleet_staged
UPDATE staging.load_log
SET state = 'staged', cohorts = {cohorts}, devices = {devices}, versions = {versions},
    events = {events}, staged_at = {at}
WHERE load = {load}

-- name: fleet_settle
UPDATE staging.load_log
SET state = 'curated', curated = {curated}, quarantined = {quarantined}, skipped = {skipped},
    curated_at = {at}
WHERE load = {load}

-- name: fleet_last_position
SELECT coalesce(max(position), -1) FROM staging.events WHERE load = {load}

-- name: fleet_delivered_rows
SELECT {columns} FROM {table} WHERE load = {load} AND {which} ORDER BY {order}

-- name: fleet_refused
SELECT position, project, device, captured_at, reason, record
FROM staging.quarantine
WHERE load = {load} AND position >= {first}
ORDER BY position

-- name: fleet_seen
SELECT EXISTS (SELECT FROM staging.load_log WHERE digest = {digest} AND state <> 'loading')

-- name: fleet_loads
SELECT load, source, path, digest, state, cohorts, devices, versions, events, curated, quarantined,
    skipped, started_at, staged_at, curated_at
FROM staging.load_log
ORDER BY load DESC
LIMIT {limit}

-- name: fleet_pending
SELECT load, cohorts + devices + versions, events
FROM staging.load_log
WHERE state = 'staged'
ORDER BY load

-- name: fleet_devices_at
-- Each device as the loads up to one leave it.
CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS
WITH good AS
(
    SELECT load FROM staging.load_log WHERE state <> 'loading' AND load <= {upto}
),
cohorts AS
(
    SELECT DISTINCT ON (project, id) project, id, name
    FROM staging.cohorts JOIN good USING (load)
    ORDER BY project, id, load DESC
),
devices AS
(
    SELECT DISTINCT ON (project, id) project, id, serial, cohort, hardware
    FROM staging.devices JOIN good USING (load)
    ORDER BY project, id, load DESC
)
SELECT d.project, d.id, d.serial, coalesce(c.name, '') AS cohort, d.hardware
FROM devices AS d
LEFT JOIN cohorts AS c ON c.project = d.project AND c.id = d.cohort

-- name: fleet_versions_at
CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS
SELECT DISTINCT ON (project, id) project, id, software, version
FROM staging.versions
JOIN staging.load_log USING (load)
WHERE state <> 'loading' AND load <= {upto}
ORDER BY project, id, load DESC

-- name: fleet_judge
-- What each event of some loads is: '' a heartbeat, '-' of no interest, else why not.
CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS
SELECT
    e.load, e.position, e.project, e.id, e.device, e.type, e.version, e.captured_at, e.created_at,
    left(e.info, 500)               AS record,
    md5(e.version || ' ' || e.info) AS digest,
    CASE WHEN jsonb_typeof(j -> 'metrics') = 'object' THEN staging.flat(j -> 'metrics') END AS metrics,
    CASE
        WHEN j IS NULL THEN 'event_info is not JSON'
        WHEN jsonb_typeof(j -> 'metrics') IS DISTINCT FROM 'object' AND e.type <> 'heartbeat'
            THEN '-'
        WHEN jsonb_typeof(j -> 'metrics') IS DISTINCT FROM 'object' THEN 'it has no metrics'
        WHEN e.device = '' THEN 'it names no device'
        WHEN e.captured_at IS NULL THEN 'captured_date cannot be read'
        WHEN e.captured_at > e.created_at + {ahead_s} * interval '1 second'
            THEN 'the clock of the device was ahead'
        WHEN e.captured_at < e.created_at - {behind_s} * interval '1 second'
            THEN 'the clock of the device was far behind'
        ELSE ''
    END AS reason
FROM staging.events AS e
CROSS JOIN LATERAL staging.read_json(e.info) AS j
WHERE {which}

-- name: fleet_counts
SELECT load, count(*) FILTER (WHERE reason = ''), count(*) FILTER (WHERE reason NOT IN ('', '-')),
    count(*) FILTER (WHERE reason = '-')
FROM judged
GROUP BY load

-- name: fleet_quarantine
INSERT INTO staging.quarantine (load, position, project, device, captured_at, reason, record)
SELECT load, position, project, device, captured_at, reason, record
FROM judged
WHERE reason NOT IN ('', '-')
ON CONFLICT (load, position) DO NOTHING

-- name: fleet_months
SELECT min(captured_at), max(captured_at) FROM judged WHERE reason = ''

-- name: fleet_make_months
CALL curated.make_months({first}, {last})

-- name: fleet_stale_hours
WITH devices AS
(
    SELECT now.project, now.id
    FROM devices_now AS now
    LEFT JOIN devices_before AS old USING (project, id)
    WHERE (now.serial, now.cohort, now.hardware)
        IS DISTINCT FROM (old.serial, old.cohort, old.hardware)
),
versions AS
(
    SELECT now.project, now.id
    FROM versions_now AS now
    LEFT JOIN versions_before AS old USING (project, id)
    WHERE (now.software, now.version) IS DISTINCT FROM (old.software, old.version)
),
anew AS
(
    SELECT h.project, h.device, h.type, h.captured_at, d.serial, d.cohort, d.hardware, v.software,
        v.version
    FROM curated.heartbeats AS h
    LEFT JOIN devices_now AS d ON d.project = h.project AND d.id = h.device
    LEFT JOIN versions_now AS v ON v.project = h.project AND v.id = h.version_id
    WHERE (h.project, h.device) IN (SELECT project, id FROM devices)
       OR (h.project, h.version_id) IN (SELECT project, id FROM versions)
),
changed AS
(
    UPDATE curated.heartbeats AS h
    SET serial = coalesce(a.serial, ''), cohort = coalesce(a.cohort, ''),
        hardware = coalesce(a.hardware, ''), software = coalesce(a.software, ''),
        version = coalesce(a.version, '')
    FROM anew AS a
    WHERE (a.project, a.device, a.type, a.captured_at)
        = (h.project, h.device, h.type, h.captured_at)
      AND (h.serial, h.cohort, h.hardware, h.software, h.version)
        IS DISTINCT FROM (coalesce(a.serial, ''), coalesce(a.cohort, ''), coalesce(a.hardware, ''),
            coalesce(a.software, ''), coalesce(a.version, ''))
    RETURNING h.captured_at
)
SELECT extract(epoch FROM date_bin('1 hour', captured_at, 'epoch'))::bigint, count(*)
FROM changed
GROUP BY 1

-- name: fleet_hours
SELECT extract(epoch FROM date_bin('1 hour', captured_at, 'epoch'))::bigint, count(*)
FROM judged
WHERE reason = ''
GROUP BY 1

-- name: fleet_corrected
-- Events of these loads that are told of several devices, types or times, here or in other loads.
SELECT e.project, e.id
FROM staging.events AS e
JOIN staging.load_log AS l USING (load)
WHERE (e.project, e.id) IN (SELECT project, id FROM judged WHERE reason = '' AND id <> '')
  AND e.id <> ''
  AND l.state <> 'loading' AND l.load <= {upto}
GROUP BY e.project, e.id
HAVING count(DISTINCT (e.device, e.type, e.captured_at)) > 1

-- name: fleet_whole
-- Loads that are complete, up to one.
e.load IN (SELECT load FROM staging.load_log WHERE state <> 'loading' AND load <= {upto})

-- name: fleet_of_events
e.id <> '' AND (e.project, e.id) IN (SELECT * FROM unnest({projects}::text[], {ids}::text[]))

-- name: fleet_at_places
e.captured_at = ANY ({times}::timestamptz[])
AND (e.project, e.device, e.type, e.captured_at) IN
    (SELECT * FROM unnest({projects}::text[], {devices}::text[], {types}::text[], {times}::timestamptz[]))

-- name: fleet_delivered
SELECT project, id, device, type, captured_at, created_at, digest, load, position
FROM {table}
WHERE reason = ''

-- name: fleet_withdraw
DELETE FROM curated.heartbeats
WHERE (project, device, type, captured_at) IN
    (SELECT * FROM unnest({projects}::text[], {devices}::text[], {types}::text[], {times}::timestamptz[]))

-- name: fleet_forget_latest
DELETE FROM curated.latest
WHERE (project, device) IN (SELECT * FROM unnest({projects}::text[], {devices}::text[]))

-- name: fleet_note_again
INSERT INTO curated.latest
(
    project, device, captured_at, created_at, serial, cohort, hardware, software, version, metrics
)
SELECT DISTINCT ON (project, device)
    project, device, captured_at, created_at, serial, cohort, hardware, software, version, metrics
FROM curated.heartbeats
WHERE (project, device) IN (SELECT * FROM unnest({projects}::text[], {devices}::text[]))
ORDER BY project, device, captured_at DESC, created_at DESC

-- name: fleet_take
INSERT INTO curated.heartbeats AS h
(
    project, device, type, captured_at, created_at, load, serial, cohort, hardware, software,
    version, version_id, digest, metrics
)
SELECT DISTINCT ON (e.project, e.device, e.type, e.captured_at)
    e.project, e.device, e.type, e.captured_at, e.created_at, e.load,
    coalesce(d.serial, ''), coalesce(d.cohort, ''), coalesce(d.hardware, ''),
    coalesce(v.software, ''), coalesce(v.version, ''), e.version, e.digest, e.metrics
FROM {table} AS e
LEFT JOIN devices_now AS d ON d.project = e.project AND d.id = e.device
LEFT JOIN versions_now AS v ON v.project = e.project AND v.id = e.version
WHERE e.reason = ''
ORDER BY e.project, e.device, e.type, e.captured_at, e.created_at DESC, e.digest DESC
ON CONFLICT (project, device, type, captured_at) DO UPDATE SET
    created_at = excluded.created_at, load = excluded.load, serial = excluded.serial,
    cohort = excluded.cohort, hardware = excluded.hardware, software = excluded.software,
    version = excluded.version, version_id = excluded.version_id, digest = excluded.digest,
    metrics = excluded.metrics
WHERE (excluded.created_at, excluded.digest) >= (h.created_at, h.digest)

-- name: fleet_note_latest
INSERT INTO curated.latest AS l
(
    project, device, captured_at, created_at, serial, cohort, hardware, software, version, metrics
)
SELECT DISTINCT ON (h.project, h.device)
    h.project, h.device, h.captured_at, h.created_at, h.serial, h.cohort, h.hardware, h.software,
    h.version, h.metrics
FROM curated.heartbeats AS h
WHERE (h.project, h.device, h.captured_at) IN
(
    SELECT project, device, max(captured_at) FROM judged WHERE reason = '' GROUP BY project, device
)
ORDER BY h.project, h.device, h.created_at DESC
ON CONFLICT (project, device) DO UPDATE SET
    captured_at = excluded.captured_at, created_at = excluded.created_at, serial = excluded.serial,
    cohort = excluded.cohort, hardware = excluded.hardware, software = excluded.software,
    version = excluded.version, metrics = excluded.metrics
WHERE excluded.captured_at >= l.captured_at

-- name: fleet_note_latest_again
UPDATE curated.latest AS l
SET serial = h.serial, cohort = h.cohort, hardware = h.hardware, software = h.software,
    version = h.version
FROM curated.heartbeats AS h
WHERE (h.project, h.device, h.captured_at) = (l.project, l.device, l.captured_at)
  AND (h.serial, h.cohort, h.hardware, h.software, h.version)
      IS DISTINCT FROM (l.serial, l.cohort, l.hardware, l.software, l.version)

-- name: fleet_kinds
SELECT DISTINCT key, jsonb_typeof(value)
FROM curated.heartbeats
CROSS JOIN LATERAL jsonb_each(metrics)
WHERE captured_at >= {low} AND captured_at < {high}
  AND date_bin('1 hour', captured_at, 'epoch') = ANY ({hours})
  AND load >= {since}
  AND jsonb_typeof(value) <> 'null'

-- name: fleet_hours_kept
SELECT extract(epoch FROM date_bin('1 hour', captured_at, 'epoch'))::bigint, count(*)
FROM curated.heartbeats
GROUP BY 1

-- name: fleet_set_battery
WITH gone AS (DELETE FROM curated.battery)
INSERT INTO curated.battery (metric, low, high) VALUES ({metric}, {low}, {high})

-- name: fleet_unfold
DELETE FROM curated.rollups WHERE level = {level} AND t = ANY ({times})

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

-- name: fleet_quarantined
SELECT load, position, project, device, captured_at, reason, record
FROM staging.quarantine
WHERE {where}
ORDER BY load DESC, position DESC
LIMIT {limit}

-- name: fleet_facets
SELECT
    array_agg(DISTINCT project), array_agg(DISTINCT cohort), array_agg(DISTINCT hardware),
    array_agg(DISTINCT curated.version_of(software, version)), count(*), max(captured_at)
FROM curated.latest
WHERE {where}

-- name: fleet_hours_of
SELECT extract(epoch FROM date_bin('1 hour', captured_at, 'epoch'))::bigint, count(*)
FROM curated.heartbeats
WHERE project = {project} AND starts_with(device, {prefix})
GROUP BY 1

-- name: fleet_forget
DELETE FROM {table} WHERE project = {project} AND starts_with({column}, {prefix})
