"""Files in any order, whole or damaged, once or twice: what is in the store afterwards."""

import gzip
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from builders import ask, read, values

from wearhouse.errors import Invalid, WearhouseError
from wearhouse.imports import Request, Summary, import_files
from wearhouse.levels import LEVELS
from wearhouse.runtime import Wearhouse
from wearhouse.store import Store
from wearhouse.study import Participant, Study
from wearhouse.window import millis

NEW_YORK = "America/New_York"
HEART = ("mar_heartrate_seconds_merged.csv.gz", "apr_heartrate_seconds_merged.csv.gz")
ACTIVITY = ("mar_dailyActivity_merged.csv.gz", "apr_dailyActivity_merged.csv.gz")
HEADER = "participant,metric,time,value\n"

Import = Callable[..., Summary]


@pytest.fixture
def take(wearhouse_open: Wearhouse, study: Study) -> Import:
    """Imports a path into the study."""

    def taken(
        path: Path, participant: Participant | None = None, timezone: str | None = None
    ) -> Summary:
        request = Request(path, study, participant, timezone=timezone)
        return import_files(wearhouse_open.store, wearhouse_open.registry, request)

    return taken


def written(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines))
    return path


def people(wearhouse: Wearhouse, study: Study) -> dict[str, int]:
    return {person.code: person.id for person in wearhouse.registry.participants(study.code)}


def everything(store: Store, metric: str, who: dict[str, int]) -> dict[str, pa.Table]:
    """Every level of every person, by code and not by number."""
    codes = {number: code for code, number in who.items()}
    found = {}
    for level in LEVELS:
        rows = store.page(ask(metric, level, *sorted(codes), limit=2_000_000)).rows
        named = pa.array([codes[number] for number in rows["participant"].to_pylist()])
        found[level] = rows.set_column(0, "participant", named).sort_by(
            [("participant", "ascending"), ("t", "ascending")]
        )
    return found


def samples_kept(store: Store, who: dict[str, int]) -> int:
    return sum(store.extent(sorted(who.values()))["samples"].to_pylist())


def test_overlapping_exports_give_one_answer_in_either_order_and_again(
    shared: Path, wearhouse_open: Wearhouse
) -> None:
    store, registry = wearhouse_open.store, wearhouse_open.registry
    answers = []
    for code, names in (("FORTH", HEART), ("BACK", HEART[::-1]), ("BACK", HEART)):
        known = [study for study in registry.studies() if study.code == code]
        study = known[0] if known else registry.create_study(code)

        for name in names:
            request = Request(shared / "fitabase" / name, study, timezone=NEW_YORK)
            import_files(store, registry, request)

        who = people(wearhouse_open, study)
        assert samples_kept(store, who) == 620_632
        answers.append(everything(store, "heart_rate", who))

    at = millis(datetime(2016, 4, 12, 15, 3, tzinfo=UTC))
    [minute] = read(store, "heart_rate", "1m", who["2022484408"], low=at, high=at + 60_000)
    assert minute["sum"] / minute["count"] == 66.5
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("order", [1, -1], ids=["march first", "april first"])
def test_of_a_day_that_two_exports_total_the_later_export_wins(
    shared: Path, wearhouse_open: Wearhouse, study: Study, take: Import, order: int
) -> None:
    for name in ACTIVITY[::order]:
        take(shared / "fitabase" / name, timezone=NEW_YORK)

    who = people(wearhouse_open, study)
    day = millis(datetime(2016, 4, 12, tzinfo=UTC))
    kept = {
        code: read(wearhouse_open.store, "daily_steps", "1d", number, low=day, high=day + 1)
        for code, number in who.items()
    }
    told = {
        cells["Id"]: float(cells["TotalSteps"])
        for cells in table_of(shared / "fitabase" / ACTIVITY[1])
        if cells["ActivityDate"] == "4/12/2016"
    }
    assert told
    assert {code: rows[0]["sum"] for code, rows in kept.items() if code in told} == told


def table_of(path: Path) -> list[dict[str, str]]:
    header, *lines = gzip.decompress(path.read_bytes()).decode("utf-8-sig").splitlines()
    return [dict(zip(header.split(","), line.split(","), strict=True)) for line in lines]


REFUSED = {
    3: ("2026-03-29T02:30:00", "60", "that time does not exist in Europe/Berlin"),
    4: ("2026-03-29T12:00:00", "NaN", "the value is not a number"),
    5: ("2026-03-29T12:00:01", "900", "heart_rate outside 20 to 250 /min"),
    6: ("2126-03-29T12:00:00", "60", "the time is in the future"),
    7: ("yesterday", "60", "the time is not an ISO 8601 time or epoch number"),
    8: ("2026-03-29T12:00:02", "", "the value is empty"),
}
"""By line of the file: time, value, and why it is refused."""


def test_what_cannot_be_true_is_set_aside_with_its_place_and_reason_and_the_rest_kept(
    wearhouse_open: Wearhouse, enrol: Callable[..., Participant], take: Import, tmp_path: Path
) -> None:
    anna = enrol("Europe/Berlin", code="anna")
    file = written(
        tmp_path, "refused.csv",
        "anna,heart_rate,2026-03-29T01:59:00,61",
        *(f"anna,heart_rate,{time},{value}" for time, value, _ in REFUSED.values()),
        "ben,heart_rate,2026-03-29T12:00:00,62",
        "anna,heart_rate,2026-03-29T03:00:00,63",
    )  # fmt: skip

    summary = take(file, anna)
    once = quarantined(wearhouse_open, "refused.csv")
    take(file, anna)

    assert once == {(line, "anna", why) for line, (_, _, why) in REFUSED.items()} | {
        (9, "ben", "the participant is not known")
    }
    assert summary.quarantined.total() == len(once)
    assert [q.file for q in wearhouse_open.registry.quarantined(99)].count("refused.csv") == 7
    assert values(wearhouse_open.store, "heart_rate", anna.id) == [61.0, 63.0]


