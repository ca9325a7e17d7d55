"""Archives that are damaged, or made to do harm: refused or set aside, never a traceback."""

import io
import json
import random
import zipfile
from collections.abc import Callable

import pytest
from archives import EXPORT, GOOGLE, HEALTH, ROOT, minutes, series, table

from wearhouse.errors import WearhouseError
from wearhouse.imports import Request, Summary, import_files

SLEEP = {
    "logId": 7, "dateOfSleep": "2026-01-02", "startTime": "2026-01-01T23:00:00.000",
    "endTime": "2026-01-02T07:00:00.000", "duration": 28_800_000, "mainSleep": True,
    "levels": {"data": [{"dateTime": "2026-01-01T23:00:00.000", "level": "deep", "seconds": 60}]},
}  # fmt: skip
RUN = {"logId": 9, "activityName": "Run", "startTime": "01/02/26 08:00:00", "duration": 1_800_000}
NIGHT = {"bedtime_start": "2026-01-02T23:00:00Z", "bedtime_end": "2026-01-03T07:00:00Z",
         "day": "2026-01-03", "type": "long_sleep", "sleep_phase_5_min": "1234",
         "hrv": {"interval": 300, "items": [40], "timestamp": "2026-01-02T23:00:00Z"}}  # fmt: skip
STAMP = "2026-01-02 08:00:00 +0100"
ELEMENT = (
    f'<Record type="HKQuantityTypeIdentifier{{}}" sourceName="Watch" unit="{{}}" '
    f'startDate="{STAMP}" endDate="{STAMP}" value="{{}}"/>'
)
STEPS = [(t, str(value)) for t, value in minutes("2026-01-02T08:00", range(1, 60))]
BEATS = [(t, {"bpm": 60, "confidence": 3}) for t, _ in STEPS]

MEMBERS = {
    f"{EXPORT}/steps-2026-01-01.json": series(STEPS),
    f"{EXPORT}/heart_rate-2026-01-02.json": series(BEATS),
    f"{EXPORT}/sleep-2026-01-01.json": json.dumps([SLEEP]),
    f"{EXPORT}/exercise-0.json": json.dumps([RUN]),
    f"{EXPORT}/weight-2026-01-01.json": '[{"weight": 150, "date": "01/02/26", "time": "07:00:00"}]',
    f"{GOOGLE}/steps_2026-01-01.csv": table("timestamp,steps,data source", STEPS, "A"),
    f"{ROOT}/Oxygen Saturation (SpO2)/Minute SpO2 - 2026-01-01.csv": table(
        "timestamp,value", minutes("2026-01-02T03:00", [95.5, 96.5])
    ),
    f"{HEALTH}/UserSleeps_2026-01-01.csv": (
        "sleep_id,sleep_type,sleep_start,sleep_end,start_utc_offset,end_utc_offset\n"
        "1,STAGES,2026-01-03T22:00:00Z,2026-01-04T05:00:00Z,+01:00,+01:00\n"
    ),
    "oura/sleep.json": json.dumps([NIGHT]),
    "apple_health_export/export.xml": "<HealthData>"
    + ELEMENT.format("HeartRate", "count/min", 60) + ELEMENT.format("StepCount", "count", 9)
    + "</HealthData>",
}  # fmt: skip

Members = list[tuple[str, bytes]]
Change = Callable[[random.Random, Members], Members]
MEMBER_CHANGES: list[Change] = []


def change(made: Change) -> Change:
    MEMBER_CHANGES.append(made)
    return made


def somewhere(chance: random.Random, members: Members, put: Callable[[bytes], bytes]) -> Members:
    """The members with one of them changed: the first, in an order of chance, that changes."""
    for index in chance.sample(range(len(members)), len(members)):
        name, content = members[index]
        changed = put(content)
        if changed != content:
            return [*members[:index], (name, changed), *members[index + 1 :]]
    raise AssertionError("nothing changed")


@change
def flipped(chance: random.Random, members: Members) -> Members:
    def put(content: bytes) -> bytes:
        flipped = bytearray(content)
        for _ in range(chance.randint(1, 8)):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        return bytes(flipped)

    return somewhere(chance, members, put)


@change
def cut(chance: random.Random, members: Members) -> Members:
    return somewhere(chance, members, lambda text: text[: chance.randrange(len(text))])


@change
def swapped(chance: random.Random, members: Members) -> Members:
    contents = [content for _, content in members]
    chance.shuffle(contents)
    return [(name, content) for (name, _), content in zip(members, contents, strict=True)]


@change
def other_header(chance: random.Random, members: Members) -> Members:
    return somewhere(chance, members, lambda text: b"a,b,c\n" + text)


