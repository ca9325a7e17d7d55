"""Whom somebody reaches, route by route from the API's own document: a coordinator of one site
nobody of another, and no role without the right an arm or contact details."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from cloud import Cloud
from httpx2 import Response
from starlette.testclient import TestClient

from wearhouse.api import create_app
from wearhouse.enrolling import contacts
from wearhouse.enrolling.contacts import Contact
from wearhouse.runtime import Wearhouse
from wearhouse.secrets import Secrets, new_key
from wearhouse.study import Actor, Participant, Right, Role, Study
from wearhouse.team.acting import acting

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")

ARM, NAME, EMAIL = "ARM-NOBODY-TELLS", "Rosalind Geheim", "geheim.person@example.org"
DAY = {"start": "2026-03-01", "end": "2026-03-02"}
MANY = {"participant", "participants"}
"""Names of parameters that take many participants, in the address and in bodies."""

_numbers = count(1)


@dataclass(frozen=True)
class Lab:
    """A blinded study with a person at each of two sites, of whom everything is kept."""

    client: TestClient
    wearhouse: Wearhouse
    study: Study
    north: Participant
    south: Participant

    def key(self, role: Role, *places: str) -> dict[str, str]:
        access = self.wearhouse.registry.access
        secret = access.create_key("tests", role, frozenset(places) or None)
        return {"Authorization": f"Bearer {secret}"}

    @property
    def coordinator(self) -> dict[str, str]:
        """A coordinator of the north only."""
        return self.key(Role.COORDINATOR, f"{self.study.code}/NORTH")


@pytest.fixture
def lab(wearhouse_open: Wearhouse) -> Iterator[Lab]:
    served = replace(wearhouse_open, sources={"cloud": Cloud()})
    registry, code = served.registry, f"REACH-{next(_numbers)}"
    study = registry.create_study(code)
    for site in ("NORTH", "SOUTH"):
        registry.sites.add(study, site)
    registry.arms.add(study, ARM)
    people = [
        {"code": f"{site}-PERSON-{code}", "timezone": "UTC", "site": site, "arm": ARM}
        for site in ("NORTH", "SOUTH")
    ]
    registry.enrolments.add(study, people)
    north, south = registry.participants(code)
    manager = acting(Actor("tests", Role.MANAGER), registry, served.secrets)
    for person in (north, south):
        contacts.write(manager, person, Contact(NAME, EMAIL))
        _sync(served, study, person)
    with TestClient(create_app(served), raise_server_exceptions=False) as client:
        yield Lab(client, served, study, north, south)
    served.close()


def _sync(wearhouse: Wearhouse, study: Study, person: Participant) -> None:
    """A grant, and an attempt that left a refused record."""
    registry = wearhouse.registry
    registry.grants.invite("cloud", [(person, f"word-{person.code}")])
    run = registry.syncs.begin("request", "tests:1:x:y", study)
    day = date(2026, 3, 1)
    attempt = registry.syncs.attempt(run, person, "cloud", "heart", day, day, "UTC")
    refused = {"person": person.code, "reason": "odd", "record": person.code}
    registry.syncs.quarantine(attempt, "cloud", [refused])
    registry.syncs.failed(attempt, "odd")
    registry.syncs.end(run, "done")


def described(client: TestClient) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Every route that is not about oneself: verb, path, what describes it, and its body."""
    document = client.get("/openapi.json").json()
    for path, verbs in document["paths"].items():
        for verb, route in verbs.items():
            body = route.get("requestBody", {}).get("content", {}).get("application/json", {})
            schema = _resolved(document, body.get("schema", {}))
            if "/session" not in path and "/webhooks" not in path:
                yield verb.upper(), path, route, schema


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found = schema.get("$ref")
    return document["components"]["schemas"][found.rsplit("/", 1)[1]] if found else schema


def names_people(path: str, route: dict[str, Any], body: dict[str, Any]) -> bool:
    """Whether one can ask this route about somebody."""
    queried = {parameter["name"] for parameter in route.get("parameters", [])}
    others = path in ("/api/v1/participants", "/api/v1/participants/import", "/api/v1/estimate")
    return (
        "/participants/{code}" in path or bool(MANY & (queried | body.get("properties", {}).keys()))
    ) and not others


