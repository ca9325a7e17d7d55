-- Filled minutes whose place a newer run has taken, to come back when that is withdrawn.

CREATE TABLE imputed_aside (LIKE imputed);

ALTER TABLE imputed_aside ADD PRIMARY KEY (metric, participant, run, t, day);
