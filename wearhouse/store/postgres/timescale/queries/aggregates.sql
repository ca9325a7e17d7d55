-- name: continuous_there
-- They may have been dropped: see docs/stores.md.
SELECT to_regclass('cagg_1h') IS NOT NULL

-- name: continuous_tables
SELECT format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name)
FROM timescaledb_information.continuous_aggregates
WHERE view_name IN ('cagg_1m', 'cagg_1h')
  AND view_schema = current_schema

-- name: lock_continuous
-- A refresh that is under way would bring back what it has read.
LOCK TABLE {table} IN EXCLUSIVE MODE

-- name: touch
INSERT INTO touched (metric, participant, low, high)
SELECT
    metric,
    participant,
    date_bin('1 hour', low, 'epoch'),
    date_bin('1 hour', high, 'epoch') + interval '1 hour'
FROM unnest({metrics}::smallint[], {participants}::integer[], {lows}::timestamptz[], {highs}::timestamptz[])
    AS changed (metric, participant, low, high)
WHERE to_regclass('cagg_1h') IS NOT NULL

-- name: refreshes_in_batches
SELECT EXISTS
(
    SELECT FROM pg_proc WHERE proname = 'refresh_continuous_aggregate' AND 'options' = ANY(proargnames)
)

-- name: refresh_procedure
-- Brings the aggregates into step where loads have touched samples, and only there.
CREATE OR REPLACE PROCEDURE refresh_touched(job integer DEFAULT 0, settings jsonb DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
    marks bigint[];
    lows  timestamptz[];
    highs timestamptz[];
BEGIN
    IF to_regclass('cagg_1h') IS NULL THEN
        RETURN;
    END IF;
    -- Marks that are set from now on stay.
    WITH spans AS (SELECT unnest(range_agg(tstzrange(low, high))) AS span FROM touched)
    SELECT (SELECT array_agg(id) FROM touched), array_agg(lower(span)), array_agg(upper(span))
    INTO marks, lows, highs
    FROM spans;
    FOR number IN 1 .. coalesce(cardinality(lows), 0) LOOP
        CALL refresh_continuous_aggregate('cagg_1m', lows[number], highs[number] {weeks_of_minutes});
        CALL refresh_continuous_aggregate('cagg_1h', lows[number], highs[number] {weeks_of_hours});
    END LOOP;
    DELETE FROM touched WHERE id = ANY(marks);
END $$

-- name: refresh_job
SELECT add_job('refresh_touched', interval '5 minutes')
WHERE NOT EXISTS
(
    SELECT FROM timescaledb_information.jobs
    WHERE proc_schema = current_schema AND proc_name = 'refresh_touched'
)

-- name: continuous_view
-- What is behind its samples is not served: there the samples themselves are folded.
CREATE OR REPLACE VIEW {view} AS
WITH behind AS
(
    SELECT metric, participant, unnest(range_agg(tstzrange(low, high))) AS span
    FROM touched
    GROUP BY metric, participant
),
folded AS
(
    SELECT metric, participant, t, count, sum, sumsq, min, max, first, last
    FROM {aggregate} AS kept
    WHERE NOT EXISTS
    (
        SELECT
        FROM touched
        WHERE touched.metric = kept.metric
          AND touched.participant = kept.participant
          AND kept.t >= touched.low
          AND kept.t <  touched.high
    )
    UNION ALL
    SELECT behind.metric, behind.participant, now.*
    FROM behind
    CROSS JOIN LATERAL
    (
        SELECT
            time_bucket({width}, samples.t)  AS t,
            count(*)                         AS count,
            sum(value)                       AS sum,
            sum(value * value)               AS sumsq,
            min(value)                       AS min,
            max(value)                       AS max,
            first(value, samples.t)          AS first,
            last(value, samples.t)           AS last
        FROM samples
        WHERE samples.metric = behind.metric
          AND samples.participant = behind.participant
          AND samples.t >= lower(behind.span)
          AND samples.t <  upper(behind.span)
        GROUP BY 1
    ) AS now
)
SELECT
    metrics.name AS metric, participant, t, count, sum, sumsq, min, max, sum / count AS avg, first,
    last
FROM folded
JOIN metrics ON metrics.id = folded.metric
