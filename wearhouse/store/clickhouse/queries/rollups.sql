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