def quarantined(wearhouse: Wearhouse, file: str) -> set[tuple[int, str, str]]:
    return {
        (record.position, record.person, record.reason)
        for record in wearhouse.registry.quarantined(1_000)
        if record.file == file
    }


def truncated(whole: Path, folder: Path) -> Path:
    path = folder / "truncated.csv.gz"
    path.write_bytes(whole.read_bytes()[:-3_000])
    return path


def cut_in_a_line(whole: Path, folder: Path) -> Path:
    """Larger than what is parsed before anything is written."""
    path = folder / "cut.csv"
    path.write_bytes(gzip.decompress(whole.read_bytes())[:-7])
    return path


def foreign(_whole: Path, folder: Path) -> Path:
    path = folder / "letter.csv"
    path.write_text("Dear study team,\n\nnothing of use, sincerely\n")
    return path


def archive_without_end(whole: Path, folder: Path) -> Path:
    path = folder / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(whole, whole.name)
    path.write_bytes(path.read_bytes()[:-30])
    return path


def binary(_whole: Path, folder: Path) -> Path:
    path = folder / "picture.csv"
    path.write_bytes(bytes(range(256)) * 40)
    return path


@pytest.mark.parametrize(
    "damaged", [truncated, cut_in_a_line, foreign, archive_without_end, binary]
)
def test_of_a_damaged_or_foreign_file_nothing_is_written(
    shared: Path,
    wearhouse_open: Wearhouse,
    study: Study,
    take: Import,
    tmp_path: Path,
    damaged: Callable[[Path, Path], Path],
) -> None:
    path = damaged(shared / "fitabase" / HEART[1], tmp_path)

    with pytest.raises(Invalid) as refusal:
        take(path, timezone=NEW_YORK)

    assert path.name in str(refusal.value)
    assert str(refusal.value).count("\n") == 0
    assert people(wearhouse_open, study) == {}
    assert wearhouse_open.registry.loads(1)[0].outcome == "failed"


def test_an_import_that_fails_changes_nothing_of_what_was_there(
    wearhouse_open: Wearhouse, person: Participant, take: Import, tmp_path: Path
) -> None:
    name = person.code
    take(written(tmp_path, "good.csv", f"{name},heart_rate,2026-03-01T12:00:00Z,60"))
    before = everything(wearhouse_open.store, "heart_rate", {name: person.id})
    whole = HEADER + f"{name},heart_rate,2026-03-01T12:00:00Z,99\n" * 50
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(whole.encode())[:-12])

    with pytest.raises(WearhouseError):
        take(cut)

    assert everything(wearhouse_open.store, "heart_rate", {name: person.id}) == before


def test_a_folder_and_a_zip_of_it_hold_the_same(
    wearhouse_open: Wearhouse, enrol: Callable[..., Participant], take: Import, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    written(folder, "a.csv", "anna,heart_rate,2026-03-01T12:00:00Z,60")
    written(folder, "b.csv", "anna,steps,2026-03-01T12:00:00Z,7")
    (folder / "readme.txt").write_text("nothing to import")
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for file in folder.iterdir():
            zipped.write(file, file.name)
    anna = enrol(code="anna")

    first, again = take(folder), take(archive)

    assert (first.files, again.files) == (2, 2)
    assert [name for name, _ in first.skipped] == ["readme.txt"]
    assert (first.written.written, again.written.written) == (2, 0)
    assert values(wearhouse_open.store, "steps", anna.id) == [7.0]


@pytest.mark.parametrize("order", [1, -1], ids=["vendor first", "vendor last"])
def test_of_two_vendors_on_one_day_one_is_served_and_the_other_shadowed(
    wearhouse_open: Wearhouse, study: Study, take: Import, tmp_path: Path, order: int
) -> None:
    vendor = tmp_path / "vendor.csv"
    vendor.write_text("Id,Time,Value\n77,3/1/2026 12:00:00 PM,60\n77,3/2/2026 12:00:00 PM,61\n")
    other = written(
        tmp_path, "other.csv",
        *(f"77,heart_rate,2026-03-01T12:{minute:02}:00,90" for minute in range(30)),
        "77,heart_rate,2026-03-03T12:00:00,92",
    )  # fmt: skip

    for file in (vendor, other)[::order]:
        take(file)

    who = people(wearhouse_open, study)["77"]
    assert values(wearhouse_open.store, "heart_rate", who) == [60.0, 61.0, 92.0]
    [month] = read(wearhouse_open.store, "heart_rate", "1mo", who)
    assert (month["count"], month["sum"]) == (3, 213.0)


def test_a_path_that_is_not_there_is_named(take: Import, tmp_path: Path) -> None:
    with pytest.raises(WearhouseError, match="nowhere"):
        take(tmp_path / "nowhere")


def test_people_named_in_a_file_are_enrolled_once(
    wearhouse_open: Wearhouse, study: Study, take: Import, tmp_path: Path
) -> None:
    file = written(
        tmp_path, "two.csv",
        "anna,steps,2026-03-01T12:00:00Z,1", "ben,steps,2026-03-01T12:00:00Z,2",
    )  # fmt: skip

    take(file, timezone="Asia/Kolkata")
    take(file, timezone="Asia/Kolkata")

    enrolled = wearhouse_open.registry.participants(study.code)
    assert [(p.code, p.timezone) for p in enrolled] == [
        ("anna", "Asia/Kolkata"),
        ("ben", "Asia/Kolkata"),
    ]
