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

-- name: fleet_whole
-- Loads that are complete, up to one.
e.load IN (SELECT load FROM staging.load_log WHERE state <> 'loading' AND load <= {upto})

-- name: fleet_quarantined
SELECT load, position, project, device, captured_at, reason, record
FROM staging.quarantine
WHERE {where}
ORDER BY load DESC, position DESC
LIMIT {limit}
