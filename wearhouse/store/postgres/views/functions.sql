-- What any SQL client can call, besides the views of each metric: heart_rate, heart_rate_1m,
-- heart_rate_1h, heart_rate_1d, heart_rate_1w, heart_rate_1mo, and so on.

-- The view that the by-span rule answers from.
CREATE OR REPLACE FUNCTION get_optimal_table(metric text, start_at timestamptz, end_at timestamptz)
RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM metrics WHERE name = metric) THEN
        RAISE EXCEPTION 'No metric is called %.', metric;
    ELSIF end_at <= start_at THEN
        RAISE EXCEPTION 'The window ends (%) before it starts (%).', end_at, start_at;
    END IF;
    RETURN metric || CASE
        WHEN end_at - start_at <= interval '1 day'   THEN ''
        WHEN end_at - start_at <= interval '7 days'  THEN '_1h'
        WHEN end_at - start_at <= interval '30 days' THEN '_1d'
        WHEN end_at - start_at <= interval '90 days' THEN '_1w'
        ELSE '_1mo'
    END;
END $$;

CREATE OR REPLACE FUNCTION get_optimal_heart_rate_table(start_at timestamptz, end_at timestamptz)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT get_optimal_table('heart_rate', start_at, end_at)
$$;

-- The sketch bin of a value; see wearhouse/store/rollups.py.
CREATE OR REPLACE FUNCTION sketch_bin(value double precision)
RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN value = 0 THEN 0
        ELSE sign(value) * least(greatest(ceil(ln(abs(value)) / ln(1.02::float8)) + 5000, 1), 10000)
    END::smallint
$$;

-- Fold minutes, hours or days again from samples, for buckets from low up to high.
CREATE OR REPLACE PROCEDURE fold_samples(
    metric_id smallint, level text, low timestamptz, high timestamptz
) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'DELETE FROM rollups_%s WHERE metric = $1 AND t >= $2 AND t < $3', level
    ) USING metric_id, low, high;
    EXECUTE format($fold$
        WITH clocked AS
        (
            SELECT *, ((t + "offset" * interval '1 minute') AT TIME ZONE 'UTC')::date AS day
            FROM samples
            WHERE metric = $1
              AND t >= $2 - interval '15 hours'
              AND t <  $3 + interval '15 hours'
        ),
        placed AS MATERIALIZED
        (
            SELECT *, %2$s AS bucket FROM clocked WHERE %2$s >= $2 AND %2$s < $3
        ),
        binned AS
        (
            SELECT participant, bucket, day, sketch_bin(value) AS bin, count(*)::integer AS entries
            FROM placed
            WHERE %1$L <> '1m'
            GROUP BY 1, 2, 3, 4
        ),
        sketches AS
        (
            SELECT participant, bucket, day,
                array_agg(bin ORDER BY bin) AS bins, array_agg(entries ORDER BY bin) AS counts
            FROM binned
            GROUP BY 1, 2, 3
        ),
        folded AS
        (
            SELECT
                participant, bucket, day,
                sum(value) AS sum, sum(value * value) AS sumsq, min(value) AS min, max(value) AS max,
                (array_agg(value ORDER BY t))[1] AS first,
                (array_agg(value ORDER BY t DESC))[1] AS last,
                min(t) AS first_at, max(t) AS last_at,
                count(DISTINCT date_bin('1 minute', t, 'epoch')) AS minutes, count(*) AS count,
                (array_agg("offset" ORDER BY t))[1] AS "offset"
            FROM placed
            GROUP BY 1, 2, 3
        )
        INSERT INTO rollups_%1$s
        (
            t, sum, sumsq, min, max, first, last, first_at, last_at, participant, days, minutes,
            count, day, "offset", metric, bins, counts
        )
        SELECT
            bucket, sum, sumsq, min, max, first, last,
            CASE WHEN %1$L = '1m' THEN 'epoch' ELSE first_at END,
            CASE WHEN %1$L = '1m' THEN 'epoch' ELSE last_at END,
            participant, (%1$L = '1d')::integer, minutes, count, day, "offset", $1, bins, counts
        FROM folded
        LEFT JOIN sketches USING (participant, bucket, day)
    $fold$, level, CASE level
        WHEN '1m' THEN $b$ date_bin('1 minute', t, 'epoch') $b$
        WHEN '1h' THEN $b$ date_bin('1 hour', t, 'epoch') $b$
        ELSE $b$ (day::timestamp AT TIME ZONE 'UTC') $b$
    END) USING metric_id, low, high;
END $$;

