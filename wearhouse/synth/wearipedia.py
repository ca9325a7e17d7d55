"""Participants made up by Wearipedia, the way `import` takes them.

Wearipedia asks for versions of libraries that Wearhouse cannot live with, so it stays in a Python
of its own, and is asked there.
"""

import random
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from wearhouse.errors import Invalid

SCRIPT = Path(__file__).with_name("wearipedia_script.py")
DEVICES = ("fitbit-charge-4", "fitbit-charge-6", "fitbit-sense")
LONGEST_S = 3_600


def write_wearipedia(
    target: Path,
    python: Path,
    device: str,
    people: int,
    seed: int,
    days: tuple[date, date],
    done: Callable[[int], None],
) -> None:
    """Write so many participants, from the first day to the last, into a new folder: a file for
    each of them and each kind of data, such as steps_P-001.json.

    Invalid if the folder is there, the device is none of DEVICES, or there is no Wearipedia in
    that Python; in none of these cases is anything left behind.
    """
    if device not in DEVICES:
        raise Invalid(f"Wearipedia makes up {', '.join(DEVICES)}, not {device!r}.", "device")
    if target.exists():
        raise Invalid(f"{target} is there already.", "out")
    seeds = random.Random(seed)
    first, last = days[0].isoformat(), (days[1] + timedelta(days=1)).isoformat()  # not included
    target.mkdir(parents=True)
    name = f"fitbit/{device.replace('-', '_')}"
    for number in range(1, people + 1):
        arguments = [target, f"P-{number:03}", name, seeds.randrange(2**31), first, last]
        try:
            _run(python, [str(one) for one in arguments])
        except Invalid:
            if number == 1:
                target.rmdir()
            raise
        done(1)


def _run(python: Path, arguments: list[str]) -> None:
    # Not as a file: its neighbours would stand in for modules of the same names.
    command = [str(python), "-I", "-c", SCRIPT.read_text(encoding="utf-8"), *arguments]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Invalid(f"{python} cannot be run: {error}.", "wearipedia") from None
    if ran.returncode:
        why = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise Invalid(f"Wearipedia made nothing in {python}: {why}", "wearipedia")
