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
