-- Every table keeps the newest version of a row and knows withdrawn rows by `gone`.
-- Readers take the newest version themselves, so a merge never changes an answer.
-- A slice lies in one partition: one insert makes it one part, which appears at once or never.
-- What stands for a name after a dollar sign, on a cluster and elsewhere, is told in layout.py.

CREATE TABLE IF NOT EXISTS samples$local$on_cluster
(
    metric      LowCardinality(String),
    participant UInt32                CODEC(ZSTD(1)),
    t           DateTime64(3, 'UTC')  CODEC(GCD, DoubleDelta, ZSTD(1)),
    offset      Int16                 CODEC(ZSTD(1)),
    value       Float64               CODEC(Gorilla, ZSTD(1)),
    source      LowCardinality(String),
    as_of       UInt32                CODEC(ZSTD(1)),
    version     UInt64                CODEC(Delta, ZSTD(1)),
    gone        UInt8                 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(${replica}version, gone)
PARTITION BY toStartOfQuarter(addMinutes(t, offset))
ORDER BY (metric, participant, t);

-- What a preferred vendor's data outranks on a day: kept, not served.
CREATE TABLE IF NOT EXISTS shadowed$local$on_cluster
(
    metric      LowCardinality(String),
    participant UInt32                CODEC(ZSTD(1)),
    t           DateTime64(3, 'UTC')  CODEC(GCD, DoubleDelta, ZSTD(1)),
    offset      Int16                 CODEC(ZSTD(1)),
    value       Float64               CODEC(Gorilla, ZSTD(1)),
    source      LowCardinality(String),
    as_of       UInt32                CODEC(ZSTD(1)),
    version     UInt64                CODEC(Delta, ZSTD(1)),
    gone        UInt8                 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(${replica}version, gone)
PARTITION BY toYear(addMinutes(t, offset))
ORDER BY (metric, participant, t, source);

-- t is the bucket's start: on the UTC clock for 1m and 1h, on the civil clock for 1d, 1w, 1mo.
CREATE TABLE IF NOT EXISTS rollups$local$on_cluster
(
    level       LowCardinality(String),
    metric      LowCardinality(String),
    participant UInt32                CODEC(ZSTD(1)),
    t           DateTime64(3, 'UTC')  CODEC(GCD, DoubleDelta, ZSTD(1)),
    day         Date                  CODEC(Delta, ZSTD(1)),
    offset      Int16                 CODEC(ZSTD(1)),
    days        UInt32                CODEC(T64, ZSTD(1)),
    minutes     UInt32                CODEC(T64, ZSTD(1)),
    count       UInt32                CODEC(T64, ZSTD(1)),
    sum         Float64               CODEC(ZSTD(1)),
    sumsq       Float64               CODEC(ZSTD(1)),
    min         Float64               CODEC(Gorilla, ZSTD(1)),
    max         Float64               CODEC(Gorilla, ZSTD(1)),
    first       Float64               CODEC(Gorilla, ZSTD(1)),
    last        Float64               CODEC(Gorilla, ZSTD(1)),
    first_at    DateTime64(3, 'UTC')  CODEC(DoubleDelta, ZSTD(1)),
    last_at     DateTime64(3, 'UTC')  CODEC(DoubleDelta, ZSTD(1)),
    bins        Array(Int16)          CODEC(Delta, ZSTD(1)),
    counts      Array(UInt32)         CODEC(ZSTD(1)),
    version     UInt64                CODEC(Delta, ZSTD(1)),
    gone        UInt8                 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(${replica}version, gone)
PARTITION BY if(level = '1m', toStartOfQuarter(day), toStartOfYear(day))
ORDER BY (level, metric, participant, t, day);

CREATE TABLE IF NOT EXISTS episodes$local$on_cluster
(
    metric      LowCardinality(String),
    participant UInt32                CODEC(ZSTD(1)),
    day         Date                  CODEC(Delta, ZSTD(1)),
    log         String                CODEC(ZSTD(1)),
    t           DateTime64(3, 'UTC')  CODEC(Delta, ZSTD(1)),
    end         DateTime64(3, 'UTC')  CODEC(Delta, ZSTD(1)),
    offset      Int16                 CODEC(ZSTD(1)),
    label       LowCardinality(String),
    main        UInt8                 CODEC(ZSTD(1)),
    source      LowCardinality(String),
    as_of       UInt32                CODEC(ZSTD(1)),
    version     UInt64                CODEC(Delta, ZSTD(1)),
    gone        UInt8                 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(${replica}version, gone)
PARTITION BY toYear(day)
ORDER BY (metric, participant, day, log, t);

-- Days whose samples have changed and whose rollups have not followed yet.
CREATE TABLE IF NOT EXISTS stale$local$on_cluster
(
    participant UInt32,
    metric      LowCardinality(String),
    day         Date,
    version     UInt64,
    gone        UInt8
)
ENGINE = ${replicated}ReplacingMergeTree(${replica}version, gone)
ORDER BY (participant, metric, day);