@change
def nested(chance: random.Random, members: Members) -> Members:
    depth = chance.choice([300, 2000, 100_000])
    deep = b"[" * depth + b"]" * depth
    return somewhere(
        chance,
        members,
        lambda text: text.replace(b'"value": ', b'"value": ' + deep + b', "x": ', 1),
    )


@change
def huge_numbers(chance: random.Random, members: Members) -> Members:
    huge = chance.choice([b"9" * 40, b"1e308", b"-1", b"NaN", b"null", b'"\\ud800"', b"{}"])
    return somewhere(
        chance,
        members,
        lambda text: text.replace(b": 1", b": " + huge).replace(b": 6", b": " + huge),
    )


@change
def with_entities(chance: random.Random, members: Members) -> Members:
    bomb = b'<!DOCTYPE HealthData [<!ENTITY a "' + b"x" * 999 + b'"><!ENTITY b "&a;&a;&a;">]>'
    return [(name, bomb + text if name.endswith("xml") else text) for name, text in members]


@change
def outside(chance: random.Random, members: Members) -> Members:
    name, content = members[chance.randrange(len(members))]
    return [*members, (chance.choice([f"../{name}", f"/{name}", "a\\..\\b"]), content)]


@change
def twice(chance: random.Random, members: Members) -> Members:
    chance.shuffle(members)
    return members + members[:3]


def mutated(seed: int) -> bytes:
    """One archive changed once or twice, within its members or as bytes of the whole."""
    chance = random.Random(seed)
    members = [(name, text.encode()) for name, text in MEMBERS.items()]
    if seed % len(MEMBER_CHANGES) or seed < len(MEMBER_CHANGES):
        members = MEMBER_CHANGES[seed % len(MEMBER_CHANGES)](chance, members)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    payload = bytearray(buffer.getvalue())
    if seed % 3 == 0:
        for _ in range(chance.randint(1, 4)):
            payload[chance.randrange(len(payload))] ^= 1 << chance.randrange(8)
    return bytes(payload[: chance.randrange(len(payload))] if seed % 17 == 5 else payload)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("first", range(0, 100, 10))
def test_a_mutated_archive_is_refused_or_quarantined(first, tmp_path, wearhouse_open, study, enrol):
    paths = [tmp_path / f"mutation-{seed}.zip" for seed in range(first, first + 10)]
    for seed, path in enumerate(paths, first):
        path.write_bytes(mutated(seed))

    outcomes = [imported(path, wearhouse_open, study, enrol()) for path in paths]

    for path, outcome in zip(paths, outcomes, strict=True):
        assert path.name in outcome if isinstance(outcome, str) else outcome.files


def imported(path, wearhouse_open, study, somebody) -> Summary | str:
    """What became of an archive; of one that was refused, the sentence that says why."""
    try:
        request = Request(path, study, somebody)
        return import_files(wearhouse_open.store, wearhouse_open.registry, request)
    except WearhouseError as refusal:
        return str(refusal)


def test_a_member_that_expands_without_end_is_refused(tmp_path, wearhouse_open, study, enrol):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(
            f"{EXPORT}/distance-2026-01-01.json", b'[{"dateTime": "' + b" " * (300 << 20)
        )

    outcome = imported(path, wearhouse_open, study, enrol())

    assert outcome.files == 0
    assert [why.split("!")[0] for _, why in outcome.refused] == ["bomb.zip"]


def test_a_damaged_copy_gives_way_to_a_sound_one(tmp_path, wearhouse_open, study, enrol):
    path, utc = tmp_path / "a.zip", minutes("2026-01-02T08:00", range(1, 60))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{EXPORT}/steps-2026-01-01.json", series(STEPS)[:-9])
        archive.writestr(f"{GOOGLE}/steps_2026-01-01.csv", table("timestamp,steps", utc))

    outcome = imported(path, wearhouse_open, study, enrol())

    assert outcome.samples == {"steps": 59}
    assert [name.rsplit("/", 1)[1] for name, _ in outcome.refused] == ["steps-2026-01-01.json"]


def test_the_archive_that_is_mutated_is_sound(tmp_path, wearhouse_open, study, enrol):
    path = tmp_path / "sound.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in MEMBERS.items():
            archive.writestr(name, text)

    request = Request(path, study, enrol("Europe/Berlin"))
    summary = import_files(wearhouse_open.store, wearhouse_open.registry, request)

    assert not summary.quarantined
    assert summary.formats == {"takeout", "oura", "apple-health"}
    assert summary.samples == {
        "steps": 60, "heart_rate": 60, "weight": 1, "spo2": 2, "hrv_rmssd": 1
    }  # fmt: skip
    assert summary.episodes == {"sleep": 3, "sleep_stage": 5, "exercise": 1}