def asked(
    lab: Lab, route: tuple[str, str, dict[str, Any], dict[str, Any]], person: Participant,
    headers: dict[str, str],
) -> Response:  # fmt: skip
    """The route asked about a person, sensibly."""
    verb, path, described, body = route
    code = person.code if "/participants/{code}" in path else lab.study.code
    there = path.replace("{code}", code).replace("{number}", "1")
    there = there.replace("{cohort}", "C").replace("{name}", "nobody")
    known: dict[str, Any] = {
        "participant": person.code, "metric": "heart_rate", "study": lab.study.code, **DAY,
        "invitation": "x", "state": "x",
    }  # fmt: skip
    wanted = {p["name"] for p in described.get("parameters", []) if p["in"] == "query"}
    query = {name: value for name, value in known.items() if name in wanted}
    said = BODIES.get(f"{verb} {path.removeprefix('/api/v1')}", {})
    if "study" in body.get("required", ()):
        said = said | {"study": lab.study.code}
    for name in MANY & body.get("properties", {}).keys():
        kind = body["properties"][name].get("type")
        said = said | {name: [person.code] if kind == "array" else person.code}
    return lab.client.request(
        verb, there, params=query, headers=headers, json=None if verb == "GET" else said
    )


UNSET = {"cohorts", "messages", "imputations"}
"""Of these there are none here: no cohort, no mail server, and no run of the imputer, which a
coordinator may not begin."""
BODIES: dict[str, dict[str, Any]] = {
    "POST /grants/invite": {"source": "cloud"},
    "POST /grants/revoke": {"source": "cloud"},
    "PATCH /participants/{code}": {"timezone": "Europe/Berlin"},
    "PUT /participants/{code}/contact": {"name": NAME},
    "POST /participants/{code}/pause": {"first_on": "2026-03-01"},
    "POST /participants/{code}/resume": {"on": "2026-03-05"},
    "PUT /participants/{code}/handled": {
        "action": "sync", "until_on": str(datetime.now(UTC).date() + timedelta(2)),
    },
    "POST /participants/{code}/withdraw": {"on": "2026-03-06", "reason": "moved away"},
    "POST /participants/import": {"text": "SOMEBODY-NEW"},
    "POST /messages/preview": {"template": "sync"},
    "POST /messages/send": {"template": "sync", "dry_run": True},
    "POST /messages/test": {"template": "sync", "to": "me@lab.example"},
}  # fmt: skip


def test_every_route_about_a_person_answers_about_ones_own(lab: Lab) -> None:
    refused = {}
    for route in sorted(described(lab.client), key=lambda route: "withdraw" in route[1]):
        if names_people(route[1], route[2], route[3]) and not UNSET & set(route[1].split("/")):
            answer = asked(lab, route, lab.north, lab.coordinator)
            if answer.status_code not in (200, 202, 204) and "audit" not in route[1]:
                refused[f"{route[0]} {route[1]}"] = answer.text

    assert refused == {}


def test_no_route_reaches_a_person_of_another_site(lab: Lab) -> None:
    reached = {}
    for route in described(lab.client):
        if names_people(route[1], route[2], route[3]):
            answer = asked(lab, route, lab.south, lab.coordinator)
            if answer.status_code not in (403, 404) and answer.text != "[]":
                reached[f"{route[0]} {route[1]}"] = answer.text

    assert reached == {}


def test_no_list_holds_a_person_of_another_site(lab: Lab) -> None:
    told = [
        f"{route[0]} {route[1]}"
        for route in described(lab.client)
        if not names_people(route[1], route[2], route[3])
        and lab.south.code in asked(lab, route, lab.north, lab.coordinator).text
    ]

    assert told == []
    assert lab.north.code in lab.client.get("/api/v1/participants", headers=lab.coordinator).text


def test_a_sample_pushed_for_a_person_of_another_site_is_refused(lab: Lab) -> None:
    sample = {"metric": "heart_rate", "t": "2026-03-01T12:00:00Z", "value": 70}
    key = lab.key(Role.DEVICE, f"{lab.study.code}/NORTH")

    answers = [
        lab.client.post(
            "/api/v1/ingest", headers=key, json={"samples": [sample | {"participant": who.code}]}
        ).json()
        for who in (lab.north, lab.south)
    ]

    assert [(answer["samples"], answer["quarantined"]) for answer in answers] == [(1, 0), (0, 1)]


