-- name: fleet_loads
SELECT * EXCEPT (changed)
FROM fleet_loads FINAL
ORDER BY load DESC
LIMIT {limit:UInt32}

-- name: fleet_newest_load
SELECT max(load) AS load FROM fleet_loads

-- name: fleet_newest
-- The newest number that was given to anything, so that the next are newer.
SELECT greatest(
    (SELECT max(built) FROM fleet_rollups WHERE metric = ''),
    (SELECT max(changed) FROM fleet_loads)
) AS version

-- name: fleet_last_position
SELECT max(position) AS position FROM fleet_events WHERE load = {load:UInt32}

-- name: fleet_delivered_events
SELECT $columns
FROM fleet_events
WHERE load = {load:UInt32} AND position >= {first:UInt32} AND position < {end:UInt32}
ORDER BY position

-- name: fleet_delivered_rows
SELECT $columns FROM fleet_$table WHERE load = {load:UInt32} ORDER BY ALL

-- name: fleet_refused
SELECT position, project, device, captured_at, reason, record
FROM fleet_quarantine FINAL
WHERE load = {load:UInt32} AND position >= {first:UInt32}
ORDER BY position

-- name: fleet_load_seen
SELECT count() AS n FROM fleet_loads FINAL WHERE digest = {digest:String} AND state != 'loading'

-- name: fleet_pending
SELECT load, cohorts + devices + versions AS references, events
FROM fleet_loads FINAL
WHERE state = 'staged'
ORDER BY load

-- name: fleet_stretch
load = {load:UInt32} AND position >= {first:UInt32} AND position < {end:UInt32}

-- name: fleet_whole
-- Loads that are complete, up to one.
load <= $upto AND load NOT IN (SELECT load FROM fleet_loads FINAL WHERE state = 'loading')

-- name: fleet_quarantined
SELECT load, position, project, device, captured_at, reason, record
FROM fleet_quarantine FINAL
WHERE $where
ORDER BY load DESC, position DESC
LIMIT {limit:UInt32}
