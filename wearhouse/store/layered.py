"""Pages of what was measured and of what was imputed, as one: measured figures stay as they are,
imputed ones stand beside them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.metrics import Fold
from wearhouse.store.imputed import Floats, matrix
from wearhouse.store.protocol import Ask, Page

LEVEL = 0.9
"""How sure the intervals are: at raw of one value, elsewhere of a bucket's mean or total."""

MEASURED = ("minutes", "count", "sum", "sumsq", "min", "max", "first", "last")
NOTHING = {"minutes": 0, "count": 0}


def layered(ask: Ask, measured: Page | None, layer: Page) -> Page:
    """One page of at most `ask.limit` rows in the order of participant and time.

    At raw with `is_imputed`, `low` and `high` beside the value (null where it was measured). Else
    with what was measured (count 0 and null figures where nothing was), and `imputed_count`
    (minutes), `imputed_sum`, `estimate` (of all minutes: the mean, or the total of an amount) with
    its interval `low` to `high`. Without `measured`, of the layer alone.
    """
    if ask.level == "raw":
        found = _values(measured, layer)
    else:
        found = _buckets(measured, layer, ask.metric.fold)
    cuts = [_last(page.rows) for page in (measured, layer) if page and page.more]
    if cuts:
        found = found.filter(_up_to(found, min(cuts)))
    more = bool(cuts) or found.num_rows > ask.limit
    return Page(found.slice(0, ask.limit), more)


def _values(measured: Page | None, layer: Page) -> pa.Table:
    names = ["participant", "t", "offset", "value", "low", "high"]
    filled = layer.rows.select(names)
    filled = filled.append_column("is_imputed", pa.array(np.ones(filled.num_rows, bool)))
    if measured is None:
        return filled
    plain = measured.rows.select(names[:4])
    plain = plain.append_column("is_imputed", pa.array(np.zeros(plain.num_rows, bool)))
    both = pa.concat_tables([_alike(plain), _alike(filled)], promote_options="default")
    order = [(name, "ascending") for name in ("participant", "t", "is_imputed")]
    return both.sort_by(order).combine_chunks().select([*names, "is_imputed"])


def _buckets(measured: Page | None, layer: Page, fold: Fold) -> pa.Table:
    pair = _paired(measured.rows if measured else None, layer.rows)
    left, right = pair.measured, pair.layer
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "participant": pc.coalesce(left["participant"], right["participant"]),
        "t": pc.coalesce(left["t"], right["t"]),
        "offset": pc.coalesce(left["offset"], right["offset"]),
    }
    if measured is not None:
        for name in MEASURED:
            column = left[name]
            columns[name] = pc.fill_null(column, NOTHING[name]) if name in NOTHING else column
    count = _floats(right["count"], 0.0)
    sums = np.full((len(pair.at), 0), np.nan)
    paths = matrix(layer.rows["sums"])
    if layer.rows.num_rows:
        sums = np.where((pair.at >= 0)[:, None], paths[np.maximum(pair.at, 0)], np.nan)
    columns["imputed_count"] = pa.array(count.astype(np.uint32))
    columns["imputed_sum"] = pa.array(np.where(count > 0, _mean(sums), 0.0))
    seen = _floats(left["minutes"], 0.0) if measured else np.zeros(len(count))
    total = _floats(left["sum"], 0.0) if measured else np.zeros(len(count))
    own = _floats(left["count"], 0.0) if measured else np.zeros(len(count))
    for name, values in _estimated(fold, seen, total, own, count, sums).items():
        columns[name] = pa.array(values, from_pandas=True)
    return pa.table(columns)


def _estimated(
    fold: Fold, seen: Floats, total: Floats, own: Floats, count: Floats, sums: Floats
) -> dict[str, Floats]:
    """The estimate of each bucket over measured and imputed minutes, with its interval (Rubin's
    rules for a figure of one participant: all its variance is that between draws)."""
    from scipy.special import stdtrit  # takes a while to import, and most questions exclude

    mean = np.divide(total, own, out=np.zeros_like(total), where=own > 0)
    if fold == "mean":
        every = np.maximum(seen + count, 1.0)
        drawn = ((mean * seen)[:, None] + sums) / every[:, None]
        plain = mean
    else:
        drawn = total[:, None] + sums
        plain = total
    many = (~np.isnan(drawn)).sum(axis=1).astype(float)
    middle = np.where(count > 0, _mean(drawn), plain)
    spread = np.nansum((drawn - _mean(drawn)[:, None]) ** 2, axis=1)
    df = np.maximum(many - 1, 1.0)
    reach = stdtrit(df, (1 + LEVEL) / 2) * np.sqrt((1 + 1 / np.maximum(many, 1)) * spread / df)
    reach = np.where(count > 0, np.where(many > 1, reach, np.nan), 0.0)
    return {"estimate": middle, "low": middle - reach, "high": middle + reach}


@dataclass(frozen=True)
class Pair:
    """Rows of two tables that share their place, side by side; null where one has none. `at` is
    the row of the layer, -1 without one."""

    measured: pa.Table
    layer: pa.Table
    at: NDArray[np.int64]


def _paired(measured: pa.Table | None, layer: pa.Table) -> Pair:
    measured = (
        layer.select(["participant", "t", "offset"]).slice(0, 0) if measured is None else (measured)
    )
    both = [measured, layer]
    participant = np.concatenate([one["participant"].to_numpy() for one in both])
    t = np.concatenate([one["t"].cast(pa.int64()).to_numpy() for one in both])
    order = np.lexsort((t, participant))
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(participant[order].astype(np.int64)) != 0) | (np.diff(t[order]) != 0)
    place = np.cumsum(new) - 1
    at = np.full((2, int(place[-1]) + 1 if len(place) else 0), -1, np.int64)
    of_layer = order >= measured.num_rows
    at[0, place[~of_layer]] = order[~of_layer]
    at[1, place[of_layer]] = order[of_layer] - measured.num_rows
    sides = [
        _alike(one).take(pa.array(rows, mask=rows < 0)) for one, rows in zip(both, at, strict=True)
    ]
    return Pair(sides[0], sides[1], at[1])


def _alike(rows: pa.Table) -> pa.Table:
    """Rows whose places are of one type, whatever store they come from."""
    kinds = {
        "participant": pa.uint32(),
        "t": pa.timestamp("ms", "UTC"),
        "offset": pa.int16(),
    }
    for name, kind in kinds.items():
        rows = rows.set_column(rows.column_names.index(name), name, rows[name].cast(kind))
    return rows


def _last(rows: pa.Table) -> tuple[int, int]:
    """The place of the last row; below all places if there is none."""
    if not rows.num_rows:
        return (-1, 0)
    end = rows.num_rows - 1
    return rows["participant"][end].as_py(), rows["t"].cast(pa.int64())[end].as_py()


def _up_to(rows: pa.Table, place: tuple[int, int]) -> pa.Array:
    participant = rows["participant"].to_numpy().astype(np.int64)
    t = rows["t"].cast(pa.int64()).to_numpy()
    return pa.array((participant < place[0]) | ((participant == place[0]) & (t <= place[1])))


def _mean(paths: Floats) -> Floats:
    """The mean of each row's numbers; NaN without any."""
    many = (~np.isnan(paths)).sum(axis=1)
    found: Floats = np.divide(
        np.nansum(paths, axis=1), many, out=np.full(len(paths), np.nan), where=many > 0
    )
    return found


def _floats(column: pa.ChunkedArray, otherwise: float) -> Floats:
    filled: Floats = pc.fill_null(column.cast(pa.float64()), otherwise).to_numpy()
    return filled
