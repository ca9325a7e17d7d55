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

-- name: fleet_kinds
SELECT DISTINCT key, jsonb_typeof(value)
FROM curated.heartbeats
CROSS JOIN LATERAL jsonb_each(metrics)
WHERE captured_at >= {low} AND captured_at < {high}
  AND date_bin('1 hour', captured_at, 'epoch') = ANY ({hours})
  AND load >= {since}
  AND jsonb_typeof(value) <> 'null'

-- name: fleet_set_battery
WITH gone AS (DELETE FROM curated.battery)
INSERT INTO curated.battery (metric, low, high) VALUES ({metric}, {low}, {high})

-- name: fleet_unfold
DELETE FROM curated.rollups WHERE level = {level} AND t = ANY ({times})
