"""GET /series: samples and buckets of many participants and metrics."""

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from wearhouse import series, series_tables, tabular
from wearhouse.api.answers import Json
from wearhouse.api.deps import TheActing, TheRegistry, TheStore, needs
from wearhouse.api.refusals import RESPONSES
from wearhouse.errors import Invalid
from wearhouse.levels import Level
from wearhouse.metrics import metric_named
from wearhouse.registry import Registry
from wearhouse.study import Participant, Right
from wearhouse.team import audit
from wearhouse.window import edge, zone_named

router = APIRouter(tags=["series"])

PAGE = 200_000
Format = Literal["json", "csv", "arrow", "parquet"]


class Asked(BaseModel):
    """The parameters of a series query."""

    model_config = ConfigDict(extra="forbid")

    participant: list[str] = Field(min_length=1, max_length=5_000, description="Codes.")
    metric: list[str] = Field(min_length=1, max_length=100, description="Names of metrics.")
    start: str = Field(description="A date or an instant; without a zone, the participant's.")
    end: str = Field(description="As start; not included, but a date includes that whole day.")
    resolution: series.Resolution = Field(
        "auto", description="A level, or a rule: auto keeps to max_points, span goes by the span."
    )
    max_points: int = Field(2_000, ge=1, le=1_000_000, description="Per series, with auto.")
    imputed: series.Imputed = "exclude"
    study: str | None = Field(None, description="Where codes occur in several studies.")
    timezone: str | None = Field(None, description="The clock of start and end without a zone.")
    limit: int | None = Field(None, ge=1, le=1_000_000, description="Rows on one page of JSON.")
    cursor: str | None = Field(None, max_length=2_000, description="next_cursor of a page before.")
    format: Format | None = Field(None, description="Instead of an Accept header.")


class Points(BaseModel):
    """One participant's series of one metric. At level raw `value` is given; at any other the
    seven statistics of each bucket. Where imputed values were asked for, raw values say which are
    (`is_imputed`) with their interval; buckets have what was imputed beside what was measured."""

    participant: str
    study: str
    metric: str
    title: str
    unit: str
    fold: Literal["mean", "sum"]
    level: Level
    imputed: series.Imputed
    t: list[str] = Field(description="A bucket's start. Civil levels carry the offset.")
    value: list[float] | None = None
    count: list[int] | None = None
    sum: list[float | None] | None = None
    min: list[float | None] | None = None
    max: list[float | None] | None = None
    mean: list[float | None] | None = None
    first: list[float | None] | None = None
    last: list[float | None] | None = None
    is_imputed: list[bool] | None = Field(None, description="Which raw values were imputed.")
    imputed_count: list[int] | None = Field(None, description="Imputed minutes of each bucket.")
    imputed_sum: list[float] | None = Field(None, description="Their expected sum.")
    estimate: list[float | None] | None = Field(
        None, description="Mean (or total of an amount) over measured and imputed minutes."
    )
    low: list[float | None] | None = Field(None, description="The 90 % interval begins here.")
    high: list[float | None] | None = Field(None, description="The 90 % interval ends here.")


class Answer(BaseModel):
    """Series, and where to go on if the page was not long enough."""

    series: list[Points]
    start: str
    end: str
    next_cursor: str | None


@router.get(
    "/series",
    response_model=Answer,
    responses=RESPONSES
    | {
        200: {
            "content": {
                media: {"schema": {"type": "string", "format": "binary"}}
                for media in tabular.MEDIA.values()
            }
        }
    },
    dependencies=[needs(Right.READ)],
)
def get_series(
    asked: Annotated[Asked, Query()],
    store: TheStore,
    registry: TheRegistry,
    acting: TheActing,
    accept: Annotated[str, Header()] = "application/json",
) -> Response:
    """Samples or buckets, columns rather than rows. As CSV, Arrow or Parquet (by `Accept` or
    `format`) everything is streamed, without pages."""
    query = _query(asked, registry)
    wanted = asked.format or tabular.format_accepted(accept)
    if wanted != "json":
        acting.needs(Right.EXPORT)
    after = series.Place.of(asked.cursor) if asked.cursor else None
    if wanted == "json":
        return Json(page(store, query, after, asked))
    if asked.cursor or asked.limit:
        parameter = "cursor" if asked.cursor else "limit"
        raise Invalid("limit and cursor go with JSON; files come whole.", parameter)
    pieces = tabular.stream(series_tables.tables(store, query, text_time=wanted == "csv"), wanted)
    first = next(pieces)  # so that a question that fails is refused, not cut short
    audit.export(acting, query.participants, _told(asked, wanted))
    name = f'attachment; filename="series.{tabular.SUFFIX[wanted]}"'
    return StreamingResponse(
        chain([first], pieces),
        media_type=tabular.MEDIA[wanted],
        headers={"Content-Disposition": name},
    )


def _told(asked: Asked, wanted: str) -> str:
    layer = "" if asked.imputed == "exclude" else f", imputed={asked.imputed}"
    return f"{', '.join(asked.metric)} from {asked.start} to {asked.end} as {wanted}{layer}"


def _query(asked: Asked, registry: Registry) -> series.Query:
    if asked.timezone is not None:
        zone_named(asked.timezone)
    return series.Query(
        metrics=[metric_named(name) for name in dict.fromkeys(asked.metric)],
        start=edge(asked.start, "start"),
        end=edge(asked.end, "end"),
        participants=registry.participants_named(asked.participant, asked.study),
        resolution=asked.resolution,
        max_points=asked.max_points,
        imputed=asked.imputed,
        timezone=asked.timezone,
    )


def page(
    store: TheStore, query: series.Query, after: series.Place | None, asked: Asked
) -> dict[str, Any]:
    """One page of JSON."""
    people = {participant.id: participant for participant in query.participants}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    place: series.Place | None = None
    left = asked.limit or PAGE
    for part in series.parts(store, query, after, left):
        for participant, columns in _by_participant(part, people):
            key = (participant.code, part.metric.name)
            if key in found:
                _extend(found[key], columns)
            else:
                found[key] = _labels(query, participant, part) | columns
        left -= part.rows.num_rows
        place = part.place or (series.next_metric(query, part.metric) if left <= 0 else None)
    return {
        "series": list(found.values()),
        "start": asked.start,
        "end": asked.end,
        "next_cursor": place.cursor() if place else None,
    }


def _by_participant(
    part: series.Part, people: dict[int, Participant]
) -> Iterator[tuple[Participant, dict[str, Any]]]:
    """Each participant's columns; empty ones where there is nothing."""
    table = series_tables.as_table(part, people, part.level != "raw", text_time=True)
    t = table["t"].to_pylist()
    figures = {name: table[name].to_numpy() for name in table.column_names[3:]}
    ids = part.rows["participant"].to_numpy()
    for participant in people.values():
        low, high = (int(at) for at in np.searchsorted(ids, [participant.id, participant.id + 1]))
        columns = {name: values[low:high] for name, values in figures.items()}
        yield participant, {"t": t[low:high]} | columns


def _labels(query: series.Query, participant: Participant, part: series.Part) -> dict[str, Any]:
    return {
        "participant": participant.code,
        "study": participant.study,
        "metric": part.metric.name,
        "title": part.metric.title,
        "unit": part.metric.unit,
        "fold": part.metric.fold,
        "level": part.level,
        "imputed": query.imputed,
    }


def _extend(known: dict[str, Any], more: dict[str, Any]) -> None:
    for name, values in more.items():
        joined = known[name] + values if name == "t" else np.concatenate([known[name], values])
        known[name] = joined
