-- TimescaleDB cuts these tables into chunks and compresses those that have cooled down. A load that
-- comes late still changes them: only the batches that it touches are unpacked.

CREATE TABLE samples (LIKE shadowed, PRIMARY KEY (metric, participant, t));
SELECT create_hypertable('samples', by_range('t', interval '7 days'), create_default_indexes => false);
ALTER TABLE samples SET
(
    timescaledb.compress,
    timescaledb.compress_segmentby = 'metric, participant',
    timescaledb.compress_orderby = 't'
);
SELECT add_compression_policy('samples', interval '14 days');

CREATE TABLE rollups_1m (LIKE rollups_1d, PRIMARY KEY (metric, participant, t, day));
SELECT create_hypertable('rollups_1m', by_range('t', interval '28 days'), create_default_indexes => false);
ALTER TABLE rollups_1m SET
(
    timescaledb.compress,
    timescaledb.compress_segmentby = 'metric, participant',
    timescaledb.compress_orderby = 't, day'
);
SELECT add_compression_policy('rollups_1m', interval '56 days');

CREATE TABLE rollups_1h (LIKE rollups_1d, PRIMARY KEY (metric, participant, t, day));
SELECT create_hypertable('rollups_1h', by_range('t', interval '364 days'), create_default_indexes => false);
