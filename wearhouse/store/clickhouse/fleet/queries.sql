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

-- name: fleet_stretch
load = {load:UInt32} AND position >= {first:UInt32} AND position < {end:UInt32}

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

-- name: fleet_whole
-- Loads that are complete, up to one.
load <= $upto AND load NOT IN (SELECT load FROM fleet_loads FINAL WHERE state = 'loading')

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

-- name: fleet_hours_kept
SELECT toStartOfHour(captured_at) AS hour, count() AS n FROM fleet_heartbeats GROUP BY hour

-- name: fleet_hours_sized
SELECT toStartOfHour(captured_at) AS hour, count() AS n
FROM fleet_heartbeats
WHERE toStartOfHour(captured_at) IN {hours:Array(DateTime('UTC'))}
GROUP BY hour

-- name: fleet_values
-- Every value of the metrics that are folded, with what it is grouped by.
SELECT
    t, project, type, cohort, software, version, hardware, value, $inside AS inside, $bin AS bin
FROM
(
    SELECT toStartOfHour(captured_at) AS t, project, type, cohort, software, version, hardware,
        numbers
    FROM fleet_heartbeats FINAL
    WHERE $where
)
ARRAY JOIN arrayMap($place, mapKeys(numbers)) AS place, mapValues(numbers) AS value
WHERE place > 0

-- name: fleet_place
-- The place of a metric among those that are folded, 0 if it is not.
name -> transform(name, {metrics:Array(String)}, arrayEnumerate({metrics:Array(String)}), 0)

-- name: fleet_inside
({lows:Array(Nullable(Float64))}[place] IS NULL OR value >= {lows:Array(Nullable(Float64))}[place])
AND ({highs:Array(Nullable(Float64))}[place] IS NULL
    OR value <= {highs:Array(Nullable(Float64))}[place])

-- name: fleet_fold_hours
-- Values are grouped by numbers (a digest of what they are grouped by, the place of their metric),
-- which costs half of grouping by names; names are put to the groups when they are few.
INSERT INTO fleet_rollups
SELECT
    '1h', t, n.project, n.type, n.cohort, n.software, n.version, n.hardware,
    {metrics:Array(String)}[place], r.count, r.outside, r.sum, r.sumsq, r.min, r.max, r.bins,
    r.counts, {built:UInt64}
FROM
(
    SELECT
        t, named, place,
        sumIf(many, inside)       AS count,
        sumIf(many, NOT inside)   AS outside,
        sumIf(total, inside)      AS sum,
        sumIf(squares, inside)    AS sumsq,
        minIf(low, inside)        AS min,
        maxIf(high, inside)       AS max,
        groupArrayIf(bin, inside) AS bins,
        groupArrayIf(many, inside) AS counts
    FROM
    (
        SELECT
            t, named, place, inside, bin,
            count() AS many, sum(value) AS total, sum(value * value) AS squares,
            min(value) AS low, max(value) AS high
        FROM ($numbered)
        GROUP BY t, named, place, inside, bin
    )
    GROUP BY t, named, place
) AS r
INNER JOIN
(
    SELECT DISTINCT
        $named AS named, project, type, cohort, software, version, hardware
    FROM fleet_heartbeats
    WHERE $where
) AS n ON n.named = r.named
UNION ALL
SELECT '1h', arrayJoin({hours:Array(DateTime('UTC'))}), '', '', '', '', '', '', '',
    0, 0, 0, 0, 0, 0, [], [], {built:UInt64}

-- name: fleet_named
cityHash64(project, type, cohort, software, version, hardware)

-- name: fleet_numbered
SELECT t, named, place, value, $inside AS inside, $bin AS bin
FROM
(
    SELECT toStartOfHour(captured_at) AS t, $named AS named, numbers
    FROM fleet_heartbeats FINAL
    WHERE $where
)
ARRAY JOIN arrayMap($place, mapKeys(numbers)) AS place, mapValues(numbers) AS value
WHERE place > 0

