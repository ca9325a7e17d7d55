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
