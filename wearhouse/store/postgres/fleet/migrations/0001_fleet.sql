-- Schemas `staging` (what came, by load) and `curated` (what is made of it), for any SQL client.

CREATE SCHEMA IF NOT EXISTS staging;

CREATE SCHEMA IF NOT EXISTS curated;

CREATE TABLE staging.load_log
(
    load        integer     PRIMARY KEY,
    source      text        NOT NULL,
    path        text        NOT NULL,
    digest      text        NOT NULL,
    state       text        NOT NULL, -- loading, staged, curated
    cohorts     bigint      NOT NULL DEFAULT 0,
    devices     bigint      NOT NULL DEFAULT 0,
    versions    bigint      NOT NULL DEFAULT 0,
    events      bigint      NOT NULL DEFAULT 0,
    curated     bigint      NOT NULL DEFAULT 0,
    quarantined bigint      NOT NULL DEFAULT 0,
    skipped     bigint      NOT NULL DEFAULT 0,
    started_at  timestamptz NOT NULL,
    staged_at   timestamptz,
    curated_at  timestamptz
);

CREATE TABLE staging.cohorts
(
    load    integer NOT NULL,
    project text    NOT NULL,
    id      text    NOT NULL,
    name    text    NOT NULL
);

CREATE INDEX ON staging.cohorts (project, id, load);

CREATE TABLE staging.devices
(
    load     integer NOT NULL,
    project  text    NOT NULL,
    id       text    NOT NULL,
    serial   text    NOT NULL,
    cohort   text    NOT NULL,
    hardware text    NOT NULL
);

CREATE INDEX ON staging.devices (project, id, load);

CREATE TABLE staging.versions
(
    load     integer NOT NULL,
    project  text    NOT NULL,
    id       text    NOT NULL,
    software text    NOT NULL,
    version  text    NOT NULL
);

CREATE INDEX ON staging.versions (project, id, load);

CREATE TABLE staging.events
(
    captured_at timestamptz, -- null where it cannot be read
    created_at  timestamptz NOT NULL,
    load        integer     NOT NULL,
    position    bigint      NOT NULL,
    project     text        NOT NULL,
    id          text        NOT NULL,
    device      text        NOT NULL,
    type        text        NOT NULL,
    version     text        NOT NULL,
    info        text        NOT NULL
);

CREATE INDEX ON staging.events (load, position);

CREATE TABLE staging.quarantine
(
    load        integer NOT NULL,
    position    bigint  NOT NULL,
    project     text    NOT NULL,
    device      text    NOT NULL,
    captured_at timestamptz,
    reason      text    NOT NULL,
    record      text    NOT NULL,
    PRIMARY KEY (load, position)
);

-- Of several deliveries of a report the one that was created last counts, and of those the one
-- whose content has the higher digest. Partitions are months, made as heartbeats arrive for them.
CREATE TABLE curated.heartbeats
(
    captured_at timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    load        integer     NOT NULL,
    project     text        NOT NULL,
    device      text        NOT NULL,
    type        text        NOT NULL,
    serial      text        NOT NULL,
    cohort      text        NOT NULL,
    hardware    text        NOT NULL,
    software    text        NOT NULL,
    version     text        NOT NULL,
    version_id  text        NOT NULL,
    digest      text        NOT NULL,
    metrics     jsonb       NOT NULL,
    PRIMARY KEY (project, device, type, captured_at)
)
PARTITION BY RANGE (captured_at);

CREATE INDEX ON curated.heartbeats (captured_at);

CREATE TABLE curated.latest
(
    captured_at timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    project     text        NOT NULL,
    device      text        NOT NULL,
    serial      text        NOT NULL,
    cohort      text        NOT NULL,
    hardware    text        NOT NULL,
    software    text        NOT NULL,
    version     text        NOT NULL,
    metrics     jsonb       NOT NULL,
    PRIMARY KEY (project, device)
);

-- bins and counts are a sketch: how many values lie in each bin, whose bounds grow by 2 %.
CREATE TABLE curated.rollups
(
    t        timestamptz NOT NULL,
    level    text        NOT NULL, -- 1h, 1d
    metric   text        NOT NULL,
    project  text        NOT NULL,
    type     text        NOT NULL,
    cohort   text        NOT NULL,
    software text        NOT NULL,
    version  text        NOT NULL,
    hardware text        NOT NULL,
    count    bigint      NOT NULL,
    outside  bigint      NOT NULL,
    sum      double precision NOT NULL,
    sumsq    double precision NOT NULL,
    min      double precision,
    max      double precision,
    bins     smallint[]  NOT NULL,
    counts   bigint[]    NOT NULL,
    PRIMARY KEY (level, metric, t, project, type, cohort, software, version, hardware)
);

CREATE INDEX ON curated.rollups (level, t);

CREATE TABLE curated.battery (metric text NOT NULL, low double precision, high double precision);

