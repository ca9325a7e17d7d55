"""Names in the order that people expect."""

import re


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A name by which to sort: its numbers as numbers, so that 0.9 stands before 0.10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
