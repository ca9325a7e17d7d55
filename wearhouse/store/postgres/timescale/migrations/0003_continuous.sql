-- Minutes and hours of all samples as continuous aggregates, for SQL clients. What loads serve are
-- the rollups; see docs/stores.md for why.

CREATE MATERIALIZED VIEW cagg_1m
WITH
(
    timescaledb.continuous,
    timescaledb.materialized_only = false,
    timescaledb.create_group_indexes = false
) AS
SELECT
    metric,
    participant,
    time_bucket('1 minute', t) AS t,
    count(*)                   AS count,
    sum(value)                 AS sum,
    sum(value * value)         AS sumsq,
    min(value)                 AS min,
    max(value)                 AS max,
    first(value, t)            AS first,
    last(value, t)             AS last
FROM samples
GROUP BY metric, participant, time_bucket('1 minute', t)
WITH NO DATA;

CREATE MATERIALIZED VIEW cagg_1h
WITH
(
    timescaledb.continuous,
    timescaledb.materialized_only = false,
    timescaledb.create_group_indexes = false
) AS
SELECT
    metric,
    participant,
    time_bucket('1 hour', t) AS t,
    sum(count)::bigint       AS count,
    sum(sum)                 AS sum,
    sum(sumsq)               AS sumsq,
    min(min)                 AS min,
    max(max)                 AS max,
    first(first, t)          AS first,
    last(last, t)            AS last
FROM cagg_1m
GROUP BY metric, participant, time_bucket('1 hour', t)
WITH NO DATA;

CREATE INDEX ON cagg_1m (metric, participant, t);
CREATE INDEX ON cagg_1h (metric, participant, t);

-- Without a start they look back as far as something has changed, and no further. A batch is a
-- week: each is a scan of its chunk.
SELECT add_continuous_aggregate_policy(
    'cagg_1m', start_offset => NULL, end_offset => interval '1 hour',
    schedule_interval => interval '1 hour', buckets_per_batch => 10080
);
SELECT add_continuous_aggregate_policy(
    'cagg_1h', start_offset => NULL, end_offset => interval '2 hours',
    schedule_interval => interval '1 hour', buckets_per_batch => 168
);

-- Whole hours in which loads have changed samples since the aggregates were last refreshed there.
CREATE TABLE touched
(
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    low         timestamptz NOT NULL,
    high        timestamptz NOT NULL,
    participant integer     NOT NULL,
    metric      smallint    NOT NULL
);

CREATE INDEX touched_metric_participant ON touched (metric, participant);
