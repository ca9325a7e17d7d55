-- Wide columns stand first, so that no row is padded. Unsigned numbers of 32 bits are kept as the
-- same bits in an integer. Times are UTC; t of a day, week or month is that civil date at 00:00.

CREATE TABLE metrics
(
    id     smallint PRIMARY KEY,
    name   text     NOT NULL UNIQUE,
    unit   text     NOT NULL,
    levels text[]   NOT NULL -- those that are kept as rows
);

CREATE TABLE sources
(
    id   smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text     NOT NULL UNIQUE
);

-- What a preferred vendor's data outranks on a day: kept, not served.
CREATE TABLE shadowed
(
    t           timestamptz      NOT NULL,
    value       double precision NOT NULL,
    participant integer          NOT NULL,
    as_of       integer          NOT NULL,
    "offset"    smallint         NOT NULL,
    metric      smallint         NOT NULL,
    source      smallint         NOT NULL,
    PRIMARY KEY (metric, participant, t, source)
);

-- bins and counts are the quantile sketch; level 1m has none.
CREATE TABLE rollups_1d
(
    t           timestamptz      NOT NULL,
    sum         double precision NOT NULL,
    sumsq       double precision NOT NULL,
    min         double precision NOT NULL,
    max         double precision NOT NULL,
    first       double precision NOT NULL,
    last        double precision NOT NULL,
    first_at    timestamptz      NOT NULL,
    last_at     timestamptz      NOT NULL,
    participant integer          NOT NULL,
    days        integer          NOT NULL,
    minutes     integer          NOT NULL,
    count       integer          NOT NULL,
    day         date             NOT NULL,
    "offset"    smallint         NOT NULL,
    metric      smallint         NOT NULL,
    bins        smallint[],
    counts      integer[],
    PRIMARY KEY (metric, participant, t, day)
);

CREATE TABLE rollups_1w (LIKE rollups_1d INCLUDING INDEXES);

CREATE TABLE rollups_1mo (LIKE rollups_1d INCLUDING INDEXES);

CREATE TABLE episodes
(
    t           timestamptz NOT NULL,
    "end"       timestamptz NOT NULL,
    participant integer     NOT NULL,
    as_of       integer     NOT NULL,
    day         date        NOT NULL,
    "offset"    smallint    NOT NULL,
    metric      smallint    NOT NULL,
    source      smallint    NOT NULL,
    main        boolean     NOT NULL,
    label       text        NOT NULL,
    log         text        NOT NULL,
    PRIMARY KEY (metric, participant, day, log, t)
);

CREATE INDEX episodes_participant_log ON episodes (participant, log);

-- When a participant's samples of a metric last changed, and with them every level.
CREATE TABLE refreshed
(
    metric      smallint    NOT NULL,
    participant integer     NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (participant, metric)
);

-- Which views and functions are defined.
CREATE TABLE definitions (digest text NOT NULL);