-- What can be read of an event's JSON, else nothing.
CREATE FUNCTION staging.read_json(info text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    read jsonb;
BEGIN
    read := info::jsonb;
    IF jsonb_typeof(read) = 'object' AND jsonb_typeof(read -> 'metrics') = 'object' THEN
        PERFORM max((value #>> '{}')::double precision)
        FROM jsonb_each(read -> 'metrics')
        WHERE jsonb_typeof(value) = 'number';
    END IF;
    RETURN read;
EXCEPTION WHEN data_exception OR program_limit_exceeded OR statement_too_complex THEN
    RETURN NULL;
END $$;

-- Metrics within metrics by their path, as `radio.rssi`.
CREATE FUNCTION staging.flat(metrics jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM jsonb_each(metrics) WHERE jsonb_typeof(value) = 'object')
            THEN metrics
        ELSE (
            WITH RECURSIVE found AS
            (
                SELECT key, value FROM jsonb_each(metrics)
                UNION ALL
                SELECT outer_one.key || '.' || inner_one.key, inner_one.value
                FROM found AS outer_one
                CROSS JOIN LATERAL jsonb_each(
                    CASE WHEN jsonb_typeof(outer_one.value) = 'object' THEN outer_one.value END
                ) AS inner_one
            )
            SELECT coalesce(jsonb_object_agg(key, value), '{}')
            FROM found
            WHERE jsonb_typeof(value) <> 'object'
        )
    END
$$;

CREATE FUNCTION curated.value_of(metrics jsonb, metric text)
RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE jsonb_typeof(metrics -> metric)
        WHEN 'number'  THEN (metrics ->> metric)::double precision
        WHEN 'boolean' THEN (metrics ->> metric)::boolean::integer::double precision
    END
$$;

CREATE FUNCTION curated.version_of(software text, version text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN software = '' THEN version ELSE software || ' ' || version END
$$;

CREATE PROCEDURE curated.make_months(first_at timestamptz, last_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
    month timestamp := date_trunc('month', first_at AT TIME ZONE 'UTC');
BEGIN
    WHILE month <= last_at AT TIME ZONE 'UTC' LOOP
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS curated.%I PARTITION OF curated.heartbeats '
            'FOR VALUES FROM (%L) TO (%L)',
            'heartbeats_' || to_char(month, 'YYYYMM'),
            to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00',
            to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00'
        );
        month := month + interval '1 month';
    END LOOP;
END $$;

-- The bin of a value; see wearhouse/store/sketches.py.
CREATE FUNCTION curated.bin_of(value double precision) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN value = 0 THEN 0
        ELSE sign(value) * least(greatest(ceil(ln(abs(value)) / ln(1.02::float8)) + 5000, 1), 10000)
    END::smallint
$$;

-- A percentile (p from 0 to 1) of the battery of a project's reports from one instant up to
-- another. It is the middle of the bin, 2 % wide, that the exact value lies in; the least and the
-- greatest value are exact. Nothing if there are no reports.
CREATE FUNCTION calculate_battery_percentile(
    p double precision, project_id text, from_at timestamptz, to_at timestamptz
) RETURNS double precision LANGUAGE plpgsql STABLE AS $$
DECLARE
    first_hour timestamptz := date_bin('1 hour', from_at + interval '1 hour - 1 microsecond', 'epoch');
    last_hour  timestamptz := date_bin('1 hour', to_at, 'epoch');
    answer     double precision;
BEGIN
    IF p IS NULL OR p < 0 OR p > 1 THEN
        RAISE EXCEPTION 'p is %; write a fraction from 0 to 1.', p;
    ELSIF to_at <= from_at THEN
        RAISE EXCEPTION 'The span ends (%) before it starts (%).', to_at, from_at;
    END IF;
    WITH loose AS
    (
        SELECT curated.value_of(h.metrics, b.metric) AS value
        FROM curated.heartbeats AS h
        CROSS JOIN curated.battery AS b
        WHERE h.project = project_id
          AND h.captured_at >= from_at
          AND h.captured_at <  to_at
          AND (first_hour >= last_hour OR h.captured_at < first_hour OR h.captured_at >= last_hour)
          AND (b.low IS NULL OR curated.value_of(h.metrics, b.metric) >= b.low)
          AND (b.high IS NULL OR curated.value_of(h.metrics, b.metric) <= b.high)
    ),
    folded AS
    (
        SELECT r.min, r.max, r.bins, r.counts
        FROM curated.rollups AS r
        JOIN curated.battery AS b ON b.metric = r.metric
        WHERE r.level = '1h'
          AND r.project = project_id
          AND r.t >= first_hour
          AND r.t <  last_hour
          AND r.count > 0
    ),
    binned AS
    (
        SELECT bin, sum(n) AS n
        FROM
        (
            SELECT u.bin, u.n FROM folded CROSS JOIN LATERAL unnest(bins, counts) AS u (bin, n)
            UNION ALL
            SELECT curated.bin_of(value), 1 FROM loose WHERE value IS NOT NULL
        ) AS every
        GROUP BY bin
    ),
    ends AS
    (
        SELECT min(low) AS low, max(high) AS high
        FROM
        (
            SELECT min AS low, max AS high FROM folded
            UNION ALL
            SELECT value, value FROM loose
        ) AS every
    ),
    ranked AS
    (
        SELECT bin, sum(n) OVER (ORDER BY bin) AS reached, sum(n) OVER () AS total FROM binned
    )
    SELECT CASE
        WHEN p = 0 THEN ends.low
        WHEN p = 1 THEN ends.high
        WHEN bin = 0 THEN 0
        ELSE least(greatest(
            sign(bin) * 2 * 1.02::float8 ^ (abs(bin) - 5000) / 2.02, ends.low), ends.high)
    END
    INTO answer
    FROM ranked
    CROSS JOIN ends
    WHERE reached > floor(p * (total - 1))
    ORDER BY bin
    LIMIT 1;
    RETURN answer;
END $$;

CREATE FUNCTION calculate_battery_percentile(
    p double precision, project_id bigint, from_at timestamptz, to_at timestamptz
) RETURNS double precision LANGUAGE sql STABLE AS $$
    SELECT calculate_battery_percentile(p, project_id::text, from_at, to_at)
$$;
