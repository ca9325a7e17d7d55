-- A report's metrics as two maps: inserting them costs a fifth of inserting native JSON. What is
-- there is carried over in place, metrics within metrics by their path (`said`).

ALTER TABLE fleet_heartbeats$on_cluster
    ADD COLUMN IF NOT EXISTS numbers Map(LowCardinality(String), Float64) CODEC(ZSTD(1)) AFTER metrics;

ALTER TABLE fleet_heartbeats$on_cluster
    ADD COLUMN IF NOT EXISTS others Map(LowCardinality(String), String) CODEC(ZSTD(1)) AFTER numbers;

ALTER TABLE fleet_latest$on_cluster
    ADD COLUMN IF NOT EXISTS numbers Map(LowCardinality(String), Float64) CODEC(ZSTD(1)) AFTER metrics;

ALTER TABLE fleet_latest$on_cluster
    ADD COLUMN IF NOT EXISTS others Map(LowCardinality(String), String) CODEC(ZSTD(1)) AFTER numbers;

-- Events by their id, and by when they were captured: both grow with the order of arrival.
ALTER TABLE fleet_events$on_cluster ADD INDEX IF NOT EXISTS of_id id TYPE minmax;

ALTER TABLE fleet_events$on_cluster ADD INDEX IF NOT EXISTS of_captured captured_at TYPE minmax;

ALTER TABLE fleet_events$on_cluster MATERIALIZE INDEX of_id SETTINGS mutations_sync = 2;

ALTER TABLE fleet_events$on_cluster MATERIALIZE INDEX of_captured SETTINGS mutations_sync = 2;

ALTER TABLE fleet_heartbeats$on_cluster ADD COLUMN IF NOT EXISTS said Array(Tuple(String, String)) DEFAULT
    arrayFlatten(arrayMap(s -> if(startsWith(s.2, '{'), arrayMap(w -> (concat(s.1, '.', w.1), w.2),
        JSONExtractKeysAndValuesRaw(s.2)), [s]),
        arrayFlatten(arrayMap(s -> if(startsWith(s.2, '{'), arrayMap(w -> (concat(s.1, '.', w.1), w.2),
        JSONExtractKeysAndValuesRaw(s.2)), [s]),
        arrayFlatten(arrayMap(s -> if(startsWith(s.2, '{'), arrayMap(w -> (concat(s.1, '.', w.1), w.2),
        JSONExtractKeysAndValuesRaw(s.2)), [s]),
        arrayFlatten(arrayMap(s -> if(startsWith(s.2, '{'), arrayMap(w -> (concat(s.1, '.', w.1), w.2),
        JSONExtractKeysAndValuesRaw(s.2)), [s]),
        JSONExtractKeysAndValuesRaw(toString(metrics))))))))));

ALTER TABLE fleet_heartbeats$on_cluster UPDATE
    numbers = CAST(arrayMap(s -> (s.1, assumeNotNull(s.2)), arrayFilter(s -> s.2 IS NOT NULL,
        arrayMap(s -> (s.1, multiIf(s.2 = 'true', 1., s.2 = 'false', 0., toFloat64OrNull(s.2))),
            said))), 'Map(LowCardinality(String), Float64)'),
    others = CAST(arrayFilter(s -> match(s.2, '^[^-0-9n]'), said),
        'Map(LowCardinality(String), String)')
WHERE 1 SETTINGS mutations_sync = 2;

ALTER TABLE fleet_latest$on_cluster ADD COLUMN IF NOT EXISTS said Array(Tuple(String, String)) DEFAULT
    arrayFlatten(arrayMap(s -> if(startsWith(s.2, '{'), arrayMap(w -> (concat(s.1, '.', w.1), w.2),
        JSONExtractKeysAndValuesRaw(s.2)), [s]),
        arrayFlatten(arrayMap(s -> if(startsWith(s.2, '{'), arrayMap(w -> (concat(s.1, '.', w.1), w.2),
        JSONExtractKeysAndValuesRaw(s.2)), [s]),
        arrayFlatten(arrayMap(s -> if(startsWith(s.2, '{'), arrayMap(w -> (concat(s.1, '.', w.1), w.2),
        JSONExtractKeysAndValuesRaw(s.2)), [s]),
        arrayFlatten(arrayMap(s -> if(startsWith(s.2, '{'), arrayMap(w -> (concat(s.1, '.', w.1), w.2),
        JSONExtractKeysAndValuesRaw(s.2)), [s]),
        JSONExtractKeysAndValuesRaw(toString(metrics))))))))));

ALTER TABLE fleet_latest$on_cluster UPDATE
    numbers = CAST(arrayMap(s -> (s.1, assumeNotNull(s.2)), arrayFilter(s -> s.2 IS NOT NULL,
        arrayMap(s -> (s.1, multiIf(s.2 = 'true', 1., s.2 = 'false', 0., toFloat64OrNull(s.2))),
            said))), 'Map(LowCardinality(String), Float64)'),
    others = CAST(arrayFilter(s -> match(s.2, '^[^-0-9n]'), said),
        'Map(LowCardinality(String), String)')
WHERE 1 SETTINGS mutations_sync = 2;