-- Fold weeks or months again from days, for buckets from low up to high.
CREATE OR REPLACE PROCEDURE fold_days(
    metric_id smallint, level text, low timestamptz, high timestamptz
) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'DELETE FROM rollups_%s WHERE metric = $1 AND t >= $2 AND t < $3', level
    ) USING metric_id, low, high;
    EXECUTE format($fold$
        WITH placed AS
        (
            SELECT *, date_trunc(%2$L, day::timestamp)::date AS bucket
            FROM rollups_1d
            WHERE metric = $1 AND t >= $2 AND t < $3
        ),
        binned AS
        (
            SELECT participant, bucket, bin, sum(entry)::integer AS entries
            FROM placed, unnest(bins, counts) AS sketch (bin, entry)
            GROUP BY 1, 2, 3
        ),
        sketches AS
        (
            SELECT participant, bucket,
                array_agg(bin ORDER BY bin) AS bins, array_agg(entries ORDER BY bin) AS counts
            FROM binned
            GROUP BY 1, 2
        ),
        folded AS
        (
            SELECT
                participant, bucket,
                sum(sum) AS sum, sum(sumsq) AS sumsq, min(min) AS min, max(max) AS max,
                (array_agg(first ORDER BY first_at))[1] AS first,
                (array_agg(last ORDER BY last_at DESC))[1] AS last,
                min(first_at) AS first_at, max(last_at) AS last_at,
                sum(days) AS days, sum(minutes) AS minutes, sum(count) AS count,
                (array_agg("offset" ORDER BY first_at))[1] AS "offset"
            FROM placed
            GROUP BY 1, 2
        )
        INSERT INTO rollups_%1$s
        (
            t, sum, sumsq, min, max, first, last, first_at, last_at, participant, days, minutes,
            count, day, "offset", metric, bins, counts
        )
        SELECT
            bucket::timestamp AT TIME ZONE 'UTC', sum, sumsq, min, max, first, last, first_at,
            last_at, participant, days, minutes, count, bucket, "offset", $1, bins, counts
        FROM folded
        LEFT JOIN sketches USING (participant, bucket)
    $fold$, level, CASE level WHEN '1w' THEN 'week' ELSE 'month' END)
    USING metric_id, low, high;
END $$;

-- Fold a level of a metric again, in every bucket that the window touches; without a start or an
-- end, all of them. Days, weeks and months are civil.
CREATE OR REPLACE FUNCTION refresh_aggregation(
    metric text, level text, start_at timestamptz, end_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    unit text := CASE level WHEN '1m' THEN 'minute' WHEN '1h' THEN 'hour' WHEN '1d' THEN 'day'
                            WHEN '1w' THEN 'week' WHEN '1mo' THEN 'month' END;
    -- A date that somebody wrote names that civil day, whatever the time zone of the session.
    zone text := CASE WHEN level IN ('1m', '1h') THEN 'UTC' ELSE current_setting('TimeZone') END;
    low timestamp := date_trunc(unit, coalesce(start_at, '1990-01-01 00:00+00') AT TIME ZONE zone);
    high timestamp := date_trunc(unit, coalesce(end_at, '2100-01-01 00:00+00') AT TIME ZONE zone
                                       - interval '1 microsecond') + ('1 ' || unit)::interval;
    found metrics;
BEGIN
    SELECT * INTO found FROM metrics WHERE name = metric;
    IF found IS NULL THEN
        RAISE EXCEPTION 'No metric is called %.', metric;
    ELSIF unit IS NULL THEN
        RAISE EXCEPTION 'No level is called %; there are 1m, 1h, 1d, 1w and 1mo.', level;
    ELSIF end_at <= start_at THEN
        RAISE EXCEPTION 'The window ends (%) before it starts (%).', end_at, start_at;
    ELSIF level <> ALL (found.levels) THEN
        RETURN; -- nothing is kept at a level no coarser than the samples
    END IF;
    -- No load may change samples while they are folded.
    PERFORM pg_advisory_xact_lock(2, stripe) FROM generate_series(0, 63) AS stripe;
    IF level IN ('1w', '1mo') THEN
        CALL fold_days(found.id, level, low AT TIME ZONE 'UTC', high AT TIME ZONE 'UTC');
    ELSE
        CALL fold_samples(found.id, level, low AT TIME ZONE 'UTC', high AT TIME ZONE 'UTC');
    END IF;
    UPDATE refreshed SET at = now() WHERE refreshed.metric = found.id;
END $$;

CREATE OR REPLACE FUNCTION refresh_heart_rate_aggregation(
    level text, start_at timestamptz DEFAULT NULL, end_at timestamptz DEFAULT NULL
) RETURNS void LANGUAGE sql AS $$
    SELECT refresh_aggregation('heart_rate', level, start_at, end_at)
$$;

-- What is kept of a metric, level by level.
CREATE OR REPLACE FUNCTION get_aggregation_stats(metric text)
RETURNS TABLE (
    level text, rows bigint, samples bigint, first_at timestamptz, last_at timestamptz,
    refreshed_at timestamptz
) LANGUAGE sql STABLE AS $$
    WITH levels AS
    (
        SELECT '1m' AS level, metric, count, t AS first_at, t AS last_at FROM rollups_1m
        UNION ALL SELECT '1h', metric, count, first_at, last_at FROM rollups_1h
        UNION ALL SELECT '1d', metric, count, first_at, last_at FROM rollups_1d
        UNION ALL SELECT '1w', metric, count, first_at, last_at FROM rollups_1w
        UNION ALL SELECT '1mo', metric, count, first_at, last_at FROM rollups_1mo
    )
    SELECT level, count(*), sum(count)::bigint, min(first_at), max(last_at),
        (SELECT max(at) FROM refreshed WHERE refreshed.metric = metrics.id)
    FROM levels
    JOIN metrics ON metrics.id = levels.metric
    WHERE metrics.name = $1
    GROUP BY level, metrics.id
    ORDER BY array_position(ARRAY['1m', '1h', '1d', '1w', '1mo'], level)
$$;

CREATE OR REPLACE FUNCTION get_heart_rate_aggregation_stats()
RETURNS TABLE (
    level text, rows bigint, samples bigint, first_at timestamptz, last_at timestamptz,
    refreshed_at timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT * FROM get_aggregation_stats('heart_rate')
$$;
