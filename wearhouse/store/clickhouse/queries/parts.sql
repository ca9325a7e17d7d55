-- name: about
SELECT version() AS software, (SELECT max(version) FROM schema_version) AS schema

-- name: state_of_parts
-- Every insert, removal and merge makes parts with names of their own.
SELECT concat(
    toString(count()), '/', toString(groupBitXor(cityHash64(hostName(), table, name)))
) AS state
FROM ${each_replica}system.parts$of_all
WHERE active AND database = $database

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
