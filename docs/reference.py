"""Writes the pages that are made from the code: `python docs/reference.py`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from wearhouse.cli import whole
from wearhouse.metrics import METRICS
from wearhouse.settings import Settings

HERE = Path(__file__).parent

CLI = """# The command line

Results go to stdout, everything said to a person goes to stderr. Exit codes: 0 done, 1 failed with
one sentence on stderr, 2 a wrong command line. A command works whether or not a server is up: an
embedded store belongs to one process, so the command is then sent to that server and answered as
if it ran here. A date is written `2026-03-01`, an instant `2026-03-01T12:00:00Z`.
"""

SETTINGS = """# Settings

A setting is taken from the first of these that has it: the command line, the environment, a file
`.env` in the current folder, and `wearhouse.toml` in the home (where the name is `port`, not
`WEARHOUSE_PORT`).

| name | default | what it says |
|---|---|---|
"""

CATALOGUE = """# Metrics

Everything that Wearhouse can hold; [concepts](concepts.md) explains the columns. Units are UCUM.
`wearhouse metrics` and `GET /api/v1/metrics-catalogue` give the same table.

| name | title | unit | kind | every | plausible | fold | no sample means | LOINC |
|---|---|---|---|---|---|---|---|---|
"""


def pages() -> dict[str, str]:
    """Every page by its file name."""
    return {"cli.md": _cli(), "settings.md": _settings(), "metrics.md": _metrics()}


def _cli() -> str:
    root: Any = whole()
    parts = [CLI, _section("wearhouse [OPTIONS] COMMAND", "", root)]
    parts += (_section(name, command.help, command) for name, command in _commands(root))
    return "\n".join(parts)


def _commands(group: Any, prefix: str = "wearhouse") -> Iterator[tuple[str, Any]]:
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands(command, f"{prefix} {name}")
        else:
            words = [p.metavar or p.name.upper() for p in command.params if not _is_option(p)]
            yield " ".join([prefix, name, *words]), command


def _section(title: str, text: str, command: Any) -> str:
    lines = [f"## `{title}`\n"] + ([f"{text}\n"] if text else [])
    options = [p for p in command.params if _is_option(p) and p.name != "help"]
    if options:
        lines += ["| option | | default |", "|---|---|---|", *map(_row, options), ""]
    return "\n".join(lines)


def _is_option(parameter: Any) -> bool:
    return str(parameter.opts[0]).startswith("-")


def _row(option: Any) -> str:
    flag = option.is_flag or option.default in (None, "")
    default = "required" if option.required else "" if flag else f"`{option.default}`"
    return f"| `{option.opts[0]}` | {option.help or 'A date.'} | {default} |"


def _settings() -> str:
    rows = []
    for name, setting in Settings.model_fields.items():
        known = setting.default not in ("", None, {}, PydanticUndefined)
        default = f"`{setting.default}`" if known else ""
        rows.append(f"| `WEARHOUSE_{name.upper()}` | {default} | {setting.description} |")
    return SETTINGS + "\n".join(rows) + "\n"


def _metrics() -> str:
    rows = []
    for metric in METRICS.values():
        every = f"{metric.resolution_s:,} s" if metric.resolution_s else "–"
        cells = [
            f"`{metric.name}`", metric.title, f"`{metric.unit}`", metric.kind, every,
            f"{metric.low:g} to {metric.high:g}", metric.fold, metric.hole, metric.loinc or "",
        ]  # fmt: skip
        rows.append("| " + " | ".join(cells) + " |")
    return CATALOGUE + "\n".join(rows) + "\n"


if __name__ == "__main__":
    for file, text in pages().items():
        (HERE / file).write_text(text, encoding="utf-8")
