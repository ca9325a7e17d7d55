-- What was imputed: filled minutes, and the sums of their draws over hours and civil days. draws
-- are whole numbers of 16 bits, sums of 32, the highest byte first.

CREATE TABLE imputed
(
    t           timestamptz NOT NULL,
    participant integer     NOT NULL,
    gap         integer     NOT NULL,
    run         integer     NOT NULL,
    day         date        NOT NULL,
    "offset"    smallint    NOT NULL,
    metric      smallint    NOT NULL,
    median      smallint    NOT NULL,
    mean        smallint    NOT NULL,
    sd          smallint    NOT NULL,
    low         smallint    NOT NULL,
    high        smallint    NOT NULL,
    code        smallint    NOT NULL,
    draws       bytea       NOT NULL,
    PRIMARY KEY (metric, participant, t, day)
);

CREATE TABLE imputed_1h
(
    t           timestamptz NOT NULL,
    participant integer     NOT NULL,
    count       integer     NOT NULL,
    day         date        NOT NULL,
    "offset"    smallint    NOT NULL,
    metric      smallint    NOT NULL,
    sums        bytea       NOT NULL,
    PRIMARY KEY (metric, participant, t, day)
);

CREATE TABLE imputed_1d (LIKE imputed_1h INCLUDING INDEXES);
