"""Docs are true or the build fails."""

import re
import runpy
from pathlib import Path
from typing import get_args

import pytest

from wearhouse import errors, telemetry
from wearhouse.api import create_app
from wearhouse.api.series import Asked
from wearhouse.levels import LEVELS
from wearhouse.metrics import Hole
from wearhouse.registry import tables
from wearhouse.sources import installed
from wearhouse.store import sql
from wearhouse.study import ALIASES, RIGHTS, Role

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
COMMAND = re.compile(r"(?:^|[\s$(/])wearhouse((?: +[^\s`)|]+)+)", re.MULTILINE)


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def code_of(text: str) -> str:
    """The fenced blocks of a page, broken lines joined."""
    return "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)).replace("\\\n", " ")


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def documented_commands() -> dict[str, set[str]]:
    sections = re.split(r"^## `wearhouse ", page("cli.md"), flags=re.M)[1:]
    return {
        " ".join(re.findall(r"^[a-z]+|(?<= )[a-z]+", section.partition("`")[0])): set(
            re.findall(r"`(--[a-z-]+)`", section)
        )
        for section in sections
    }


@pytest.mark.parametrize("name", ["cli.md", "settings.md", "metrics.md"])
def test_pages_made_from_the_code_are_up_to_date(name: str) -> None:
    made = runpy.run_path(str(ROOT / "docs" / "reference.py"))["pages"]()

    assert page(name) == made[name], "run `.venv/bin/python docs/reference.py`"


def test_every_route_is_in_the_docs() -> None:
    described = create_app(None).openapi()["paths"]
    routes = {f"{verb.upper()} {path}" for path, verbs in described.items() for verb in verbs}

    documented = set(re.findall(r"`([A-Z]+ /api/[^`]*)`", page("api.md")))

    assert documented == routes


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/openapi.json"])
def test_routes_that_need_no_key_are_in_the_docs(path: str) -> None:
    assert f"{path}`" in page("api.md")


def test_every_parameter_of_a_series_is_in_the_docs() -> None:
    missing = {name for name in Asked.model_fields if f"`{name}`" not in page("api.md")}

    assert not missing


def test_every_prometheus_name_and_label_is_in_the_docs() -> None:
    rows = re.findall(r"^\| `(wearhouse_\w+)` \| ([\w, –]+) \|", page("api.md"), re.M)
    documented = {name: set(labels.split(", ")) - {"–"} for name, labels in rows}
    reported = {
        known.describe()[0].name + ("_total" if known._type == "counter" else ""): known._labelnames
        for known in vars(telemetry).values()
        if hasattr(known, "_labelnames")
    }

    assert documented == {name: set(labels) for name, labels in reported.items()}


def test_every_refusal_is_in_the_docs() -> None:
    named = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    kinds = [kind for kind in named if issubclass(kind, errors.WearhouseError)]
    rows = re.findall(r"^\| (\d{3}) \| (.+?) \|", page("api.md"), re.M)
    documented = {(int(s), code) for s, codes in rows for code in re.findall(r"`(\w+)`", codes)}

    assert documented == {(kind.status, kind.code) for kind in kinds}


def test_every_role_and_its_rights_are_in_the_docs() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (all|(?:`\w+`(?:, )?)+) \|$", page("api.md"), re.M))
    every = RIGHTS[Role.MANAGER]

    documented = {
        role: every if rights == "all" else set(re.findall(r"`(\w+)`", rights))
        for role, rights in rows.items()
    }

    assert documented == {role.value: set(rights) for role, rights in RIGHTS.items()}
    assert all(f"`{alias}`" in page("api.md") for alias in ALIASES)


@pytest.mark.parametrize("name", ["importing.md", "concepts.md"])
def test_every_source_is_in_the_docs(name: str) -> None:
    missing = {source for source in installed() if f"`{source}`" not in page(name)}

    assert not missing


def test_every_level_and_every_kind_of_hole_is_in_the_docs() -> None:
    assert all(f"`{level}`" in page("querying.md") for level in LEVELS)
    assert all(f"`{hole}`" in page("concepts.md") for hole in get_args(Hole))


def test_every_table_and_rollup_column_is_in_the_docs() -> None:
    statements = "\n".join(s for _, many in sql.migrations("clickhouse") for s in many)
    created = dict(
        re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)\S*\s*\((.*?)\n\)", statements, re.S)
    )
    columns = set(re.findall(r"^\s+(\w+)\s", created["rollups"], re.M))

    documented = set(re.findall(r"`(\w+)`", page("store.md")))

    assert created.keys() <= documented
    assert columns - {"level", "metric", "participant"} <= documented
    assert {"loads", "quarantine", "keys", "sessions"} <= tables.metadata.tables.keys()


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_link_leads_somewhere(file: Path) -> None:
    broken = []
    for target, anchor in LINK.findall(file.read_text(encoding="utf-8")):
        if target.startswith("http"):
            continue
        there = (file.parent / target) if target else file
        if not there.exists() or (
            anchor and anchor not in anchors(there.read_text(encoding="utf-8"))
        ):
            broken.append(f"{target}#{anchor}")

    assert not broken


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_command_in_an_example_exists(file: Path) -> None:
    known = documented_commands()
    unknown = []
    for words in COMMAND.findall(code_of(file.read_text(encoding="utf-8"))):
        plain = re.sub(r"--home \S+", "", words).split()
        name = next((n for n in (" ".join(plain[:2]), plain[0]) if n in known), None)
        options = {word for word in plain if word.startswith("--")}
        if name is None or not options <= known[name]:
            unknown.append(words)

    assert not unknown


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_make_target_that_is_named_exists(file: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))

    named = set(re.findall(r"(?:`|\$ |^)make ([a-z]+)", file.read_text(encoding="utf-8"), re.M))

    assert named <= targets


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 100
