-- name: samples
-- Every version of the samples of one metric; `latest` in Python keeps the newest of each.
SELECT participant, t, offset, value, version, gone
FROM samples
WHERE metric = {metric:String}
  AND participant IN {participants:Array(UInt32)}
  AND t >= fromUnixTimestamp64Milli({low:Int64}, 'UTC')
  AND t <  fromUnixTimestamp64Milli({high:Int64}, 'UTC')
  AND (participant, t) > ({after_participant:UInt32}, fromUnixTimestamp64Milli({after_t:Int64}, 'UTC'))
ORDER BY participant, t
LIMIT {limit:UInt64}

-- name: samples_whole
SELECT participant, t, offset, value, source, as_of, version, gone
FROM samples
WHERE metric = {metric:String}
  AND participant IN {participants:Array(UInt32)}
  AND t >= fromUnixTimestamp64Milli({low:Int64}, 'UTC')
  AND t <  fromUnixTimestamp64Milli({high:Int64}, 'UTC')
ORDER BY participant, t

-- name: shadowed_whole
SELECT participant, t, offset, value, source, as_of, version, gone
FROM shadowed
WHERE metric = {metric:String}
  AND participant IN {participants:Array(UInt32)}
  AND t >= fromUnixTimestamp64Milli({low:Int64}, 'UTC')
  AND t <  fromUnixTimestamp64Milli({high:Int64}, 'UTC')
ORDER BY participant, t

-- name: days_kept
-- Which civil days hold samples, whoever may hold them.
SELECT metric, participant, day, offset, version, gone
FROM rollups
WHERE level = '1d'
  AND metric IN {metrics:Array(String)}
  AND participant IN {participants:Array(UInt32)}
  AND day >= toDate({first_day:Int32})
  AND day <  toDate({end_day:Int32})
ORDER BY metric, participant, day

-- name: episodes
SELECT metric, participant, day, log, t, end, offset, label, main, source, as_of, version, gone
FROM episodes
WHERE metric IN {metrics:Array(String)}
  AND participant IN {participants:Array(UInt32)}
  AND day >= toDate({first_day:Int32})
  AND day <  toDate({end_day:Int32})
ORDER BY metric, participant, day, log, t

-- name: episodes_of_logs
SELECT metric, participant, day, log, t, end, offset, label, main, source, as_of, version, gone
FROM episodes
WHERE metric IN {metrics:Array(String)}
  AND participant IN {participants:Array(UInt32)}
  AND log IN {logs:Array(String)}
ORDER BY metric, participant, day, log, t

-- name: stale
SELECT participant, metric, day
FROM stale FINAL
ORDER BY participant, metric, day

-- name: stale_of
SELECT participant, metric, day
FROM stale FINAL
WHERE participant IN {participants:Array(UInt32)} AND metric IN {metrics:Array(String)}
ORDER BY participant, metric, day

-- name: extent
-- Per participant and metric what there is, from its months.
SELECT
    participant, metric, sum(month_days) AS days, sum(month_samples) AS samples,
    min(month_first) AS first_at, max(month_last) AS last_at,
    argMin(month_offset, month_first) AS first_offset, argMax(month_offset, month_last) AS last_offset
FROM
(
    SELECT
        participant, metric, t,
        argMax(days, version) AS month_days, argMax(count, version) AS month_samples,
        argMax(first_at, version) AS month_first, argMax(last_at, version) AS month_last,
        argMax(offset, version) AS month_offset
    FROM rollups
    WHERE level = '1mo' AND participant IN {participants:Array(UInt32)}
    GROUP BY participant, metric, t
    HAVING argMax(gone, version) = 0
)
GROUP BY participant, metric
ORDER BY participant, metric

-- name: rows_by_level
SELECT 'raw' AS level, toString(metric) AS metric, count() AS rows, max(version) AS newest, count() AS samples
FROM samples GROUP BY metric
UNION ALL
SELECT toString(level) AS level, toString(metric) AS metric, count() AS rows, max(version) AS newest, sum(count) AS samples
FROM rollups GROUP BY level, metric
ORDER BY level, metric

-- name: participants_kept
SELECT DISTINCT participant FROM rollups WHERE level = '1d' ORDER BY participant

-- name: everybody
SELECT participant FROM
(
    SELECT participant FROM rollups WHERE level = '1d'
    UNION DISTINCT SELECT participant FROM episodes
    UNION DISTINCT SELECT participant FROM imputed
)
ORDER BY participant

-- name: versions
SELECT max(version) AS version FROM
(
    SELECT max(version) AS version FROM samples
    UNION ALL SELECT max(version) FROM rollups
    UNION ALL SELECT max(version) FROM episodes
    UNION ALL SELECT max(version) FROM stale
    UNION ALL SELECT max(version) FROM moved
    UNION ALL SELECT max(version) FROM imputed
)

-- name: newest_marks
-- Marks are newer than what they announce, so this is newer than all that stands.
SELECT max(version) AS version FROM
(
    SELECT max(version) AS version FROM stale WHERE participant IN {participants:Array(UInt32)}
    UNION ALL SELECT max(version) FROM moved WHERE participant IN {participants:Array(UInt32)}
)
