"""Answers that are files to take away: they need the right to export, and are noted as exports."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from fastapi import Response
from fastapi.responses import StreamingResponse

from wearhouse import tabular
from wearhouse.study import Participant, Right
from wearhouse.team import audit
from wearhouse.team.acting import Acting

CSV: dict[int | str, Any] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


def csv_file(
    acting: Acting,
    people: Sequence[Participant],
    table: pa.Table,
    name: str,
    what: str,
    quoted: bool = False,
) -> Response:
    """A table about these people as CSV; `what` says in the trail what was taken. Text that may
    hold commas needs to be `quoted`."""
    acting.needs(Right.EXPORT)
    audit.export(acting, people, f"{what} as csv")
    return StreamingResponse(
        tabular.stream(iter([table]), "csv", quoted),
        media_type=tabular.MEDIA["csv"],
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
