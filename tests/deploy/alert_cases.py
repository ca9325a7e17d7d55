"""When each alert must fire and when it must not: series as promtool's tests write them, a value a
minute, and after how many minutes to look."""

from dataclasses import dataclass

GB = 1_000_000_000
DAY_S = 86_400


@dataclass(frozen=True)
class Case:
    """`fires` and `silent` are series by name; both run for `minutes`."""

    fires: dict[str, str]
    silent: dict[str, str]
    minutes: int = 60


def still(value: float, times: int = 3000) -> str:
    """The same value, minute after minute."""
    return f"{value:.10g}x{times}"


def rising(by: float, start: float = 0, times: int = 3000) -> str:
    """A counter that grows by so much a minute."""
    return f"{start:.10g}{by:+.10g}x{times}"


def requests(bad: float, good: float) -> dict[str, str]:
    one = 'wearhouse_requests_total{method="GET",route="/api/v1/series",status="%d"}'
    return {one % 500: rising(bad), one % 200: rising(good)}


def answers(within_s: str) -> dict[str, str]:
    """A hundred answers a minute, all of them slower than a tenth of a second."""
    limits = ["0.1", "0.25", "0.5", "1", "2.5", "5", "+Inf"]
    slow = limits.index(within_s)
    return {
        f'wearhouse_request_seconds_bucket{{route="/api/v1/series",le="{le}"}}': rising(
            100 if at >= slow else 0
        )
        for at, le in enumerate(limits)
    }


def attempts(failed: float, done: float) -> dict[str, str]:
    one = 'wearhouse_attempts_total{source="google-health",outcome="%s"}'
    return {one % "failed": rising(failed), one % "done": rising(done)}


def loaded(refused: float, kept: float) -> dict[str, str]:
    return {
        'wearhouse_records_quarantined_total{source="oura"}': rising(refused),
        'wearhouse_samples_loaded_total{source="oura"}': rising(kept),
    }


def asked(throttled: float, answered: float) -> dict[str, str]:
    one = 'wearhouse_vendor_requests_total{host="health.googleapis.com",status="%d"}'
    return {one % 429: rising(throttled), one % 200: rising(answered)}


def disk(avail: str, size: float = 100 * GB) -> dict[str, str]:
    place = '{fstype="ext4",mountpoint="/data"}'
    return {
        f"node_filesystem_avail_bytes{place}": avail,
        f"node_filesystem_size_bytes{place}": still(size),
    }


def memory(available: float) -> dict[str, str]:
    return {
        "node_memory_MemAvailable_bytes": still(available),
        "node_memory_MemTotal_bytes": still(16 * GB),
    }


WAITING = 'wearhouse_deliveries_waiting_seconds{door="http"}'
BACKUP = "wearhouse_backup_timestamp_seconds"
LAST_SYNC = "wearhouse_last_sync_timestamp_seconds"
MAIL = 'wearhouse_messages_total{outcome="%s"}'
FAILED_RUNS = 'wearhouse_imputation_runs{state="failed"}'
STARTED = 'container_start_time_seconds{name="wearhouse"}'
HOURS = 60

CASES = {
    "WearhouseDown": Case(
        {'up{job="wearhouse"}': still(0)}, {'up{job="wearhouse"}': "1x10 0 1x3000"}
    ),
    "TargetDown": Case({'up{job="host"}': still(0)}, {'up{job="wearhouse"}': still(0)}),
    "ErrorsRising": Case(requests(2, 98), requests(0.5, 99.5)),
    "ErrorsHigh": Case(requests(10, 90), requests(2, 98)),
    "AnswersSlow": Case(answers("1"), answers("0.25")),
    "AnswersVerySlow": Case(answers("5"), answers("1")),
    # The clock of these tests begins at 0, so that an instant is so many seconds after.
    "SyncLate": Case({LAST_SYNC: still(0)}, {LAST_SYNC: still(2 * 3600)}, 26 * HOURS),
    "NoSuccessfulSync": Case({LAST_SYNC: still(0)}, {LAST_SYNC: still(3600)}, 27 * HOURS - 30),
    "ParticipantStale": Case(
        {"wearhouse_stalest_participant_seconds": still(6 * DAY_S)},
        {"wearhouse_stalest_participant_seconds": still(4 * DAY_S)},
        90,
    ),
    "IngestionErrors": Case(attempts(2, 8), attempts(0.5, 9.5), 120),
    "IngestionFailing": Case(attempts(8, 2), attempts(4, 6), 120),
    "VendorThrottles": Case(asked(10, 90), asked(1, 99), 90),
    "QuarantineRising": Case(loaded(20, 980), loaded(5, 995), 90),
    "DeliveriesWait": Case({WAITING: still(900)}, {WAITING: still(300)}),
    "DeliveriesStuck": Case({WAITING: still(4000)}, {WAITING: still(900)}),
    "ParticipantsNeverLinked": Case(
        {"wearhouse_participants_never_linked": still(3)},
        {"wearhouse_participants_never_linked": still(0)},
        90,
    ),
    "ReconnectNeeded": Case(
        {'wearhouse_grants{state="expired"}': still(1), 'wearhouse_grants{state="active"}': "9x99"},
        {'wearhouse_grants{state="expired"}': still(0), 'wearhouse_grants{state="active"}': "9x99"},
        90,
    ),
    "RollupsStale": Case(
        {"wearhouse_rollups_stale": still(12)}, {"wearhouse_rollups_stale": "12x20 0x3000"}
    ),
    "BackupMissing": Case({BACKUP: still(0)}, {BACKUP: still(60)}, 25 * HOURS),
    "BackupTooOld": Case({BACKUP: still(60)}, {BACKUP: still(3 * 3600)}, 38 * HOURS),
    "DatabaseDown": Case({"pg_up": still(0)}, {"pg_up": still(1)}),
    "ImputationFailed": Case({FAILED_RUNS: "1x60 2x3000"}, {FAILED_RUNS: still(2)}, 90),
    "MailFails": Case({MAIL % "bounced": rising(1)}, {MAIL % "sent": rising(5)}, 90),
    "MessageFateUnknown": Case({MAIL % "unknown": "0x60 1x3000"}, {MAIL % "unknown": still(1)}, 90),
    "DiskFills": Case(
        disk(rising(-GB / 100, 35 * GB)), disk(rising(-GB / 1000, 35 * GB)), 10 * HOURS
    ),
    "DiskAlmostFull": Case(disk(still(3 * GB)), disk(still(30 * GB))),
    "MemoryLow": Case(memory(GB), memory(4 * GB)),
    "ClockDrifts": Case(
        {"node_timex_offset_seconds": still(-2)}, {"node_timex_offset_seconds": still(0.1)}
    ),
    "ContainerRestarts": Case({STARTED: rising(60)}, {STARTED: "60x30 3000x3000"}),
}
