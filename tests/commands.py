"""Command lines run in this process, as if typed in a folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wearhouse import cli
from wearhouse.cli import console


@dataclass(frozen=True)
class Ran:
    """What a command line answered."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def runs_in(home: Path, folder: Path) -> Run:
    """What runs command lines for a home."""

    def ran(*arguments: object) -> Ran:
        written: dict[str, bytes] = {"out": b"", "err": b""}

        def write(stream: console.Stream, text: bytes) -> None:
            written[stream] += text

        with console.at(console.Place(folder, write)):
            code = cli.run(["--home", str(home), *map(str, arguments)])
        return Ran(code, written["out"].decode(), written["err"].decode())

    return ran