-- name: fleet_bin
toInt16(if(value = 0, 0,
        sign(value) * least(greatest(ceil(log(abs(value)) / log(1.02)) + 5000, 1), 10000)))

-- name: fleet_fold_days
INSERT INTO fleet_rollups
SELECT
    '1d', toStartOfDay(t) AS day, project, type, cohort, software, version, hardware, metric,
    sum(count), sum(outside), sum(sum), sum(sumsq),
    minIf(min, count > 0), maxIf(max, count > 0),
    sumMap(bins, counts).1, sumMap(bins, counts).2, {built:UInt64}
FROM fleet_rollups
WHERE level = '1h' AND metric != ''
  AND toStartOfDay(t) IN {days:Array(DateTime('UTC'))}
  AND (t, built) IN
  (
      SELECT t, max(built)
      FROM fleet_rollups
      WHERE level = '1h' AND metric = '' AND toStartOfDay(t) IN {days:Array(DateTime('UTC'))}
      GROUP BY t
  )
GROUP BY day, project, type, cohort, software, version, hardware, metric
UNION ALL
SELECT '1d', arrayJoin({days:Array(DateTime('UTC'))}), '', '', '', '', '', '', '',
    0, 0, 0, 0, 0, 0, [], [], {built:UInt64}

-- name: fleet_sketches
SELECT
    $groups
    sum(n)                AS count,
    sum(strange)          AS outside,
    sum(total)            AS sum,
    sum(squares)          AS sumsq,
    minIf(low, n > 0)     AS min,
    maxIf(high, n > 0)    AS max,
    sumMap(bin, per_bin).1 AS bins,
    sumMap(bin, per_bin).2 AS counts
FROM
(
    SELECT
        t, project, type, cohort, software, version, hardware, r.count AS n, r.outside AS strange,
        r.sum AS total, r.sumsq AS squares, r.min AS low, r.max AS high, r.bins AS bin,
        r.counts AS per_bin
    FROM fleet_rollups AS r
    WHERE metric = {metric:String} AND $where AND ($spans)
      AND (level, t, built) IN
      (
          SELECT level, t, max(built)
          FROM fleet_rollups
          WHERE metric = '' AND ($spans)
          GROUP BY level, t
      )
)
$group_by

-- name: fleet_edges
-- As fleet_sketches, of the parts of hours at the ends of a span.
SELECT
    $groups
    sumIf(n, inside)       AS count,
    sumIf(n, NOT inside)   AS outside,
    sumIf(total, inside)   AS sum,
    sumIf(squares, inside) AS sumsq,
    minIf(low, inside)     AS min,
    maxIf(high, inside)    AS max,
    sumMapIf([bin], [n], inside).1 AS bins,
    sumMapIf([bin], [n], inside).2 AS counts
FROM
(
    SELECT
        t, project, type, cohort, software, version, hardware, inside, bin,
        count() AS n, sum(value) AS total, sum(value * value) AS squares,
        min(value) AS low, max(value) AS high
    FROM ($values)
    GROUP BY t, project, type, cohort, software, version, hardware, inside, bin
)
$group_by

-- name: fleet_exact
SELECT
    $groups
    countIf(inside)          AS count,
    countIf(NOT inside)      AS outside,
    sumIf(value, inside)     AS sum,
    sumIf(value * value, inside) AS sumsq,
    minIf(value, inside)     AS min,
    maxIf(value, inside)     AS max,
    quantilesExactInclusiveIf($quantiles)(value, inside) AS quantiles
FROM
(
    SELECT *, (low IS NULL OR value >= low) AND (high IS NULL OR value <= high) AS inside
    FROM
    (
        SELECT captured_at AS t, project, device, type, cohort, software, version, hardware,
            $column AS value, {low:Nullable(Float64)} AS low, {high:Nullable(Float64)} AS high
        FROM fleet_heartbeats FINAL
        WHERE $where
    )
    WHERE value IS NOT NULL
)
$group_by

