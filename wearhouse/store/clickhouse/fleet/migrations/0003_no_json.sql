-- Version 2 has carried the JSON over.

ALTER TABLE fleet_heartbeats$on_cluster DROP COLUMN IF EXISTS said;

ALTER TABLE fleet_heartbeats$on_cluster DROP COLUMN IF EXISTS metrics;

ALTER TABLE fleet_latest$on_cluster DROP COLUMN IF EXISTS said;

ALTER TABLE fleet_latest$on_cluster DROP COLUMN IF EXISTS metrics;
