"""Every number Wearhouse reports to Prometheus. Labels never name a person."""

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()

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
records_quarantined = Counter(
    "wearhouse_records_quarantined_total",
    "Records refused and kept aside.",
    ["source"],
    registry=REGISTRY,
)
