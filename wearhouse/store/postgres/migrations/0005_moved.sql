-- Which civil days of a participant's month of a metric lie in an archive, and in which file; without
-- a root they were removed. Bit n of days is the day n + 1, month counts from 1970-01.

CREATE TABLE moved
(
    rows        bigint   NOT NULL,
    participant integer  NOT NULL,
    days        integer  NOT NULL,
    metric      smallint NOT NULL,
    month       smallint NOT NULL,
    root        text     NOT NULL,
    file        text     NOT NULL,
    digest      text     NOT NULL,
    shadow      text     NOT NULL,
    PRIMARY KEY (participant, metric, month)
);