@pytest.mark.parametrize("role", Role)
def test_no_answer_tells_an_arm_or_contact_details_to_a_role_that_may_not_know_them(
    lab: Lab, role: Role
) -> None:
    key = lab.key(role)
    may = Actor("x", role).may
    hidden = [] if may(Right.READ_ARM) else [ARM, '"arm"']
    hidden += [] if may(Right.READ_CONTACTS) else [NAME, EMAIL]

    told = {
        f"{route[0]} {route[1]}": word
        for route in described(lab.client)
        for word in hidden
        if word in asked(lab, route, lab.north, key).text
    }

    assert told == {}


def test_who_may_know_arms_and_contact_details_is_told(lab: Lab) -> None:
    key = lab.key(Role.MANAGER)

    person = lab.client.get(f"/api/v1/participants/{lab.north.code}", headers=key).json()
    contact = lab.client.get(f"/api/v1/participants/{lab.north.code}/contact", headers=key).json()

    assert person["arm"] == ARM
    assert contact["email"] == EMAIL


def test_in_an_open_study_everybody_is_told_the_arm(lab: Lab) -> None:
    lab.wearhouse.registry.enrolments.change_study(lab.study, {"blinded": False})

    there = f"/api/v1/participants/{lab.north.code}"
    told = lab.client.get(there, headers=lab.key(Role.ANALYST)).json()

    assert told["arm"] == ARM


def test_a_coordinator_enrols_at_their_own_site_only(lab: Lab) -> None:
    rows = [{"code": f"NEW-{site}-{lab.study.code}", "site": site} for site in ("NORTH", "SOUTH")]

    answers = [
        lab.client.post(
            "/api/v1/participants", headers=lab.coordinator,
            json={"study": lab.study.code, "participants": [row]},
        )
        for row in rows
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [201, 422]
    assert "SOUTH" in answers[1].json()["problems"][0]["problem"]


def test_a_coordinator_moves_nobody_to_a_site_out_of_reach(lab: Lab) -> None:
    there = f"/api/v1/participants/{lab.north.code}"

    answer = lab.client.patch(there, headers=lab.coordinator, json={"site": "SOUTH"})

    assert answer.status_code == 403


def test_a_coordinator_of_a_blinded_study_assigns_no_arm(lab: Lab) -> None:
    there = f"/api/v1/participants/{lab.north.code}"

    answer = lab.client.patch(there, headers=lab.coordinator, json={"arm": None})

    assert answer.status_code == 403


def test_imports_are_not_divided_by_site_and_that_is_said(lab: Lab) -> None:
    answer = lab.client.get("/api/v1/imports", headers=lab.coordinator)

    assert answer.status_code == 403
    assert "divided by site" in answer.json()["detail"]


def test_a_key_of_one_study_sees_no_other(lab: Lab) -> None:
    other = lab.wearhouse.registry.create_study(f"{lab.study.code}-OTHER")
    key = lab.key(Role.MANAGER, other.code)

    studies = lab.client.get("/api/v1/studies", headers=key).json()
    people = lab.client.get("/api/v1/participants", headers=key).json()

    assert [study["code"] for study in studies] == [other.code]
    assert people == []


def test_the_trail_says_who_changed_an_arm_to_those_who_may_know_it(lab: Lab) -> None:
    there = f"/api/v1/participants/{lab.north.code}"
    lab.client.patch(there, headers=lab.key(Role.MANAGER), json={"arm": None, "reason": "error"})

    told = [
        lab.client.get(f"{there}/history", headers=lab.key(role)).json()[0]
        for role in (Role.MANAGER, Role.ANALYST)
    ]

    assert [entry["before"] for entry in told] == [{"arm": ARM}, {}]
    assert [entry["act"] for entry in told] == ["participant.change"] * 2


def test_contact_details_are_nowhere_in_the_registry_in_the_clear(lab: Lab) -> None:
    place = lab.wearhouse.settings.home / "registry.sqlite"
    kept = b"".join(file.read_bytes() for file in place.parent.glob("registry.sqlite*"))

    assert EMAIL.encode() not in kept
    assert NAME.encode() not in kept


def test_a_secret_key_of_another_home_opens_no_contact_details(lab: Lab) -> None:
    strange = Secrets(lambda: [new_key()])

    with pytest.raises(Exception, match="No secret key fits"):
        contacts.of(lab.wearhouse.registry, strange, lab.north)


def test_times_of_the_trail_are_in_utc(lab: Lab) -> None:
    entry = lab.client.get("/api/v1/audit", headers=lab.key(Role.MONITOR)).json()["entries"][0]

    assert datetime.fromisoformat(entry["at"]).utcoffset() == datetime.now(UTC).utcoffset()
    assert json.dumps(entry)
