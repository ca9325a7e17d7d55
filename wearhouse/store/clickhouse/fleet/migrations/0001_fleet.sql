-- Staging keeps what came, by load. On a cluster these tables are whole on every node: a fleet's
-- heartbeats are few beside samples, and its questions are about all devices at once.

CREATE TABLE IF NOT EXISTS fleet_loads$on_cluster
(
    load        UInt32,
    source      String,
    path        String,
    digest      String,
    state       LowCardinality(String), -- loading, staged, curated
    cohorts     UInt64,
    devices     UInt64,
    versions    UInt64,
    events      UInt64,
    curated     UInt64,
    quarantined UInt64,
    skipped     UInt64,
    started_at  DateTime64(3, 'UTC'),
    staged_at   Nullable(DateTime64(3, 'UTC')),
    curated_at  Nullable(DateTime64(3, 'UTC')),
    changed     UInt64
)
ENGINE = ${replicated}ReplacingMergeTree(${everywhere}changed)
ORDER BY load;

CREATE TABLE IF NOT EXISTS fleet_cohorts$on_cluster
(
    load    UInt32,
    project LowCardinality(String),
    id      String,
    name    String
)
ENGINE = ${replicated}ReplacingMergeTree(${everywhere}load)
ORDER BY (project, id, name);

CREATE TABLE IF NOT EXISTS fleet_devices$on_cluster
(
    load     UInt32,
    project  LowCardinality(String),
    id       String,
    serial   String,
    cohort   String,
    hardware LowCardinality(String)
)
ENGINE = ${replicated}ReplacingMergeTree(${everywhere}load)
ORDER BY (project, id, serial, cohort, hardware);

CREATE TABLE IF NOT EXISTS fleet_versions$on_cluster
(
    load     UInt32,
    project  LowCardinality(String),
    id       String,
    software String,
    version  String
)
ENGINE = ${replicated}ReplacingMergeTree(${everywhere}load)
ORDER BY (project, id, software, version);

CREATE TABLE IF NOT EXISTS fleet_events$on_cluster
(
    load        UInt32                        CODEC(ZSTD(1)),
    position    UInt32                        CODEC(Delta, ZSTD(1)),
    project     LowCardinality(String),
    id          String                        CODEC(ZSTD(1)),
    device      String                        CODEC(ZSTD(1)),
    type        LowCardinality(String),
    version     LowCardinality(String),
    captured_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    created_at  DateTime64(3, 'UTC')          CODEC(Delta, ZSTD(1)),
    info        String                        CODEC(ZSTD(1))
)
ENGINE = ${replicated}MergeTree$anywhere
ORDER BY (load, position);

CREATE TABLE IF NOT EXISTS fleet_quarantine$on_cluster
(
    load        UInt32,
    position    UInt32,
    project     LowCardinality(String),
    device      String,
    captured_at Nullable(DateTime64(3, 'UTC')),
    reason      LowCardinality(String),
    record      String,
    changed     UInt64
)
ENGINE = ${replicated}ReplacingMergeTree(${everywhere}changed)
ORDER BY (load, position);

-- One row for each (project, device, type, captured_at); of several deliveries the one that was
-- created last counts, and of those the one whose content has the higher digest.
CREATE TABLE IF NOT EXISTS fleet_heartbeats$on_cluster
(
    project     LowCardinality(String),
    device      String                CODEC(ZSTD(1)),
    type        LowCardinality(String),
    captured_at DateTime64(3, 'UTC')  CODEC(Delta, ZSTD(1)),
    created_at  DateTime64(3, 'UTC')  CODEC(Delta, ZSTD(1)),
    serial      String                CODEC(ZSTD(1)),
    cohort      LowCardinality(String),
    hardware    LowCardinality(String),
    software    LowCardinality(String),
    version     LowCardinality(String),
    version_id  LowCardinality(String),
    metrics     JSON(max_dynamic_paths = 256) CODEC(ZSTD(1)),
    load        UInt32                CODEC(ZSTD(1)),
    rank        UInt64                CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(${everywhere}rank)
PARTITION BY toYYYYMM(captured_at)
ORDER BY (project, toStartOfHour(captured_at), device, type, captured_at);

-- Each device's newest heartbeat, its metrics as text.
CREATE TABLE IF NOT EXISTS fleet_latest$on_cluster
(
    project     LowCardinality(String),
    device      String,
    captured_at DateTime64(3, 'UTC'),
    created_at  DateTime64(3, 'UTC'),
    serial      String,
    cohort      LowCardinality(String),
    hardware    LowCardinality(String),
    software    LowCardinality(String),
    version     LowCardinality(String),
    version_id  LowCardinality(String),
    metrics     String CODEC(ZSTD(1)),
    rank        UInt64
)
ENGINE = ${replicated}ReplacingMergeTree(${everywhere}rank)
ORDER BY (project, device);

-- An hour or a day is folded as a whole: its rows of the newest `built` count, and one row without
-- a metric says which that is.
CREATE TABLE IF NOT EXISTS fleet_rollups$on_cluster
(
    level    LowCardinality(String),
    t        DateTime('UTC'),
    project  LowCardinality(String),
    type     LowCardinality(String),
    cohort   LowCardinality(String),
    software LowCardinality(String),
    version  LowCardinality(String),
    hardware LowCardinality(String),
    metric   LowCardinality(String),
    count    UInt64,
    outside  UInt64,
    sum      Float64,
    sumsq    Float64,
    min      Float64,
    max      Float64,
    bins     Array(Int16)  CODEC(ZSTD(1)),
    counts   Array(UInt64) CODEC(ZSTD(1)),
    built    UInt64
)
ENGINE = ${replicated}ReplacingMergeTree(${everywhere}built)
PARTITION BY (level, toYYYYMM(t))
ORDER BY (level, metric, project, t, type, cohort, software, version, hardware);
