"""Files in folders and object stores that appear whole or not at all."""

import os
import secrets

from fsspec import AbstractFileSystem

PART = ".part"
"""What the name of a file holds that is still being written."""


def write_whole(
    files: AbstractFileSystem, place: str, content: bytes, lasting: bool = False
) -> None:
    """Write a file that appears whole or not at all; `lasting` when it is to outlive a power cut
    that comes right after."""
    if "file" not in (files.protocol if isinstance(files.protocol, tuple) else [files.protocol]):
        files.pipe_file(place, content)  # an object appears when it is whole
        return
    folder = place.rpartition("/")[0]
    files.makedirs(folder, exist_ok=True)
    partial = f"{place}{PART}{secrets.token_hex(4)}"
    try:
        files.pipe_file(partial, content)
        if lasting:
            _settle(partial)
        files.mv(partial, place)
    except OSError:
        if files.exists(partial):  # what a full disk has no room for takes no room
            files.rm_file(partial)
        raise
    if lasting:
        _settle(folder)


def _settle(place: str) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
