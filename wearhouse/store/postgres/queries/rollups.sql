-- name: rollups
SELECT {packed}
FROM
(
    SELECT who.participant, found.*
    FROM unnest({participants}::integer[], {lows}::timestamptz[])
        WITH ORDINALITY AS who (participant, low, place)
    CROSS JOIN LATERAL
    (
        SELECT t, day, "offset", minutes, count, sum, sumsq, min, max, first, last, first_at
        FROM {table}
        WHERE metric = {metric}
          AND participant = who.participant
          AND t >= who.low
          AND t >= {low}
          AND t <  {high}
        ORDER BY t, day
        LIMIT {limit}
    ) AS found
    ORDER BY who.place
    LIMIT {limit}
) AS page

-- name: rollups_whole
SELECT
    {packed},
    string_agg(
        (SELECT string_agg(int2send(bin) || int4send(entry), '') FROM unnest(bins, counts) AS e (bin, entry)),
        ''
    )
FROM
(
    SELECT *, coalesce(cardinality(bins), 0) AS entries
    FROM {table}
    WHERE metric = ANY({metrics})
      AND participant = ANY({participants})
      AND t >= {low}
      AND t <  {high}
      AND day >= {first_day}
      AND day <  {end_day}
    ORDER BY metric, participant, t, day
) AS found

-- name: refreshed_at
SELECT metric, max(at) FROM refreshed GROUP BY metric
