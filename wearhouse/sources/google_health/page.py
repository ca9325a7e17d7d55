"""A page of points read into columns: only what is wanted is decoded, the rest passed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from types import GenericAlias
from typing import Any

import msgspec

from wearhouse.errors import Invalid
from wearhouse.sources.documents import Json
from wearhouse.sources.google_health.refusals import TITLE

DEVICE = "dataSource.device.displayName"

Leaf = str | float | None
Tree = dict[str, Any]
"""The wanted fields of an object: None for a leaf, another tree for an object."""


class Next(msgspec.Struct, frozen=True):
    """What tells whether a page is the last."""

    nextPageToken: str = ""  # noqa: N815  (as every opened page calls it)


@dataclass(frozen=True)
class Columns:
    """The good points of a page: a list for each path, their places in the page, and what is
    wrong with the others."""

    of: dict[str, list[Leaf]]
    positions: Sequence[int]
    bad: list[tuple[int, str, str]]


class _Rows(msgspec.Struct, frozen=True, rename="camel"):
    data_points: list[msgspec.Raw] = []
    rollup_data_points: list[msgspec.Raw] = []


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is read of each point: texts and numbers at dotted paths. `key` names the object that
    it must hold, the one of its data type."""

    paths: tuple[str, ...]
    key: str


def opened(content: bytes, wanted: Wanted) -> Any:
    """A page with its points, of which only what is wanted is decoded; Next where some point
    is not as it should be. DecodeError if the page is cut off."""
    try:
        return _decoders(wanted)[1].decode(content)
    except msgspec.ValidationError:
        return msgspec.json.decode(content, type=Next)


def columns(content: bytes, wanted: Wanted, page: Any = None) -> Columns:
    """What is wanted of every point, None where there is nothing. `page` is what `opened` gave of
    this content, if it was opened before."""
    try:
        page = page or opened(content, wanted)
    except msgspec.DecodeError:
        page = Next()  # nothing of it can be read: `rows` says why
    positions: Sequence[int]
    bad: list[tuple[int, str, str]] = []
    if isinstance(page, Next):
        points, positions, bad = _one_by_one(content, _decoders(wanted)[0])
    else:
        points = page.dataPoints or page.rollupDataPoints
        positions = range(len(points))
    read = {path: list(map(attrgetter(path), points)) for path in wanted.paths}
    return Columns(read, positions, bad)


def rows(content: bytes) -> list[bytes]:
    """The points of a page, each as it was written."""
    try:
        found = msgspec.json.decode(content, type=_Rows)
    except msgspec.DecodeError as error:
        raise Invalid(f"This is no page of {TITLE}: {error}.") from error
    return [bytes(raw) for raw in (found.data_points or found.rollup_data_points)]


def device(point: bytes) -> str:
    """The name of the device that a point came from; empty where none is stated."""
    try:
        return str(at(msgspec.json.decode(point), DEVICE) or "")
    except msgspec.DecodeError:
        return ""


def at(node: Json, path: str) -> Json:
    """What stands at a dotted path of a tree; None if nothing does."""
    for key in path.split(".") if path else ():
        node = node.get(key) if isinstance(node, dict) else None
    return node


def fault(error: msgspec.DecodeError) -> str:
    """Why a point is refused."""
    return f"the point is not as {TITLE} writes it: {error}"


def _one_by_one(
    content: bytes, point: "msgspec.json.Decoder[Any]"
) -> tuple[list[Any], list[int], list[tuple[int, str, str]]]:
    points, positions, bad = [], [], []
    for position, raw in enumerate(rows(content)):
        try:
            points.append(point.decode(raw))
            positions.append(position)
        except msgspec.DecodeError as error:
            bad.append((position, fault(error), raw.decode(errors="replace")))
    return points, positions, bad


@cache
def _decoders(
    wanted: Wanted,
) -> "tuple[msgspec.json.Decoder[Any], msgspec.json.Decoder[Any]]":
    tree: Tree = {}
    for path in wanted.paths:
        inner = tree
        *within, last = path.split(".")
        for name in within:
            inner = inner.setdefault(name, {})
        inner[last] = None
    point = _struct("Point", tree, required=wanted.key)
    points = GenericAlias(list, point)
    page = msgspec.defstruct(
        "Page",
        [
            ("nextPageToken", str, ""),
            *((name, points, []) for name in _Rows.__struct_encode_fields__),
        ],
    )
    return msgspec.json.Decoder(point), msgspec.json.Decoder(page)


def _struct(name: str, tree: Tree, required: str = "") -> Any:
    fields: list[Any] = []
    for path, inner in tree.items():
        kind: Any = Leaf if inner is None else _struct(path, inner)
        if path == required:
            fields.insert(0, (path, kind))
        elif inner is None:
            fields.append((path, kind, None))
        else:
            fields.append((path, kind, msgspec.field(default_factory=kind)))
    return msgspec.defstruct(name, fields, frozen=True, gc=False)
