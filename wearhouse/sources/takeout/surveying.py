"""One look through the files of an archive, before any of them is read."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.errors import Invalid
from wearhouse.samples import NAMES
from wearhouse.sources.files import File
from wearhouse.sources.lines import header_of, rows
from wearhouse.sources.takeout import users
from wearhouse.sources.takeout.clocks import Points, Timeline, Verdict, by_sleep, by_twin
from wearhouse.sources.takeout.families import NO_DATA, Copy, Family, family_named
from wearhouse.sources.takeout.series import read_series
from wearhouse.sources.takeout.survey import Day, Survey, date_of, day_number, fullest
from wearhouse.sources.takeout.tables import DATA_SOURCE, read_table
from wearhouse.window import DAY_MS

CHUNK = 4 << 20
LONGEST_MATCH = 256
US_DATE = rb'"\s*:\s*"(\d\d/\d\d/\d\d)'
NOT_ZERO = rb'[^"]*"\s*,\s*"value"\s*:\s*"(?!0*(?:\.0*)?")'
DATES = {
    "series": re.compile(rb'"dateTime' + US_DATE),
    "sleep": re.compile(rb'"dateOfSleep"\s*:\s*"(\d{4}-\d\d-\d\d)'),
    "exercise": re.compile(rb'"startTime' + US_DATE),
    "weight": re.compile(rb'"date' + US_DATE),
}
MOVING = re.compile(rb'"dateTime' + US_DATE + NOT_ZERO)
JUDGED = {"steps": 0.05, "distance": 0.05, "heart_rate": 0.5, "calories": 0.05}
"""Series whose clock is not certain, with how far a value may lie from its copy's."""

SAMPLED_DAYS = 5


