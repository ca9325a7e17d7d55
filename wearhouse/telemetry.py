"""Every number Wearhouse reports to Prometheus. Labels never name a person."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # memory, processor, open files

requests = Counter(
    "wearhouse_requests_total",
    "HTTP requests answered.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
request_seconds = Histogram(
    "wearhouse_request_seconds",
    "How long an HTTP request took.",
    ["method", "route"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
samples_loaded = Counter(
    "wearhouse_samples_loaded_total",
    "Samples taken from files and sources.",
    ["source"],
    registry=REGISTRY,
)
payload_bytes = Counter(
    "wearhouse_payload_bytes_total",
    "Bytes of files and payloads that were taken, as received.",
    ["source"],
    registry=REGISTRY,
)
attempts = Counter(
    "wearhouse_attempts_total",
    "Loads of one family of one participant over one stretch of time, by what became of them.",
    ["source", "outcome"],
    registry=REGISTRY,
)
attempt_seconds = Histogram(
    "wearhouse_attempt_seconds",
    "How long such a load took, from the first request until it was durable.",
    ["source"],
    registry=REGISTRY,
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
syncs = Counter(
    "wearhouse_syncs_total",
    "Runs of the delta load, by what became of them.",
    ["outcome"],
    registry=REGISTRY,
)
vendor_requests = Counter(
    "wearhouse_vendor_requests_total",
    "Requests that vendors answered, by host and status.",
    ["host", "status"],
    registry=REGISTRY,
)
last_sync = Gauge(
    "wearhouse_last_sync_timestamp_seconds",
    "When a load of an active grant last went well, or when the first of them was given.",
    registry=REGISTRY,
)
stalest_participant = Gauge(
    "wearhouse_stalest_participant_seconds",
    "How long the active participant has been silent of whom nothing has come for longest.",
    registry=REGISTRY,
)
never_linked = Gauge(
    "wearhouse_participants_never_linked",
    "Participants invited more than a week ago who have never connected an account.",
    registry=REGISTRY,
)
grants = Gauge(
    "wearhouse_grants",
    "Grants by state.",
    ["state"],
    registry=REGISTRY,
)
quarantine = Gauge(
    "wearhouse_quarantine_records",
    "Records in quarantine, by reason; the rarer ones together as `other`.",
    ["reason"],
    registry=REGISTRY,
)
store_bytes = Gauge(
    "wearhouse_store_bytes",
    "Bytes that samples and rollups take on disk.",
    registry=REGISTRY,
)
store_samples = Gauge(
    "wearhouse_store_samples",
    "Samples in the store.",
    registry=REGISTRY,
)
store_bytes_per_sample = Gauge(
    "wearhouse_store_bytes_per_sample",
    "Bytes on disk, rollups included, for each sample in the store.",
    registry=REGISTRY,
)
rollups_stale = Gauge(
    "wearhouse_rollups_stale",
    "Days of a metric whose rollups are behind their samples.",
    registry=REGISTRY,
)
messages = Counter(
    "wearhouse_messages_total",
    "Messages to participants, by what became of them.",
    ["outcome"],
    registry=REGISTRY,
)
imputations = Counter(
    "wearhouse_imputations_total",
    "Runs that imputed, by what became of them.",
    ["outcome"],
    registry=REGISTRY,
)
imputation_runs = Gauge(
    "wearhouse_imputation_runs",
    "Runs of the imputer by the state that they are in.",
    ["state"],
    registry=REGISTRY,
)
exports = Counter(
    "wearhouse_exports_total",
    "Times that data of participants left as files, by how whoever asked came in.",
    ["via"],
    registry=REGISTRY,
)
backup = Gauge(
    "wearhouse_backup_timestamp_seconds",
    "When the last backup was written; 0 if none ever was.",
    registry=REGISTRY,
)
records_quarantined = Counter(
    "wearhouse_records_quarantined_total",
    "Records refused and kept aside.",
    ["source"],
    registry=REGISTRY,
)
notices = Counter(
    "wearhouse_notices_total",
    "Notices of new data that vendors sent, by what became of them.",
    ["source", "outcome"],
    registry=REGISTRY,
)
notices_waiting = Gauge(
    "wearhouse_notices_waiting",
    "Families of participants of which a vendor said that there is something new to fetch.",
    ["source"],
    registry=REGISTRY,
)
deliveries = Counter(
    "wearhouse_deliveries_total",
    "Pushed batches, by the door they came through and what became of them.",
    ["door", "outcome"],
    registry=REGISTRY,
)
deliveries_waiting = Gauge(
    "wearhouse_deliveries_waiting",
    "Pushed batches that are not in the store yet.",
    ["door"],
    registry=REGISTRY,
)
deliveries_waiting_bytes = Gauge(
    "wearhouse_deliveries_waiting_bytes",
    "The size of pushed batches that are not in the store yet.",
    ["door"],
    registry=REGISTRY,
)
deliveries_waiting_seconds = Gauge(
    "wearhouse_deliveries_waiting_seconds",
    "How long the oldest pushed batch has been waiting for the store.",
    ["door"],
    registry=REGISTRY,
)
heartbeats_staged = Counter(
    "wearhouse_heartbeats_staged_total",
    "Device reports that were pushed and staged as delivered.",
    ["door"],
    registry=REGISTRY,
)
fleet_incidents = Gauge(
    "wearhouse_fleet_incidents_open",
    "Incidents of the fleet that are open, by the rule that found them.",
    ["rule"],
    registry=REGISTRY,
)
fleet_rule_value = Gauge(
    "wearhouse_fleet_rule_value",
    "What a rule about an aggregate of the fleet found last.",
    ["rule"],
    registry=REGISTRY,
)
fleet_devices = Gauge(
    "wearhouse_fleet_devices",
    "Devices that have ever reported.",
    registry=REGISTRY,
)
fleet_newest = Gauge(
    "wearhouse_fleet_newest_timestamp_seconds",
    "When the newest heartbeat of the fleet was captured.",
    registry=REGISTRY,
)
fleet_loads_waiting = Gauge(
    "wearhouse_fleet_loads_waiting",
    "Deliveries of the fleet that are not curated yet.",
    registry=REGISTRY,
)

BEGUN: tuple[tuple[Counter, tuple[str, ...]], ...] = (
    (syncs, ("done", "partial", "failed")),
    (imputations, ("done", "failed")),
    (messages, ("sent", "later", "bounced", "failed", "unknown", "dropped")),
    (exports, ("key", "session", "link", "command line")),
)
"""Counters that are told from the start: of one that only begins at 1 nobody sees that it rose."""

for counter, values in BEGUN:
    for value in values:
        counter.labels(value)
