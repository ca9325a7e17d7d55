"""`make audit`: pinned packages are looked up, and where they cannot be, that is said."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from doubles.receiver import Quiet, receiving
from ports import free_port

AUDIT = Path(__file__).parents[2] / ".ci" / "audit"


@contextmanager
def osv(status: int = 200, **vulnerable: str) -> Iterator[tuple[str, list[dict]]]:
    """A double of OSV that knows something of some packages, and what it was asked."""
    asked: list[dict] = []

    class Handler(Quiet):
        def do_POST(self) -> None:  # noqa: N802
            queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            asked.extend(queries)
            known = [vulnerable.get(query["package"]["name"]) for query in queries]
            results = [{"vulns": [{"id": one}]} if one else {} for one in known]
            body = json.dumps({"results": results}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with receiving(Handler) as address:
        yield address, asked


def audit(url: str, *more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(AUDIT), "--url", url, *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_everything_that_is_pinned_is_looked_up() -> None:
    with osv() as (url, asked):
        done = audit(url)

    names = {(query["package"]["ecosystem"], query["package"]["name"]) for query in asked}
    assert done.returncode == 0, done.stderr
    assert f"Audited {len(asked)} pinned packages" in done.stdout
    assert {("PyPI", "fastapi"), ("PyPI", "structlog"), ("npm", "react")} <= names
    assert all(query["version"] for query in asked)


def test_a_package_of_which_something_is_known_fails_by_name() -> None:
    with osv(react="GHSA-1", fastapi="PYSEC-2") as (url, _):
        done = audit(url)

    assert done.returncode == 1
    assert "GHSA-1" in done.stderr
    assert "PyPI fastapi" in done.stderr


@pytest.mark.parametrize(("more", "code"), [((), 0), (("--must",), 1)])
def test_where_nothing_can_be_asked_no_audit_is_claimed(more: tuple[str, ...], code: int) -> None:
    done = audit(f"http://127.0.0.1:{free_port()}", *more)

    assert done.returncode == code
    assert done.stdout == ""
    assert "NOT AUDITED" in done.stderr


def test_an_answer_that_is_none_is_no_audit() -> None:
    with osv(status=500) as (url, _):
        done = audit(url)

    assert done.stdout == ""
    assert "NOT AUDITED" in done.stderr
