-- name: put_metric
INSERT INTO metrics (id, name, unit, levels) VALUES ({code}, {name}, {unit}, {levels})
ON CONFLICT (id) DO UPDATE SET unit = excluded.unit, levels = excluded.levels

-- name: definitions
SELECT digest FROM definitions

-- name: remove_definitions
DELETE FROM definitions

-- name: put_definitions
INSERT INTO definitions (digest) VALUES ({digest})

-- name: raw_view
CREATE OR REPLACE VIEW {view} AS
SELECT participant, t, "offset", value FROM samples WHERE metric = {metric}

-- name: utc_view
-- An hour that two civil days share has a row for each of them.
CREATE OR REPLACE VIEW {view} AS
SELECT
    participant,
    t,
    sum(count)::bigint                      AS count,
    sum(sum)                                AS sum,
    min(min)                                AS min,
    max(max)                                AS max,
    sum(sum) / sum(count)                   AS avg,
    (array_agg(first ORDER BY first_at, day))[1] AS first,
    (array_agg(last ORDER BY first_at DESC, day DESC))[1] AS last
FROM {table}
WHERE metric = {metric}
GROUP BY participant, t

-- name: civil_view
CREATE OR REPLACE VIEW {view} AS
SELECT participant, day AS t, count::bigint, sum, min, max, sum / count AS avg, first, last
FROM {table}
WHERE metric = {metric}

-- name: folded_view
CREATE OR REPLACE VIEW {view} AS
SELECT
    participant,
    date_bin({width}, t, 'epoch')           AS t,
    count(*)                                AS count,
    sum(value)                              AS sum,
    min(value)                              AS min,
    max(value)                              AS max,
    sum(value) / count(*)                   AS avg,
    (array_agg(value ORDER BY t))[1]        AS first,
    (array_agg(value ORDER BY t DESC))[1]   AS last
FROM samples
WHERE metric = {metric}
GROUP BY participant, date_bin({width}, t, 'epoch')
