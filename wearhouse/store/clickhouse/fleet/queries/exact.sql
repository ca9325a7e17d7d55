-- name: fleet_valued
-- Every heartbeat that tells a metric, and whether its value lies inside the range.
SELECT *, (low IS NULL OR value >= low) AND (high IS NULL OR value <= high) AS inside
FROM
(
    SELECT captured_at AS t, project, device, type, cohort, software, version, hardware,
        $column AS value, {low:Nullable(Float64)} AS low, {high:Nullable(Float64)} AS high
    FROM fleet_heartbeats FINAL
    WHERE $where
)
WHERE value IS NOT NULL

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
FROM ($valued)
$group_by

-- name: fleet_bins
-- The same without quantiles, and how many values lie in each bin: a sketch, from heartbeats.
SELECT
    $names
    sumIf(n, inside)        AS count,
    sumIf(n, NOT inside)    AS outside,
    sumIf(total, inside)    AS sum,
    sumIf(squares, inside)  AS sumsq,
    minIf(low, inside)      AS min,
    maxIf(high, inside)     AS max,
    sumMapIf([bin], [n], inside).1 AS bins,
    sumMapIf([bin], [n], inside).2 AS counts
FROM
(
    SELECT
        $groups
        inside, $bin AS bin, count() AS n, sum(value) AS total, sum(value * value) AS squares,
        min(value) AS low, max(value) AS high
    FROM ($valued)
    GROUP BY $names inside, bin
)
$group_by

-- name: fleet_values
-- The values in some bins, each with how often it is there.
SELECT
    $groups
    assumeNotNull(value) AS found, $bin AS bin, count() AS n
FROM ($valued)
WHERE inside AND bin IN {wanted:Array(Int16)}
GROUP BY $names found, bin
ORDER BY found

-- name: fleet_how_many
SELECT count() AS n FROM fleet_heartbeats WHERE $where

-- name: fleet_device_ids
SELECT project, device FROM fleet_latest FINAL WHERE $where ORDER BY project, device
