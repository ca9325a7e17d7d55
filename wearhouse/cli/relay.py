"""Commands while a server holds the embedded store: sent to it, answered as if run here."""

import base64
import json
import sys
from pathlib import Path

import httpx2 as httpx

from wearhouse.cli.console import here
from wearhouse.errors import Unavailable
from wearhouse.homes import Address


def relay(address: Address, arguments: list[str]) -> int:
    """Run a command line in the server; its exit code."""
    command = {"arguments": arguments, "folder": str(Path.cwd())}
    headers = {"X-Wearhouse-Token": address.token}
    url = address.url + "/internal/commands"
    try:
        with httpx.stream("POST", url, json=command, headers=headers, timeout=None) as answer:
            if answer.status_code != 200:
                raise Unavailable("The server that holds the store refused the command.")
            for line in answer.iter_lines():
                code = _print(json.loads(line))
                if code is not None:
                    return code
    except httpx.HTTPError as error:
        raise Unavailable(f"The server that holds the store did not answer: {error}.") from error
    print("wearhouse: the server stopped before the command was done", file=sys.stderr)
    return 1


def _print(line: dict[str, str | int]) -> int | None:
    for stream, content in line.items():
        if stream == "exit":
            return int(content)
        here.get().write("out" if stream == "out" else "err", base64.b64decode(str(content)))
    return None
