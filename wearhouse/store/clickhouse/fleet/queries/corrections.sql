-- name: fleet_corrected
-- Events of a stretch that are told of several devices, types or times, here or in other loads.
SELECT project, id
FROM fleet_events
WHERE id IN (SELECT id FROM fleet_events WHERE $which AND id != '') AND $whole
GROUP BY project, id
HAVING min(cityHash64(device, type, assumeNotNull(captured_at)))
    != max(cityHash64(device, type, assumeNotNull(captured_at)))

-- name: fleet_delivered
SELECT project, id, device, type, assumeNotNull(captured_at) AS captured_at, $rank AS rank, load,
    position
FROM ($judged)
WHERE reason = ''

-- name: fleet_withdraw
DELETE FROM fleet_heartbeats
WHERE (project, device, type, captured_at) IN ($places)
  AND (project, device, type, captured_at, rank) NOT IN ($counting)

-- name: fleet_newest_of
SELECT project, device, captured_at, created_at
FROM fleet_heartbeats FINAL
WHERE (project, device) IN ($owners)
ORDER BY captured_at DESC, created_at DESC
LIMIT 1 BY project, device

-- name: fleet_note_again
-- Latest heartbeats, of devices whose newest one may have been withdrawn.
INSERT INTO fleet_latest
(
    project, device, captured_at, created_at, serial, cohort, hardware, software, version,
    version_id, numbers, others, rank
)
SELECT
    project, device, captured_at, created_at, serial, cohort, hardware, software, version,
    version_id, numbers, others, $newness
FROM fleet_heartbeats FINAL
WHERE (project, device, captured_at, created_at) IN ($newest)
SETTINGS insert_deduplicate = 0

-- name: fleet_forget_latest
DELETE FROM fleet_latest
WHERE (project, device) IN ($owners)
  AND (project, device, captured_at, created_at) NOT IN ($newest)

-- name: fleet_newness
bitOr(
    bitShiftLeft(toUInt64(toUnixTimestamp(captured_at)), 32), toUInt64(toUnixTimestamp(created_at))
)

-- name: fleet_note_latest
-- The newest heartbeat of each device that has any in these hours.
INSERT INTO fleet_latest
(
    project, device, captured_at, created_at, serial, cohort, hardware, software, version,
    version_id, numbers, others, rank
)
SELECT
    project, device, captured_at, created_at, serial, cohort, hardware, software, version,
    version_id, numbers, others, $newness
FROM fleet_heartbeats FINAL
WHERE $within AND (project, device, captured_at) IN
(
    SELECT project, device, max(captured_at) FROM fleet_heartbeats WHERE $within
    GROUP BY project, device
)
