-- name: imputed
-- Every version of rows of one level of the imputed layer.
SELECT level, metric, participant, t, day, offset, median, mean, sd, low, high, code, gap, run,
       draws, count, sums, version, gone
FROM imputed
WHERE level = {level:String}
  AND metric = {metric:String}
  AND participant IN {participants:Array(UInt32)}
  AND t >= fromUnixTimestamp64Milli({low:Int64}, 'UTC')
  AND t <  fromUnixTimestamp64Milli({high:Int64}, 'UTC')
  AND (participant, t) > ({after_participant:UInt32}, fromUnixTimestamp64Milli({after_t:Int64}, 'UTC'))
ORDER BY participant, t
LIMIT {limit:UInt64}

-- name: imputed_places
SELECT participant, t, day, offset, run, version, gone
FROM imputed
WHERE level = 'raw'
  AND metric = {metric:String}
  AND participant IN {participants:Array(UInt32)}
  AND t >= fromUnixTimestamp64Milli({low:Int64}, 'UTC')
  AND t <  fromUnixTimestamp64Milli({high:Int64}, 'UTC')
ORDER BY participant, t

-- name: imputed_extent
SELECT participant, metric, run, count() AS minutes, min(t) AS first_at, max(t) AS last_at
FROM
(
    SELECT participant, metric, t, day, argMax(run, version) AS run
    FROM imputed
    WHERE level = 'raw' AND participant IN {participants:Array(UInt32)}
    GROUP BY participant, metric, t, day
    HAVING argMax(gone, version) = 0
)
GROUP BY participant, metric, run
ORDER BY participant, metric, run

-- name: imputed_rows
-- Filled minutes per metric as they lie, and what the table weighs.
SELECT toString(metric) AS metric, countIf(level = 'raw' AND gone = 0) AS rows, count() AS held,
       max(version) AS newest
FROM imputed GROUP BY metric ORDER BY metric

-- name: imputed_bytes
SELECT sum(bytes_on_disk) AS bytes
FROM ${each_shard}system.parts$of_all
WHERE active AND database = $database AND table = 'imputed$local'
