-- Partitions are made as samples arrive for them: samples and minutes by month, hours by year.

CREATE TABLE samples (LIKE shadowed, PRIMARY KEY (metric, participant, t)) PARTITION BY RANGE (t);

CREATE TABLE rollups_1m (LIKE rollups_1d, PRIMARY KEY (metric, participant, t, day))
PARTITION BY RANGE (t);

CREATE TABLE rollups_1h (LIKE rollups_1d, PRIMARY KEY (metric, participant, t, day))
PARTITION BY RANGE (t);
