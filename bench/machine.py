"""The machine that a run was measured on, and the memory of its processes."""

import os
import platform
import resource
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("chdb", "clickhouse-connect", "pyarrow", "numpy", "duckdb", "psycopg")


def facts() -> dict[str, str]:
    """What a reader needs to know of the machine before believing a figure."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "measured": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0)) if _linux() else os.cpu_count()),
        "memory": f"{pages / 2**30:.1f} GiB",
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    } | {package: version(package) for package in PACKAGES}


def own_peak() -> int:
    """The most memory (bytes) that this process has ever had resident."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * 1024 if _linux() else peak


def peak_of(process: int) -> int | None:
    """The most memory (bytes) a process has had resident; None where the system does not say."""
    status = _read(Path(f"/proc/{process}/status"))
    peak = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), None)
    return int(peak) * 1024 if peak else None


def _processor() -> str:
    for line in _read(Path("/proc/cpuinfo")).splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _linux() -> bool:
    return platform.system() == "Linux"