-- name: fleet_vitals
-- Of each device and version: what it lost between two of its reports of one version while it
-- discharged, how long that took, in how many hours it reported, and how its syncs went.
SELECT
    project, cohort, software, version, device,
    sumIf(previous - battery, falls)                    AS fallen,
    sumIf(dateDiff('second', before, captured_at), falls) / 3600 AS discharging_h,
    uniqExact(toStartOfHour(captured_at))               AS hours,
    count()                                             AS reports,
    dateDiff('hour', min(captured_at), max(captured_at)) + 1 AS span_h,
    sum(synced)                                         AS synced,
    sum(unsynced)                                       AS unsynced,
    min(captured_at)                                    AS first_at,
    max(captured_at)                                    AS last_at
FROM
(
    SELECT
        *,
        lagInFrame(captured_at, 1, captured_at) OVER w AS before,
        lagInFrame(battery) OVER w                     AS previous,
        lagInFrame((software, version)) OVER w         AS was,
        was = (software, version) AND previous IS NOT NULL AND battery IS NOT NULL
            AND battery <= previous AND before >= captured_at - INTERVAL 6 HOUR
            AND captured_at > before AS falls
    FROM
    (
        SELECT project, device, cohort, software, version, captured_at,
            if(
                ({low:Nullable(Float64)} IS NULL OR found >= {low:Nullable(Float64)})
                AND ({high:Nullable(Float64)} IS NULL OR found <= {high:Nullable(Float64)}),
                found, NULL
            ) AS battery,
            $synced AS synced, $unsynced AS unsynced
        FROM
        (
            SELECT *, $battery AS found FROM fleet_heartbeats FINAL WHERE $where
        )
    )
    WINDOW w AS (PARTITION BY project, device ORDER BY captured_at
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
GROUP BY project, cohort, software, version, device

-- name: fleet_releases
SELECT project, software, version, min(captured_at) AS first_at, max(captured_at) AS last_at,
    uniqExact(device) AS devices, count() AS reports
FROM fleet_heartbeats FINAL
WHERE $where
GROUP BY project, software, version
ORDER BY first_at

-- name: fleet_search
SELECT project, device, captured_at, created_at, serial, cohort, hardware, software, version,
    $json AS metrics
FROM fleet_latest FINAL
WHERE $where
ORDER BY $order
LIMIT {limit:UInt32}

-- name: fleet_timeline
SELECT captured_at, created_at, type, serial, cohort, hardware, software, version,
    $json AS metrics
FROM fleet_heartbeats FINAL
WHERE $where
ORDER BY captured_at, type
LIMIT {limit:UInt32}

-- name: fleet_quarantined
SELECT load, position, project, device, captured_at, reason, record
FROM fleet_quarantine FINAL
WHERE $where
ORDER BY load DESC, position DESC
LIMIT {limit:UInt32}

-- name: fleet_facets
SELECT groupUniqArray(project) AS projects, groupUniqArray(cohort) AS cohorts,
    groupUniqArray(hardware) AS hardwares,
    groupUniqArray(if(software = '', version, concat(software, ' ', version))) AS versions,
    count() AS devices, max(captured_at) AS newest
FROM fleet_latest FINAL
WHERE $where

-- name: fleet_of_device
SELECT toStartOfHour(captured_at) AS hour, count() AS n
FROM fleet_heartbeats
WHERE project = {project:String} AND startsWith(device, {prefix:String})
GROUP BY hour

-- name: fleet_json
-- Metrics as the JSON that they were.
concat('{', arrayStringConcat(arrayConcat(
    arrayMap(
        (name, value) -> concat(toJSONString(name), ':', toString(value)),
        mapKeys(mapFilter((name, value) -> NOT mapContains(others, name), numbers) AS plain),
        mapValues(plain)),
    arrayMap((name, said) -> concat(toJSONString(name), ':', said),
        mapKeys(others), mapValues(others))
), ','), '}')
