"""The demo and what a person sees of it, with the store and the registry in one PostgreSQL."""

import psycopg
import pytest
from test_dashboard import (  # noqa: F401
    test_the_printed_link_opens_the_roster_once,
    test_the_table_behind_a_chart_reads_as_the_api_answers,
    test_zooming_in_shows_a_finer_level_and_the_address_keeps_it,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("demo", ["postgres"], indirect=True),
]


@pytest.mark.usefixtures("demo")
def test_people_and_their_samples_are_in_that_database(database: str) -> None:
    with psycopg.connect(database) as client:
        measured = client.execute("SELECT count(DISTINCT participant) FROM heart_rate").fetchone()
        enrolled = client.execute("SELECT count(*) FROM participants").fetchone()

    assert measured == enrolled == (4,)
