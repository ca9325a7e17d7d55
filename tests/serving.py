"""Servers for a browser to look at, each a program of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def served(home: Path, *words: str, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The login link that `wearhouse` prints once it serves."""
    with running(home, *words, environment=environment) as (_, link):
        yield link


@contextmanager
def running(
    home: Path, *words: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A program that serves, and the login link that it printed."""
    command = [sys.executable, "-m", "wearhouse", "--home", str(home), *words, "--port", "0"]
    env = os.environ | {"PYTHONUNBUFFERED": "1"} | (environment or {})
    program = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env, cwd=Path.cwd())
    assert program.stderr
    try:
        said = []
        for line in program.stderr:
            said.append(line)
            if link := re.search(r"http://\S+/login\?token=\S+", line):
                break
        else:
            pytest.fail("it ended without a link: " + "".join(said))
        yield program, link.group()
    finally:
        program.terminate()
        program.wait(timeout=30)
        program.stderr.close()
