"""The command line: a doorway. Results on stdout, talk on stderr, one sentence on failure."""

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from wearhouse import __version__
from wearhouse.allocating import share_arenas
from wearhouse.cli import console
from wearhouse.cli.relay import relay
from wearhouse.cli.rights import guard
from wearhouse.errors import WearhouseError, no_room
from wearhouse.homes import Held
from wearhouse.runtime import Wearhouse

app = typer.Typer(
    name="wearhouse",
    help="A warehouse for wearables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(asked: bool) -> None:
    if asked:
        console.out(f"wearhouse {__version__}\n".encode())
        raise typer.Exit


@app.callback()
def common(
    home: Annotated[
        Path | None, typer.Option(help="Where everything is kept (WEARHOUSE_HOME).")
    ] = None,
    debug: Annotated[bool, typer.Option(help="Show tracebacks.")] = False,
    key: Annotated[
        str, typer.Option(help="Act as whoever holds this key.", envvar="WEARHOUSE_KEY")
    ] = "",
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version)
    ] = False,
) -> None:
    """A warehouse for wearables."""
    place = console.here.get()
    where = console.path(home) if home else None
    console.here.set(console.Place(place.folder, place.write, place.wearhouse, where, debug, key))


def whole() -> TyperGroup:
    """The command line with all its commands."""
    from wearhouse.cli import (  # noqa: F401  (they add commands)
        access,
        archiving,
        caring,
        data,
        doctoring,
        erasing,
        fleet,
        imputing,
        keeping,
        moving,
        participants,
        people,
        relocating,
        serving,
        studying,
        syncing,
        wearing,
    )

    command = typer.main.get_command(app)
    assert isinstance(command, TyperGroup)
    return command


def run(arguments: list[str]) -> int:
    """Run a command line; the exit code: 0 done, 1 failed, 2 usage."""
    try:
        command = whole()
        guard(command)
        code = command.main(arguments, prog_name="wearhouse", standalone_mode=False)
        return int(code or 0)
    except Held as held:
        if held.address is None:
            return _failed(held)
        try:
            key = console.here.get().key
            return relay(held.address, [*(["--key", key] if key else []), *arguments])
        except WearhouseError as error:
            return _failed(error)
    except WearhouseError as error:
        return _failed(error)
    except (typer.Abort, KeyboardInterrupt):
        console.say("wearhouse: stopped")
        return 1
    except typer.Exit as leaving:
        return leaving.exit_code
    except Exception as error:
        if type(error).__module__.startswith(("click", "typer")) and hasattr(error, "exit_code"):
            return _usage(error)
        full = no_room(error)
        return _failed(full) if full else _unforeseen(error)


def run_relayed(
    wearhouse: Wearhouse, arguments: list[str], folder: Path, write: console.Write
) -> int:
    """Run a command line that was relayed to the process that serves."""
    with console.at(console.Place(folder, write, wearhouse)):
        return run(arguments)


def _failed(error: WearhouseError) -> int:
    if console.here.get().debug:
        console.say("".join(traceback.format_exception(error)))
    console.say(f"wearhouse: {error}")
    return 1


def _usage(error: Exception) -> int:
    context = getattr(error, "ctx", None)
    if context is not None:
        console.say(context.get_usage())
    console.say(f"wearhouse: {error.format_message()}")  # type: ignore[attr-defined]
    return int(getattr(error, "exit_code", 2))


def _unforeseen(error: Exception) -> int:
    if console.here.get().debug:
        console.say("".join(traceback.format_exception(error)))
    kind = type(error).__name__
    console.say(f"wearhouse: something unforeseen happened ({kind}: {error}); see --debug")
    return 1


def main() -> None:
    """The program `wearhouse`."""
    share_arenas()  # before there are threads that have their own
    sys.exit(run(sys.argv[1:]))
