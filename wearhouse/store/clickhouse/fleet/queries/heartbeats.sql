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

-- name: fleet_facets
SELECT groupUniqArray(project) AS projects, groupUniqArray(cohort) AS cohorts,
    groupUniqArray(hardware) AS hardwares,
    groupUniqArray(if(software = '', version, concat(software, ' ', version))) AS versions,
    count() AS devices, max(captured_at) AS newest
FROM fleet_latest FINAL
WHERE $where

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
