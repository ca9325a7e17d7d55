"""A participant's minutes or nights as the imputer takes them, out of store and registry."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.imputation import Evidence, Minutes, minutes_of
from wearhouse.imputation.nightly import Nights
from wearhouse.imputing.request import Request
from wearhouse.metrics import METRICS
from wearhouse.registry import Registry
from wearhouse.store import Ask, Store
from wearhouse.study import Participant
from wearhouse.window import (
    DAY_MS,
    LATEST,
    Window,
    civil_days,
    edge,
    from_millis,
    millis,
    zone_named,
)

WEAR = ("spo2", "skin_temperature", "hrv_rmssd", "worn_by_steps")
"""Metrics of which a sample proves that the device was worn."""

EVERYTHING = 2**31
MOMENT = timedelta(milliseconds=1)


def span_of(store: Store, participant: Participant, request: Request) -> Window | None:
    """From when to when a participant's gaps are filled: what was asked for, at most from the
    first sample to the last; None where there is nothing."""
    metric = "heart_rate" if request.metric == "steps" else request.metric
    rows = [row for row in store.extent([participant.id]).to_pylist() if row["metric"] == metric]
    if not rows:
        return None
    first, last = rows[0]["first_at"], rows[0]["last_at"] + MOMENT
    zone = zone_named(participant.timezone)
    if request.start:
        first = max(first, edge(request.start, "start").at(zone))
    if request.end:
        last = min(last, edge(request.end, "end").at(zone))
    return Window(first, last) if first < last else None


def minutes(store: Store, registry: Registry, who: Participant, window: Window) -> Minutes:
    """A participant's heart rate by the minute, with what proves wear."""
    beats = _page(store, "heart_rate", who, window)
    evidence = Evidence(
        steps=_told(_page(store, "steps", who, window), "sum"),
        wear=[_told(rows, "sum") for rows in _wear(store, who, window)],
        sleep=list(_sleep(store, who, window)),
        barred=barred(registry, who),
    )
    return minutes_of(
        who.id, "heart_rate", window, zone_named(who.timezone), _told(beats, "mean"), evidence
    )


def nights(
    store: Store, registry: Registry, who: Participant, metric: str, window: Window
) -> Nights:
    """A participant's nights in a row, one value each."""
    low, high = millis(window.start), millis(window.end)
    ask = Ask(METRICS[metric], "raw", [who.id], low, high, limit=EVERYTHING)
    rows = store.page(ask).rows
    day = civil_days(rows["t"].cast(pa.int64()).to_numpy(), rows["offset"].to_numpy())
    first, last = int(day.min()), int(day.max())
    many = last - first + 1
    count = np.bincount(day - first, minlength=many)
    total = np.bincount(day - first, rows["value"].to_numpy(), many)
    value = np.divide(total, count, out=np.full(many, np.nan), where=count > 0)
    worn = np.zeros(many, bool)
    for row in _stages(store, who, window).to_pylist():
        at = int(np.datetime64(row["day"], "D").astype(int)) - first
        if 0 <= at < many:
            worn[at] = True
    shut = np.zeros(many, bool)
    noon = (first + np.arange(many)) * DAY_MS + DAY_MS // 2
    for stretch in barred(registry, who):
        shut |= (noon >= millis(stretch.start)) & (noon < millis(stretch.end))
    return Nights(who.id, metric, first, value, worn, shut)


def barred(registry: Registry, who: Participant) -> list[Window]:
    """When nothing may be filled: pauses, after the end, after a withdrawal."""
    zone = zone_named(who.timezone)

    def midnight(day: object) -> datetime:
        return datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=zone).astimezone(UTC)

    found = [
        Window(
            midnight(pause.first_on),
            midnight(pause.last_on + timedelta(1)) if pause.last_on else LATEST,
        )
        for pause in registry.pauses.of(who)
    ]
    if who.ends_on:
        found.append(Window(midnight(who.ends_on + timedelta(1)), LATEST))
    if who.withdrawn_on:
        found.append(Window(midnight(who.withdrawn_on), LATEST))
    return found


def _page(store: Store, metric: str, who: Participant, window: Window) -> pa.Table:
    low, high = millis(window.start) // 60_000 * 60_000, millis(window.end)
    ask = Ask(METRICS[metric], "1m", [who.id], low, high, limit=EVERYTHING)
    return store.page(ask).rows


def _told(rows: pa.Table, figure: str) -> pa.Table:
    value = rows["sum"].cast(pa.float64())
    if figure == "mean":
        value = pc.divide(value, rows["count"].cast(pa.float64()))
    return pa.table({"t": rows["t"], "value": value.combine_chunks()})


def _wear(store: Store, who: Participant, window: Window) -> Iterator[pa.Table]:
    there = set(store.extent([who.id])["metric"].to_pylist())
    yield from (_page(store, metric, who, window) for metric in WEAR if metric in there)


def _stages(store: Store, who: Participant, window: Window) -> pa.Table:
    first, last = window.start.date() - timedelta(1), window.end.date() + timedelta(1)
    return store.episodes(["sleep_stage"], [who.id], first, last)


def _sleep(store: Store, who: Participant, window: Window) -> Iterator[Window]:
    """Nights that the device recorded in stages; logs that people wrote themselves have none."""
    stages = _stages(store, who, window)
    if stages.num_rows:
        nights = stages.group_by(["log"]).aggregate([("t", "min"), ("end", "max")])
        starts, ends = (nights[name].cast(pa.int64()).to_pylist() for name in ("t_min", "end_max"))
        for start, end in zip(starts, ends, strict=True):
            if start < end:
                yield Window(from_millis(start), from_millis(end))
