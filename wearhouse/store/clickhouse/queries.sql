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

-- name: rollups
SELECT
    participant, t, day, offset, minutes, count, sum, sumsq, min, max, first, last, first_at,
    version, gone
FROM rollups
WHERE level = {level:String}
  AND metric = {metric:String}
  AND participant IN {participants:Array(UInt32)}
  AND t >= fromUnixTimestamp64Milli({low:Int64}, 'UTC')
  AND t <  fromUnixTimestamp64Milli({high:Int64}, 'UTC')
  AND (participant, t) > ({after_participant:UInt32}, fromUnixTimestamp64Milli({after_t:Int64}, 'UTC'))
ORDER BY participant, t
LIMIT {limit:UInt64}

-- name: rollups_whole
SELECT
    level, metric, participant, t, day, offset, days, minutes, count, sum, sumsq, min, max,
    first, last, first_at, last_at, bins, counts, version, gone
FROM rollups
WHERE level = {level:String}
  AND metric IN {metrics:Array(String)}
  AND participant IN {participants:Array(UInt32)}
  AND day >= toDate({first_day:Int32})
  AND day <  toDate({end_day:Int32})
ORDER BY metric, participant, t, day

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

-- name: moved
SELECT participant, metric, month, days, root, file, digest, shadow, rows, version, gone
FROM moved
WHERE participant IN {participants:Array(UInt32)}
  AND metric IN {metrics:Array(String)}
  AND month >= {first_month:UInt16}
  AND month <  {end_month:UInt16}
ORDER BY participant, metric, month

-- name: moved_everything
SELECT participant, metric, month, days, root, file, digest, shadow, rows, version, gone
FROM moved
ORDER BY participant, metric, month

-- name: newest_moved
SELECT participant, max(month) AS month FROM moved GROUP BY participant

-- name: samples_held_of_moved
-- Months of which something is archived, as far as rows of them lie in the store.
SELECT DISTINCT participant, toString(metric) AS metric,
       toUInt16(toRelativeMonthNum(addMinutes(t, offset)) - toRelativeMonthNum(toDate(0))) AS month
FROM samples
WHERE t < fromUnixTimestamp64Milli({high:Int64}, 'UTC')

-- name: shadowed_held_of_moved
SELECT DISTINCT participant, toString(metric) AS metric,
       toUInt16(toRelativeMonthNum(addMinutes(t, offset)) - toRelativeMonthNum(toDate(0))) AS month
FROM shadowed
WHERE t < fromUnixTimestamp64Milli({high:Int64}, 'UTC')

-- name: about
SELECT version() AS software, (SELECT max(version) FROM schema_version) AS schema

-- name: state_of_parts
-- Every insert, removal and merge makes parts with names of their own.
SELECT concat(
    toString(count()), '/', toString(groupBitXor(cityHash64(hostName(), table, name)))
) AS state
FROM ${each_replica}system.parts$of_all
WHERE active AND database = $database

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

-- name: inserts_under_way
-- A node that cannot be asked takes no rows either.
SELECT query_id FROM ${each_replica}system.processes$of_all
WHERE query_kind = 'Insert' AND initial_user = {user:String}
SETTINGS skip_unavailable_shards = 1

-- name: replicas
SELECT max(replica_num) AS replicas FROM system.clusters WHERE cluster = {cluster:String}

-- name: parts
SELECT shardNum() AS shard, name, table, bytes_on_disk AS bytes
FROM ${each_shard}system.parts$of_all
WHERE active AND database = $database AND table IN ('samples$local', 'rollups$local')
ORDER BY table, shard, name

-- name: granules_of_samples
-- Where each granule begins in the compressed files of the two columns that weigh most.
SELECT shardNum() AS shard, part_name AS part, rows_in_granule AS rows,
       tupleElement(`t.mark`, 1) + tupleElement(`value.mark`, 1) AS at
FROM ${each_shard}mergeTreeIndex($database, samples$local, with_marks = true)$of_all
ORDER BY shard, part, mark_number

-- name: granules_of_rollups
SELECT shardNum() AS shard, part_name AS part, rows_in_granule AS rows,
       tupleElement(`t.mark`, 1) + tupleElement(`sum.mark`, 1) AS at
FROM ${each_shard}mergeTreeIndex($database, rollups$local, with_marks = true)$of_all
ORDER BY shard, part, mark_number

-- name: rows_of_samples
-- How many rows of each metric lie in a part, in the order of the part.
SELECT shardNum() AS shard, _part AS part, 'raw' AS level, toString(metric) AS metric, count() AS rows
FROM samples GROUP BY shard, part, metric ORDER BY shard, part, metric

-- name: rows_of_rollups
SELECT shardNum() AS shard, _part AS part, toString(level) AS level, toString(metric) AS metric,
       count() AS rows
FROM rollups GROUP BY shard, part, level, metric ORDER BY shard, part, level, metric
