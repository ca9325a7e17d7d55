"""Whatever the OpenAPI document allows, and what it does not: nothing makes the server fail."""

from collections.abc import Iterator
from datetime import date, datetime

import hypothesis
import pytest
import schemathesis
from builders import beats
from fastapi import FastAPI
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.routing import Route
from starlette.testclient import TestClient

from wearhouse.api import create_app
from wearhouse.levels import LEVELS
from wearhouse.metrics import METRICS
from wearhouse.runtime import Wearhouse
from wearhouse.series import RESOLUTIONS, Place
from wearhouse.store import Store
from wearhouse.study import Participant, Role

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")
"""None of this depends on the kind of store."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OPERATIONS = [
    (path, method)
    for path, methods in create_app(None).openapi()["paths"].items()
    for method in methods
]


@pytest.fixture(scope="module")
def schema(wearhouse_open: Wearhouse) -> schemathesis.BaseSchema:
    """What the document allows, asked of the application itself."""
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(wearhouse_open))


@pytest.mark.parametrize(
    "role", [None, Role.MANAGER, Role.ANALYST], ids=lambda role: role or "nobody"
)
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda text: text.strip("/"))
def test_no_question_makes_the_server_fail(
    wearhouse_open: Wearhouse,
    schema: schemathesis.BaseSchema,
    path: str,
    method: str,
    role: Role | None,
) -> None:
    headers = {}
    if role:
        headers["Authorization"] = "Bearer " + wearhouse_open.registry.access.create_key("f", role)

    @hypothesis.given(case=schema[path][method.upper()].as_strategy())
    @hypothesis.settings(max_examples=8, derandomize=True, database=None)
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()


LEFT_OUT = {
    "/openapi.json": "the document itself",
    "/healthz": "alive",
    "/readyz": "ready",
    "/metrics": "for Prometheus",
    "/internal/commands": "of the user who runs the server only",
    "/{path:path}": "the dashboard",
}


def test_every_route_is_in_the_document_but_for_a_few_that_take_nothing(
    wearhouse_open: Wearhouse,
) -> None:
    described = {path for path, _ in OPERATIONS}
    there = set(paths(create_app(wearhouse_open)))

    assert there - described == LEFT_OUT.keys()
    assert described <= there


def paths(app: FastAPI) -> Iterator[str]:
    """The whole path of every route."""
    for one in app.router.routes:
        if isinstance(one, Route):
            yield one.path
        else:
            yield from (inner.path for inner in one.effective_route_contexts())


TIMES = st.one_of(
    st.dates(date(2025, 1, 1), date(2027, 1, 1)).map(str),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(str),
    st.datetimes(timezones=st.timezones()).map(str),
    st.text(max_size=12),
)
QUESTIONS = st.fixed_dictionaries(
    {
        "metric": st.lists(st.sampled_from(sorted(METRICS)), min_size=1, max_size=3),
        "start": TIMES,
        "end": TIMES,
    },
    optional={
        "resolution": st.sampled_from(RESOLUTIONS),
        "max_points": st.integers(-1, 3_000),
        "imputed": st.sampled_from(("exclude", "include", "only")),
        "timezone": st.one_of(st.timezone_keys(), st.text(max_size=5)),
        "limit": st.integers(-1, 50),
        "cursor": st.one_of(
            st.text(max_size=20),
            st.builds(
                lambda *place: Place(*place).cursor(),
                st.sampled_from(sorted(METRICS)),
                st.sampled_from(LEVELS),
                st.integers(-5, 2**33),
                st.integers(-(2**54), 2**54),
            ),
        ),
        "format": st.sampled_from(("json", "csv", "arrow", "parquet")),
    },
)


@hypothesis.given(asked=QUESTIONS)
@hypothesis.settings(max_examples=150, derandomize=True)
def test_questions_that_are_nearly_right_are_answered_or_refused(
    api: TestClient, store: Store, person: Participant, asked: dict[str, object]
) -> None:
    if store.extent([person.id]).num_rows == 0:
        store.write(beats(person.id, *range(60, 90), step=9_000, zone="Asia/Kathmandu"))

    response = api.get("/api/v1/series", params=asked | {"participant": person.code})

    assert response.status_code in (200, 422), response.text
    assert response.status_code == 200 or response.json()["parameter"] in asked
