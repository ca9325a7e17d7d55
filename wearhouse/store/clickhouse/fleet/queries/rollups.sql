-- name: fleet_hours_kept
SELECT toStartOfHour(captured_at) AS hour, count() AS n FROM fleet_heartbeats GROUP BY hour

-- name: fleet_hours_sized
SELECT toStartOfHour(captured_at) AS hour, count() AS n
FROM fleet_heartbeats
WHERE toStartOfHour(captured_at) IN {hours:Array(DateTime('UTC'))}
GROUP BY hour

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

-- name: fleet_of_device
SELECT toStartOfHour(captured_at) AS hour, count() AS n
FROM fleet_heartbeats
WHERE project = {project:String} AND startsWith(device, {prefix:String})
GROUP BY hour
