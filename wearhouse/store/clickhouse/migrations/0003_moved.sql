-- Which civil days of a participant's month of a metric lie in an archive, and in which file; without
-- a root they were removed. Bit n of days is the day n + 1, month counts from 1970-01.

CREATE TABLE IF NOT EXISTS moved$local$on_cluster
(
    participant UInt32,
    metric      LowCardinality(String),
    month       UInt16,
    days        UInt32,
    root        LowCardinality(String),
    file        String,
    digest      String,
    shadow      String,
    rows        UInt64,
    version     UInt64,
    gone        UInt8
)
ENGINE = ${replicated}ReplacingMergeTree(${replica}version, gone)
ORDER BY (participant, metric, month);
