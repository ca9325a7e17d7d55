"""The order of a run: sides take turns, so that what disturbs one disturbs the others."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import http_side, postgres_server
from bench.data import Sizes
from bench.duckdb_side import DuckdbSide
from bench.postgres_side import PostgresSide
from bench.questions import Answered, Question, questions
from bench.report import Report
from bench.sides import Loaded, Side, beside
from bench.wearhouse_side import WearhouseSide, make_study

RAW_ROUNDS = 3


def measure_files(report: Report, sizes: Sizes, home: Path, shared: Path) -> None:
    """Vendors' files to durable samples and rollups, each time into a new store."""
    study = home / "study"
    make_study(study, sizes.study_participants, sizes.study_days)
    files = [shared / "fitabase" / name for name in sizes.csv]
    for turn in range(sizes.imports):
        report.say(f"vendors' files, round {turn + 1}")
        place = home / f"files-{turn}"
        with _sides(place, 0) as (_, sides):
            for name, side in sides.items():
                note_load(report, name, "Fitabase CSV", side.load_csv(files))
            for name, side in sides.items():
                side.settle()
                note_size(report, name, "real heart rate", side)
        with beside(WearhouseSide, place / "wearipedia", 0) as wearhouse:
            loaded = wearhouse.load_wearipedia(shared / "wearipedia" / sizes.json)
            note_load(report, "wearhouse", "Fitbit JSON (Wearipedia, 1 Hz)", loaded)
            _note_peak(report, "wearhouse", "importing JSON", wearhouse)
        with beside(WearhouseSide, place / "study", 0) as wearhouse:
            loaded = wearhouse.load_study(study)
            note_load(report, "wearhouse", "Fitbit JSON (synthetic study)", loaded)
            _note_peak(report, "wearhouse", "importing JSON", wearhouse)


def measure_store(report: Report, sizes: Sizes, home: Path) -> None:
    """Arrow in, bytes at rest, answers out; then the same answers over HTTP."""
    asked = questions(sizes)
    place = home / "store"
    with _sides(place, max(sizes.cohort.participants)) as (wearhouse, sides):
        load_stretches(report, sizes, sides)
        report.say("asking the stores, whether they agree")
        counted = _count_answers(asked, sides)
        for turn in range(sizes.rounds):
            report.say(f"asking the stores, round {turn + 1}")
            for question in asked:
                for name, side in sides.items():
                    _ask(report, sizes, question, turn, name, side)
        for name, side in sides.items():
            _note_peak(report, name, "loading and answering", side)
        key = wearhouse.create_key()
    with http_side.serving(place / "wearhouse", key) as client:
        report.say("asking over HTTP")
        for question, expected in zip(asked, counted, strict=True):
            agree(question, {"http": client.ask(question, 0, 0), "store": expected})
        for turn in range(sizes.rounds):
            for question in asked:
                answered = client.ask(question, turn * sizes.repeats, sizes.repeats)
                report.measure(question.name, "seconds").add("http", *answered.seconds)
        peak = client.peak()
        if peak:
            report.measure("peak memory, loading and answering", "memory").add("http", peak)


def load_stretches(report: Report, sizes: Sizes, sides: Mapping[str, Side]) -> None:
    apart = f"{sizes.month.step_s} s apart"
    for stretch in (sizes.daily, sizes.month, sizes.years, sizes.cohort):
        report.say(f"loading {stretch.samples:,} samples {stretch.step_s} s apart")
        for batch in range(stretch.batches):
            for name, side in sides.items():
                loaded = side.load(stretch, batch)
                if stretch in (sizes.month, sizes.daily):
                    note_load(report, name, f"Arrow, {stretch.batch_rows:,} at once", loaded)
        if stretch is sizes.month:
            for name, side in sides.items():
                side.settle()
                note_size(report, name, f"made up, {apart}", side)
    for side in sides.values():
        side.settle()


def _count_answers(asked: list[Question], sides: Mapping[str, Side]) -> list[Answered]:
    """The first turn of every question, which every side must answer alike."""
    counted = []
    for question in asked:
        answers = {name: side.ask(question, "rollup", 0, 0) for name, side in sides.items()}
        for peer in answers.keys() - {"wearhouse"}:
            answers[f"{peer} from raw"] = sides[peer].ask(question, "raw", 0, 0)
        agree(question, answers)
        counted.append(answers["wearhouse"])
    return counted


def agree(question: Question, answers: Mapping[str, Answered]) -> None:
    found = {name: (answer.rows, answer.samples) for name, answer in answers.items()}
    if len(set(found.values())) > 1:
        raise RuntimeError(f"{question.name} is answered with other rows or samples: {found}")


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


def _ask(
    report: Report, sizes: Sizes, question: Question, turn: int, name: str, side: Side
) -> None:
    first = turn * sizes.repeats
    answered = side.ask(question, "rollup", first, sizes.repeats)
    report.measure(question.name, "seconds").add(name, *answered.seconds)
    if question.level == "raw":
        return
    from_raw = report.measure(f"{question.name}, peers from raw", "seconds")
    if name == "wearhouse":
        from_raw.add(name, *answered.seconds)
    elif turn < RAW_ROUNDS:
        from_raw.add(name, *side.ask(question, "raw", first, 1).seconds)


def note_load(report: Report, side: str, what: str, loaded: Loaded) -> None:
    report.measure(f"samples/s from {what}", "rate").add(side, loaded.samples / loaded.all_s)
    if loaded.raw_s is not None:
        alone = report.measure(f"samples/s from {what}, peers without rollups", "rate")
        alone.add(side, loaded.samples / loaded.raw_s)


def note_size(report: Report, name: str, what: str, side: Side) -> None:
    size = side.size()
    report.measure(f"bytes/sample, {what}: samples", "bytes").add(name, size.raw)
    report.measure(f"bytes/sample, {what}: rollups beside", "bytes").add(name, size.rollups)


def _note_peak(report: Report, name: str, what: str, side: Side) -> None:
    report.measure(f"peak memory, {what}", "memory").add(name, side.peak())
