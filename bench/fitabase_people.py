"""The people of the Fitabase export whose heart rate is long enough to hide parts of it."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.imputation import Evidence, Minutes, minutes_of
from wearhouse.sources.files import walk
from wearhouse.sources.fitabase import Fitabase
from wearhouse.window import Window

UTC = ZoneInfo("UTC")
PEOPLE = {"2022484408": 1, "4388161847": 2, "6117666160": 3}
"""None of them had a part in fitting the default model or choosing its form."""

FILES = (
    "mar_heartrate_seconds_merged.csv.gz",
    "apr_heartrate_seconds_merged.csv.gz",
    "apr_minuteStepsNarrow_derived.csv.gz",
)


def people(shared: Path) -> list[Minutes]:
    """Minutes of heart rate, with steps in April; clock times read as if they were UTC."""
    tables = [
        parsed.samples
        for name in FILES
        for file in walk(shared / "fitabase" / name)
        for parsed in Fitabase().read(file)
    ]
    samples = pa.concat_tables(tables).unify_dictionaries()
    return [_one(samples, name, number) for name, number in PEOPLE.items()]


def _one(samples: pa.Table, name: str, number: int) -> Minutes:
    own = samples.filter(pc.equal(samples["person"], name))
    heart = own.filter(pc.equal(own["metric"], "heart_rate"))
    # 12 April stands in both exports.
    heart = heart.group_by("t").aggregate([("value", "min")]).rename_columns(["t", "value"])
    steps = own.filter(pc.equal(own["metric"], "steps"))
    ends = pc.min_max(heart["t"]).as_py()
    first, last = (_midnight(ends[end]) for end in ("min", "max"))
    window = Window(first, last + timedelta(days=1))
    return minutes_of(number, "heart_rate", window, UTC, _utc(heart), Evidence(steps=_utc(steps)))


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)


def _utc(table: pa.Table) -> pa.Table:
    t = table["t"].cast(pa.timestamp("ms", tz="UTC"))
    return pa.table({"t": t, "value": table["value"]})
