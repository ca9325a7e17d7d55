-- name: fleet_devices_at
-- Each device as the loads up to one leave it.
SELECT d.project AS project, d.id AS id, d.serial AS serial, c.name AS cohort, d.hardware AS hardware
FROM
(
    SELECT
        project, id,
        argMax(serial, load)   AS serial,
        argMax(cohort, load)   AS cohort_id,
        argMax(hardware, load) AS hardware
    FROM fleet_devices
    WHERE $whole
    GROUP BY project, id
) AS d
LEFT JOIN
(
    SELECT project, id, argMax(name, load) AS name
    FROM fleet_cohorts
    WHERE $whole
    GROUP BY project, id
) AS c ON c.project = d.project AND c.id = d.cohort_id

-- name: fleet_versions_at
SELECT project, id, argMax(software, load) AS software, argMax(version, load) AS version
FROM fleet_versions
WHERE $whole
GROUP BY project, id

-- name: fleet_judged
-- What each event of a stretch of a load is: '' a heartbeat, '-' of no interest, else why not.
-- Something has the type of an object only in what is JSON, so most events are read once.
SELECT
    *,
    multiIf(
        JSONType(info, 'metrics') != 'Object' AND NOT isValidJSON(info), 'event_info is not JSON',
        JSONType(info, 'metrics') != 'Object' AND type != 'heartbeat', '-',
        JSONType(info, 'metrics') != 'Object', 'it has no metrics',
        device = '', 'it names no device',
        captured_at IS NULL, 'captured_date cannot be read',
        captured_at > created_at + toIntervalSecond({ahead_s:UInt32}),
            'the clock of the device was ahead',
        captured_at < created_at - toIntervalSecond({behind_s:UInt32}),
            'the clock of the device was far behind',
        ''
    ) AS reason
FROM fleet_events
WHERE $which

-- name: fleet_counts
-- What the events of a stretch are, the heartbeats by the hour that they lie in.
SELECT
    if(reason IN ('', '-'), reason, 'quarantined')          AS what,
    if(reason = '', toStartOfHour(captured_at), NULL)       AS hour,
    count()                                                 AS n,
    max(reason = '' AND id != '')                           AS named
FROM ($judged)
GROUP BY what, hour

-- name: fleet_quarantine_some
INSERT INTO fleet_quarantine
SELECT load, position, project, device, captured_at, reason, left(info, 500), {changed:UInt64}
FROM ($judged)
WHERE reason NOT IN ('', '-')

-- name: fleet_take
INSERT INTO fleet_heartbeats
(
    project, device, type, captured_at, created_at, serial, cohort, hardware, software, version,
    version_id, numbers, others, load, rank
)
SELECT
    e.project,
    e.device,
    e.type,
    assumeNotNull(e.captured_at),
    e.created_at,
    d.serial,
    d.cohort,
    d.hardware,
    v.software,
    v.version,
    e.version,
    e.numbers,
    e.others,
    e.load,
    e.rank
FROM ($measured) AS e
LEFT ANY JOIN ($devices) AS d ON d.project = e.project AND d.id = e.device
LEFT ANY JOIN ($versions) AS v ON v.project = e.project AND v.id = e.version
SETTINGS insert_deduplicate = 0

-- name: fleet_rank
-- Of several deliveries the one that was created last counts, and of those the higher digest.
bitOr(
    bitShiftLeft(toUInt64(toUnixTimestamp64Milli(created_at)), 20),
    cityHash64(version, info) % 1048576
)

-- name: fleet_plain
-- Most events hold nothing but numbers; those are read in one go.
match(info, '^\\s*\\{\\s*"metrics"\\s*:\\s*\\{\\s*("[^"\\\\]*"\\s*:\\s*[-+.0-9eE]+\\s*,?\\s*)*\\}\\s*\\}\\s*\\z')

-- name: fleet_said
-- The metrics of an event, each with its JSON.
JSONExtractKeysAndValuesRaw(info, 'metrics')

-- name: fleet_nested
match(info, ':\\s*\\{.*:\\s*\\{')

-- name: fleet_unfold
-- Metrics within metrics by their path, as radio.rssi, one level further.
arrayFlatten(arrayMap(said -> if(startsWith(said.2, '{'),
    arrayMap(within -> (concat(said.1, '.', within.1), within.2),
        JSONExtractKeysAndValuesRaw(said.2)),
    [said]), $inner))