@dataclass
class _Look:
    """What has been seen so far."""

    files: dict[tuple[str, Copy], list[tuple[File, Family, frozenset[Day]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    sources: dict[str, Counter[tuple[Day, str]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    sleeps: list[users.Span] = field(default_factory=list)
    exercises: list[users.Span] = field(default_factory=list)
    last: Day | None = None


def survey_of(files: Sequence[File]) -> tuple[Survey, list[str]]:
    """The survey of an archive, and in words what was decided."""
    look = _Look()
    for file in files:
        # A damaged file is refused when it is read, and until then as good as absent.
        with suppress(Invalid):
            _look_at(file, look)
    held = {
        key: frozenset().union(*(days for _, _, days in seen)) for key, seen in look.files.items()
    }
    logged = held.get(("sleep", "json"), frozenset())
    nights = {
        name: night
        for name, night in users.chosen(look.sleeps).items()
        if day_number(night.day) not in logged
    }
    survey = Survey(
        held,
        {topic: fullest(counted) for topic, counted in look.sources.items()},
        nights,
        users.longest(nights),
        _timeline([*look.sleeps, *look.exercises]),
        last=look.last,
    )
    survey = replace(survey, verdicts=dict(_verdicts(look, survey)))
    return survey, [*_on_clocks(look, survey), *_on_copies(survey), *_on_sources(look, survey)]


def _look_at(file: File, look: _Look) -> None:
    family, content = family_named(file.name), file.head().content
    if family and family.fits(content) and content.strip().lower() != NO_DATA:
        days = _days(file, family, look)
        look.files[family.topic, family.copy].append((file, family, days))
        if days and _is_evidence(family):
            look.last = max(max(days), look.last if look.last is not None else max(days))


def _is_evidence(family: Family) -> bool:
    """Whether a date in such a file shows that there were data then, and not padding."""
    return family.topic in ("steps", "distance") or (
        not family.padded and family.topic not in ("resting_heart_rate", "vo2_max")
    )


def _days(file: File, family: Family, look: _Look) -> frozenset[Day]:
    if family.layout == "table":
        counted = _count_rows(file, family)
        look.sources[family.topic] += Counter({key: n for key, n in counted.items() if key[1]})
        return frozenset(day for day, _ in counted)
    if family.layout in ("user_sleeps", "user_exercises"):
        sleeping = family.layout == "user_sleeps"
        names = users.SLEEPS if sleeping else users.EXERCISES
        found = [span for spans, _ in users.spans(file, names) for span in spans]
        (look.sleeps if sleeping else look.exercises).extend(found)
        return frozenset(day_number(span.day) for span in found)
    if family.layout == "user_stages":
        return frozenset()
    moving = family.topic in ("steps", "distance")
    pattern = MOVING if moving else DATES[family.layout]
    if family.topic == "resting_heart_rate":
        pattern = DATES["weight"]
    return frozenset(_number(text) for text in _matches(file, pattern))


def _matches(file: File, pattern: re.Pattern[bytes]) -> set[bytes]:
    found: set[bytes] = set()
    with file.open() as stream:
        tail = b""
        while chunk := stream.read(CHUNK):
            text = tail + chunk
            found.update(pattern.findall(text))
            tail = text[-LONGEST_MATCH:]
    if tail.rstrip()[-1:] != b"]":
        raise Invalid(f"{file.name} is truncated: its JSON ends in the middle.")
    return found


def _number(date: bytes) -> Day:
    text = date.decode()
    return day_number(f"20{text[6:]}-{text[:2]}-{text[3:5]}" if "/" in text else text)


def _count_rows(file: File, family: Family) -> Counter[tuple[Day, str]]:
    """How many rows there are of each date as written and data source."""
    kinds = {family.time: pa.string()}
    if DATA_SOURCE in header_of(file.head().content):
        kinds[DATA_SOURCE] = NAMES
    counted: Counter[tuple[Day, str]] = Counter()
    for block in rows(file, kinds):
        date = pc.utf8_slice_codeunits(block.table[family.time], 0, 10)
        written = pc.match_substring_regex(date, r"^\d{4}-\d\d-\d\d$")
        names = block.table[DATA_SOURCE].cast(pa.string()) if len(kinds) > 1 else date
        table = pa.table({"date": date, "name": names}).filter(written)
        for row in table.group_by(["date", "name"]).aggregate([([], "count_all")]).to_pylist():
            key = day_number(row["date"]), row["name"] if len(kinds) > 1 else ""
            counted[key] += row["count_all"]
    return counted


def _timeline(spans: Iterable[users.Span]) -> Timeline:
    ends = [
        at
        for span in spans
        for at in ((span.start, span.start_offset), (span.end, span.end_offset))
    ]
    anchors = np.array(ends, np.int64).reshape(-1, 2)
    return Timeline(anchors[:, 0], anchors[:, 1])


def _verdicts(look: _Look, survey: Survey) -> Iterator[tuple[str, Verdict]]:
    for topic, tolerance in JUDGED.items():
        naive = look.files.get((topic, "json"), [])
        if not naive:
            continue
        verdict = _by_twin(look, survey, topic, tolerance) or _by_sleep(naive, look, survey)
        if verdict:
            yield topic, verdict


def _by_twin(look: _Look, survey: Survey, topic: str, tolerance: float) -> Verdict | None:
    naive, twin = look.files[topic, "json"], look.files.get((topic, "google"), [])
    shared = survey.days[topic, "json"] & survey.days.get((topic, "google"), frozenset())
    days = _spread(sorted(shared))
    if not days:
        return None
    around = {day + near for day in days for near in (-1, 0, 1)}
    bare = Survey(fullest=survey.fullest)
    copy = _points(twin, around, bare)
    return by_twin(_points(naive, set(days), bare), copy, tolerance) if len(copy.t) else None


def _by_sleep(
    naive: list[tuple[File, Family, frozenset[Day]]], look: _Look, survey: Survey
) -> Verdict | None:
    nights = users.chosen(look.sleeps).values()
    slept = {day_number(night.day) for night in nights}
    held = frozenset().union(*(days for _, _, days in naive))
    days = _spread(sorted(held & slept))
    spans = sorted((night.start, night.end) for night in nights)
    if not days:
        return None
    points = _points(naive, set(days), Survey())
    return by_sleep(points, np.array(spans, np.int64).reshape(-1, 2), survey.timeline)


def _spread(days: list[Day]) -> list[Day]:
    """A few of the days, from all over their span."""
    places = np.linspace(0, len(days) - 1, min(len(days), SAMPLED_DAYS)).astype(int)
    return [days[place] for place in places]


def _points(
    files: list[tuple[File, Family, frozenset[Day]]], days: set[Day], survey: Survey
) -> Points:
    t, value = [np.zeros(0, np.int64)], [np.zeros(0)]
    for file, family, held in files:
        if held & days:
            read = read_series if family.layout == "series" else read_table
            with suppress(Invalid):
                for parsed in read(file, family, survey):
                    at = parsed.samples["t"].cast(pa.int64()).to_numpy()
                    chosen = np.isin(at // DAY_MS, list(days))
                    t.append(at[chosen])
                    value.append(parsed.samples["value"].to_numpy()[chosen])
    return Points.of(np.concatenate(t), np.concatenate(value))


def _on_clocks(look: _Look, survey: Survey) -> Iterator[str]:
    said = {"utc": "UTC", "civil": "local time", "date": "dates"}
    for topic in JUDGED:
        for _, family, _ in look.files.get((topic, "json"), [])[:1]:
            verdict = survey.verdicts.get(topic)
            why = verdict.why if verdict else "nothing in the archive to compare it with"
            yield f"{family.title} is read as {said[survey.clock(family)]}: {why}"


def _on_copies(survey: Survey) -> Iterator[str]:
    for topic in sorted({topic for topic, _ in survey.days}):
        held = {copy: days for (of, copy), days in survey.days.items() if of == topic and days}
        if len(held) > 1:
            listed = ", ".join(f"{copy} {len(days)} days" for copy, days in sorted(held.items()))
            yield f"{topic} stands in several copies ({listed}); each day is taken from one"


def _on_sources(look: _Look, survey: Survey) -> Iterator[str]:
    for topic, best in sorted(survey.fullest.items()):
        if best:
            names = ", ".join(sorted({name for _, name in look.sources[topic]}))
            first, last = date_of(min(best)), date_of(max(best))
            yield (
                f"{topic} has several data sources ({names}) on {len(best)} days "
                f"from {first} to {last}; of each day the fullest is taken"
            )
