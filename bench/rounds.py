"""The order of a run: sides take turns, so that what disturbs one disturbs the others."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import http_side, postgres_server
from bench.data import Sizes, Stretch
from bench.duckdb_side import DuckdbSide
from bench.postgres_side import PostgresSide
from bench.questions import Answered, Question, questions
from bench.report import Report
from bench.sides import Loaded, Side, beside
from bench.wearhouse_side import WearhouseSide, make_study

FITABASE = ("mar_heartrate_seconds_merged.csv.gz", "apr_heartrate_seconds_merged.csv.gz")
RATE = "samples/s {}"


def measure_files(report: Report, sizes: Sizes, home: Path, shared: Path) -> None:
    """Vendors' files to durable samples and rollups, each time into a new store."""
    study = home / "study"
    make_study(study, sizes.study_participants, sizes.study_days)
    files = [shared / "fitabase" / name for name in FITABASE]
    for turn in range(min(sizes.rounds, 3)):
        place = home / f"files-{turn}"
        with _sides(place, 0) as (wearhouse, sides):
            for name, side in sides.items():
                _note_load(report, name, "Fitabase CSV", side.load_csv(files))
            for name, side in sides.items():
                side.settle()
                _note_size(report, name, "real heart rate", side)
        with beside(WearhouseSide, place / "wearipedia", 0) as wearhouse:
            loaded = wearhouse.load_wearipedia(shared / "wearipedia")
            _note_load(report, "wearhouse", "Fitbit JSON (Wearipedia, 1 Hz)", loaded)
            _note_peak(report, "wearhouse", "importing JSON", wearhouse)
        with beside(WearhouseSide, place / "study", 0) as wearhouse:
            loaded = wearhouse.load_study(study)
            _note_load(report, "wearhouse", "Fitbit JSON (synthetic study)", loaded)
            _note_peak(report, "wearhouse", "importing JSON", wearhouse)


def measure_store(report: Report, sizes: Sizes, home: Path) -> None:
    """Arrow in, bytes at rest, answers out; then the same answers over HTTP."""
    asked = questions(sizes)
    place = home / "store"
    everyone = max(sizes.cohort.participants)
    answers: dict[str, Answered] = {}
    with _sides(place, everyone) as (wearhouse, sides):
        every = f"{sizes.month.step_s} s apart"
        _load(report, sides, sizes.month, f"Arrow ({every}, {sizes.month.batch_rows:,} at once)")
        for name, side in sides.items():
            _note_size(report, name, f"made up, {every}, as loaded", side)
            side.settle()
            _note_size(report, name, f"made up, {every}", side)
        _load(report, sides, sizes.daily, f"Arrow ({sizes.daily.batch_rows:,} at once)")
        for stretch in (sizes.years, sizes.cohort):
            _load(None, sides, stretch, "")
        for side in sides.values():
            side.settle()
        for turn in range(sizes.rounds):
            for question in asked:
                for name, side in sides.items():
                    _ask(report, name, side, question, turn * sizes.repeats, sizes.repeats, answers)
        for name, side in sides.items():
            _note_peak(report, name, "loading and answering", side)
        key = wearhouse.create_key()
    with http_side.serving(place / "wearhouse", key) as client:
        for turn in range(sizes.rounds):
            for question in asked:
                answered = client.ask(question, turn * sizes.repeats, sizes.repeats)
                report.measure(question.name, "seconds").add("http", *answered.seconds)
        peak = client.peak()
        if peak:
            report.measure("peak memory, loading and answering", "memory").add("http", peak)


@contextmanager
def _sides(home: Path, participants: int) -> Iterator[tuple[WearhouseSide, dict[str, Side]]]:
    """Every side there can be, each in a new place and process."""
    with ExitStack() as stack:
        wearhouse = stack.enter_context(beside(WearhouseSide, home / "wearhouse", participants))
        sides: dict[str, Side] = {"wearhouse": wearhouse}
        sides["duckdb"] = stack.enter_context(beside(DuckdbSide, home / "duckdb"))
        programs = postgres_server.binaries()
        if programs is not None:
            address = stack.enter_context(postgres_server.serving(programs))
            sides["postgresql"] = stack.enter_context(beside(PostgresSide, address, "bench"))
        yield wearhouse, sides


def _load(report: Report | None, sides: Mapping[str, Side], stretch: Stretch, name: str) -> None:
    for batch in range(stretch.batches):
        for side_name, side in sides.items():
            loaded = side.load(stretch, batch)
            if report is not None:
                _note_load(report, side_name, name, loaded)


def _ask(
    report: Report,
    name: str,
    side: Side,
    question: Question,
    first_turn: int,
    turns: int,
    answers: dict[str, Answered],
) -> None:
    answered = side.ask(question, "rollup", first_turn, turns)
    report.measure(question.name, "seconds").add(name, *answered.seconds)


def _note_load(report: Report, side: str, what: str, loaded: Loaded) -> None:
    rate = report.measure(f"samples/s from {what}, rollups included", "rate")
    rate.add(side, loaded.samples / loaded.all_s)
    raw = report.measure(f"samples/s from {what}, samples alone", "rate")
    if loaded.raw_s is not None:
        raw.add(side, loaded.samples / loaded.raw_s)


def _note_size(report: Report, name: str, what: str, side: Side) -> None:
    size = side.size()
    report.measure(f"bytes/sample, {what}: samples", "bytes").add(name, size.raw)
    report.measure(f"bytes/sample, {what}: rollups beside", "bytes").add(name, size.rollups)


def _note_peak(report: Report, name: str, what: str, side: Side) -> None:
    report.measure(f"peak memory, {what}", "memory").add(name, side.peak())
