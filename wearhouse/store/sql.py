"""Named statements in .sql files: `-- name: series` and the text up to the next name."""

import re
from importlib.resources import files

HEADING = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def load(dialect: str) -> dict[str, str]:
    """The named statements of one dialect: {'samples': 'SELECT …', …}."""
    named: dict[str, str] = {}
    for script in (files(__package__) / dialect / "queries").iterdir():
        _, *parts = HEADING.split(script.read_text(encoding="utf-8"))
        named |= zip(parts[::2], map(str.strip, parts[1::2]), strict=True)
    return named


def migrations(dialect: str) -> list[tuple[int, list[str]]]:
    """Every schema version of a dialect in order, each as its statements."""
    folder = files(__package__) / dialect / "migrations"
    scripts = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [
        (int(name.partition("_")[0]), statements((folder / name).read_text(encoding="utf-8")))
        for name in scripts
    ]


def statements(script: str) -> list[str]:
    """The statements of a script, which ends each with a semicolon at the end of a line."""
    parts = re.split(r";\s*$", script, flags=re.MULTILINE)
    return [part.strip() for part in parts if _code(part)]


def _code(part: str) -> str:
    return re.sub(r"--.*$", "", part, flags=re.MULTILINE).strip()
