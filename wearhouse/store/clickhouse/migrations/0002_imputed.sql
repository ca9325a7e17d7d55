-- What was imputed: filled minutes (level raw) and the sums of their draws over hours and civil
-- days. A metric-day lies in one partition with all its levels, so it changes at once or not.

CREATE TABLE IF NOT EXISTS imputed$local$on_cluster
(
    level       LowCardinality(String),
    metric      LowCardinality(String),
    participant UInt32                CODEC(ZSTD(1)),
    t           DateTime64(3, 'UTC')  CODEC(GCD, DoubleDelta, ZSTD(1)),
    day         Date                  CODEC(Delta, ZSTD(1)),
    offset      Int16                 CODEC(ZSTD(1)),
    median      Int16                 CODEC(Delta, ZSTD(1)),
    mean        Int16                 CODEC(Delta, ZSTD(1)),
    sd          Int16                 CODEC(Delta, ZSTD(1)),
    low         Int16                 CODEC(Delta, ZSTD(1)),
    high        Int16                 CODEC(Delta, ZSTD(1)),
    code        Int16                 CODEC(ZSTD(1)),
    gap         UInt32                CODEC(ZSTD(1)),
    run         UInt32                CODEC(ZSTD(1)),
    draws       Array(Int16)          CODEC(ZSTD(1)),
    count       UInt32                CODEC(ZSTD(1)),
    sums        Array(Int32)          CODEC(ZSTD(1)),
    version     UInt64                CODEC(Delta, ZSTD(1)),
    gone        UInt8                 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(${replica}version, gone)
PARTITION BY toStartOfYear(day)
ORDER BY (level, metric, participant, t, day);