-- name: fleet_measured
-- Heartbeats with their metrics: numbers as they are, true and false also as 1 and 0; `others` is
-- what is no number, as JSON. Of a name that is said twice the last counts.
SELECT * EXCEPT (simple, read, pairs),
    if(simple, read, arrayMap(
        pair -> (pair.1, assumeNotNull(pair.3)), arrayFilter(pair -> pair.3 IS NOT NULL, pairs)
    )::Map(LowCardinality(String), Float64)) AS numbers,
    arrayMap(
        pair -> (pair.1, pair.2), arrayFilter(pair -> match(pair.2, '^[^-0-9n]'), pairs)
    )::Map(LowCardinality(String), String) AS others
FROM
(
    SELECT * EXCEPT unfolded,
        arrayMap(
            pair -> (pair.1, pair.2, multiIf(
                pair.2 = 'true', 1., pair.2 = 'false', 0., toFloat64OrNull(pair.2))),
            arrayFilter(
                (pair, place) -> NOT has(arraySlice(unfolded.1, place + 1), pair.1),
                unfolded, arrayEnumerate(unfolded)
            )
        ) AS pairs
    FROM
    (
        SELECT *,
            plain AND arrayUniq(mapKeys(read)) = length(read) AS simple,
            if(simple, [], if($nested, $unfolded, $said))     AS unfolded
        FROM
        (
            SELECT *,
                $plain AS plain,
                if(plain, JSONExtract(info, 'metrics', 'Map(LowCardinality(String), Float64)'),
                    map()) AS read,
                $rank AS rank
            FROM ($judged)
            WHERE reason = ''
        )
    )
)

-- name: fleet_changed_devices
-- Devices that are not what they were before a load, where they have heartbeats.
SELECT now.project AS project, now.id AS id
FROM ($devices) AS now
LEFT ANY JOIN ($before) AS old ON old.project = now.project AND old.id = now.id
WHERE (now.serial, now.cohort, now.hardware) != (old.serial, old.cohort, old.hardware)
  AND (now.project, now.id) IN (SELECT project, device FROM fleet_latest)

-- name: fleet_changed_versions
SELECT now.project AS project, now.id AS id
FROM ($versions) AS now
LEFT ANY JOIN ($before) AS old ON old.project = now.project AND old.id = now.id
WHERE (now.software, now.version) != (old.software, old.version)

-- name: fleet_stale
-- Heartbeats that say what their device or version is not called any more, named anew.
SELECT
    h.project     AS project,
    h.device      AS device,
    h.type        AS type,
    h.captured_at AS captured_at,
    h.created_at  AS created_at,
    d.serial      AS new_serial,
    d.cohort      AS new_cohort,
    d.hardware    AS new_hardware,
    v.software    AS new_software,
    v.version     AS new_version,
    h.version_id  AS version_id,
    h.numbers     AS numbers,
    h.others      AS others,
    h.load        AS load,
    h.rank        AS rank
FROM
(
    SELECT *
    FROM fleet_heartbeats FINAL
    WHERE (project, device) IN ($changed_devices)
       OR (project, version_id) IN ($changed_versions)
) AS h
LEFT ANY JOIN ($devices) AS d ON d.project = h.project AND d.id = h.device
LEFT ANY JOIN ($versions) AS v ON v.project = h.project AND v.id = h.version_id
WHERE (h.serial, h.cohort, h.hardware, h.software, h.version)
   != (d.serial, d.cohort, d.hardware, v.software, v.version)

-- name: fleet_stale_hours
-- Those that a run before this one wrote again and did not fold are found by the changes alone.
SELECT toStartOfHour(captured_at) AS hour, count() AS n
FROM fleet_heartbeats
WHERE (project, device) IN ($changed_devices)
   OR (project, version_id) IN ($changed_versions)
GROUP BY hour

-- name: fleet_take_again
INSERT INTO fleet_heartbeats
(
    project, device, type, captured_at, created_at, serial, cohort, hardware, software, version,
    version_id, numbers, others, load, rank
)
SELECT
    project, device, type, captured_at, created_at, new_serial, new_cohort, new_hardware,
    new_software, new_version, version_id, numbers, others, load, rank
FROM ($stale)

-- name: fleet_kinds
SELECT DISTINCT arrayJoin(mapKeys(numbers)) AS metric, 'number' AS kind
FROM fleet_heartbeats
WHERE $where AND load >= {first_load:UInt32} AND empty(others)
UNION ALL
SELECT DISTINCT arrayJoin(mapKeys(mapFilter((name, value) -> NOT mapContains(others, name), numbers))),
    'number'
FROM fleet_heartbeats
WHERE $where AND load >= {first_load:UInt32} AND notEmpty(others)
UNION ALL
SELECT DISTINCT name,
    multiIf(said IN ('true', 'false'), 'boolean', startsWith(said, '['), 'array',
        startsWith(said, '{'), 'object', 'string')
FROM fleet_heartbeats
ARRAY JOIN mapKeys(others) AS name, mapValues(others) AS said
WHERE $where AND load >= {first_load:UInt32}
