"""Signing in: with a password and a second factor, against guessing, and out again."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pyotp
import pytest
import sqlalchemy as sa

from wearhouse.errors import Conflict, Invalid, NotAllowed, NotSignedIn, TooMany
from wearhouse.registry import Registry, tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.users import FREE
from wearhouse.secrets import Secrets
from wearhouse.study import Role, Study
from wearhouse.team import access, audit, signing
from wearhouse.team.acting import Acting
from wearhouse.team.signing import STEP_S, SecondFactor

WORD, OTHER = "correct horse battery", "another long password"

Team = Callable[..., Acting]


@pytest.fixture
def carla(manager: Acting) -> Acting:
    """A coordinator with a password, at work."""
    access.add_user(manager, "Carla", Role.COORDINATOR, None, WORD)
    secret = signing.sign_in(manager.registry, manager.secrets, "carla", WORD)
    actor = manager.registry.access.signed_in(secret)
    return Acting(actor, manager.registry, manager.secrets)


def sign_in(acting: Acting, password: str = WORD, code: str = "", name: str = "carla") -> str:
    return signing.sign_in(acting.registry, acting.secrets, name, password, code)


def code_of(factor: SecondFactor, steps_later: int = 0) -> str:
    return pyotp.TOTP(factor.secret).at(int(time.time()) + steps_later * STEP_S)


def with_factor(carla: Acting) -> SecondFactor:
    factor = signing.propose_factor(carla)
    signing.take_factor(carla, WORD, factor, code_of(factor, -1))
    return factor


def let_time_pass(registry: Registry) -> None:
    """The next try may be made now."""
    with transaction(registry.engine) as rows:
        rows.execute(sa.update(tables.tries).values(until_at=datetime.now(UTC)))


def test_who_has_the_password_is_in_and_is_who_they_are(carla: Acting) -> None:
    assert (carla.actor.name, carla.actor.role) == ("carla", Role.COORDINATOR)


def test_a_name_is_written_in_any_case(carla: Acting) -> None:
    assert sign_in(carla, name=" CARLA ")


@pytest.mark.parametrize(("name", "password"), [("carla", OTHER), ("nobody", WORD), ("carla", "")])
def test_every_refusal_sounds_the_same(carla: Acting, name: str, password: str) -> None:
    with pytest.raises(NotSignedIn, match="name, the password or the code is wrong"):
        sign_in(carla, password, name=name)


def test_hashing_a_password_costs_what_rfc_9106_recommends() -> None:
    asked = "from wearhouse.passwords import hashed; print(hashed('a long password', 'ada'))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert told.stdout.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_password_is_kept_as_argon2id_only(carla: Acting) -> None:
    with transaction(carla.registry.engine) as rows:
        kept = rows.execute(sa.select(tables.users.c.password)).scalar_one()

    assert kept.startswith("$argon2id$")
    assert WORD not in kept


@pytest.mark.parametrize("word", ["short", "x" * 201, "carlacarlacarla", "aaaaaaaaaaaaaaaa"])
def test_a_password_that_is_easy_to_guess_is_refused(manager: Acting, word: str) -> None:
    with pytest.raises(Invalid):
        access.add_user(manager, "carlacarlacarla", Role.ANALYST, None, word)


@pytest.mark.parametrize("name", ["carla", "nobody-of-that-name"])
def test_after_some_wrong_tries_even_the_right_password_has_to_wait(
    carla: Acting, name: str
) -> None:
    for _ in range(FREE):
        with pytest.raises(NotSignedIn):
            sign_in(carla, OTHER, name=name)

    with pytest.raises(TooMany) as refusal:
        sign_in(carla, WORD, name=name)

    assert 0 < refusal.value.wait_s <= 30


def test_the_wait_grows_with_every_wrong_try(carla: Acting) -> None:
    waits = []
    for _ in range(FREE + 2):
        let_time_pass(carla.registry)
        with pytest.raises(NotSignedIn):
            sign_in(carla, OTHER)
        waits.append(_wait(carla))

    assert waits[: FREE - 1] == [0] * (FREE - 1)
    assert waits[FREE - 1 :] == [30, 60, 120]


def _wait(acting: Acting) -> int:
    """How many seconds the next try has to wait, as it was set."""
    with transaction(acting.registry.engine) as rows:
        row = rows.execute(sa.select(tables.tries)).one()
    until = row.until_at if row.until_at.tzinfo else row.until_at.replace(tzinfo=UTC)
    return round(max((until - datetime.now(UTC)).total_seconds(), 0) / 30) * 30


def test_many_guesses_at_once_gain_nothing(carla: Acting) -> None:
    ends: list[str] = []

    def guess() -> None:
        try:
            sign_in(carla, OTHER)
        except (NotSignedIn, TooMany) as refusal:
            ends.append(refusal.code)

    threads = [threading.Thread(target=guess) for _ in range(FREE + 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ends.count("not_signed_in") == FREE
    assert ends.count("too_many") == 5


def test_a_right_password_begins_the_count_again(carla: Acting) -> None:
    for _ in range(2):
        for _ in range(FREE - 1):
            with pytest.raises(NotSignedIn):
                sign_in(carla, OTHER)
        assert sign_in(carla)


def test_with_a_second_factor_the_password_alone_asks_for_its_code(carla: Acting) -> None:
    with_factor(carla)

    with pytest.raises(NotSignedIn) as refusal:
        sign_in(carla)

    assert refusal.value.parameter == "code"


def test_a_code_of_the_app_lets_in_once(carla: Acting) -> None:
    factor = with_factor(carla)
    code = code_of(factor, 1)
    assert sign_in(carla, code=code)

    with pytest.raises(NotSignedIn):
        sign_in(carla, code=code)


def test_the_code_that_set_the_factor_up_lets_nobody_in(carla: Acting) -> None:
    factor = signing.propose_factor(carla)
    code = code_of(factor)
    signing.take_factor(carla, WORD, factor, code)

    with pytest.raises(NotSignedIn):
        sign_in(carla, code=code)


def test_a_recovery_code_lets_in_once(carla: Acting) -> None:
    factor = with_factor(carla)
    assert sign_in(carla, code=factor.recovery[3].lower())

    with pytest.raises(NotSignedIn):
        sign_in(carla, code=factor.recovery[3])


def test_codes_cannot_be_guessed_without_end_by_who_has_the_password(carla: Acting) -> None:
    with_factor(carla)
    ends = []

    for guess in range(FREE):
        for code in ("", f"{guess:06}"):  # to ask for the code again must not begin the count again
            try:
                sign_in(carla, code=code)
            except (NotSignedIn, TooMany) as refusal:
                ends.append(refusal.code)

    assert ends == ["not_signed_in"] * FREE + ["too_many"] * FREE


def test_a_factor_that_the_app_does_not_have_is_not_asked_for(carla: Acting) -> None:
    factor = signing.propose_factor(carla)

    with pytest.raises(Invalid):
        signing.take_factor(carla, WORD, factor, "000000" if code_of(factor) != "000000" else "1")

    assert sign_in(carla)


def test_a_factor_is_kept_encrypted_and_survives_a_new_key(carla: Acting) -> None:
    factor = with_factor(carla)
    with transaction(carla.registry.engine) as rows:
        kept = rows.execute(sa.select(tables.users.c.totp)).scalar_one()

    assert factor.secret not in kept
    assert signing.encrypt_again(carla.registry, carla.secrets) == 1
    assert sign_in(carla, code=code_of(factor, 1))


def test_taking_a_factor_away_needs_the_password(carla: Acting) -> None:
    with_factor(carla)

    with pytest.raises(NotSignedIn):
        signing.drop_factor(carla, OTHER)
    signing.drop_factor(carla, WORD)

    assert sign_in(carla)


def test_a_new_password_ends_the_other_sessions(carla: Acting) -> None:
    here, elsewhere = sign_in(carla), sign_in(carla)

    signing.change_password(carla, WORD, OTHER, here)

    known = carla.registry.access
    assert known.signed_in(here).name == "carla"
    with pytest.raises(NotSignedIn):
        known.signed_in(elsewhere)


def test_signing_out_everywhere_ends_every_session(carla: Acting) -> None:
    sessions = [sign_in(carla) for _ in range(2)]

    signing.sign_out_everywhere(carla)

    for session in sessions:
        with pytest.raises(NotSignedIn):
            carla.registry.access.signed_in(session)


def test_who_is_disabled_is_out_at_once_and_does_not_come_in(
    carla: Acting, manager: Acting
) -> None:
    session = sign_in(carla)

    access.disable(manager, "carla")

    with pytest.raises(NotSignedIn):
        carla.registry.access.signed_in(session)
    with pytest.raises(NotSignedIn):
        sign_in(carla)


def test_another_role_counts_from_the_next_request_on(
    carla: Acting, manager: Acting, study: Study
) -> None:
    session = sign_in(carla)

    places = access.placed(manager, ["S1/NORTH"])
    access.change_user(manager, "carla", Role.MONITOR, places)

    actor = carla.registry.access.signed_in(session)
    assert (actor.role, actor.places) == (Role.MONITOR, frozenset({"S1/NORTH"}))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.COORDINATOR, Role.ANALYST])
def test_nobody_gives_a_key_more_than_they_may_themselves(team: Team, role: Role) -> None:
    with pytest.raises(NotAllowed):
        access.create_key(team(Role.ENGINEER), "k", role, None)


def test_nobody_gives_a_reach_that_they_have_not(team: Team, study: Study) -> None:
    limited = team(Role.MANAGER, "S1/NORTH")

    with pytest.raises(NotAllowed):
        access.add_user(limited, "carla", Role.COORDINATOR, None, WORD)
    with pytest.raises(NotAllowed):
        access.add_user(limited, "carla", Role.COORDINATOR, frozenset({"S1"}), WORD)
    assert access.add_user(limited, "carla", Role.COORDINATOR, frozenset({"S1/NORTH"}), WORD)


def test_who_reaches_less_changes_nobody_who_reaches_more(
    team: Team, carla: Acting, study: Study
) -> None:
    with pytest.raises(NotAllowed):
        access.set_password(team(Role.MANAGER, "S1"), "carla", OTHER)


def test_a_revoked_key_opens_nothing(manager: Acting) -> None:
    secret = access.create_key(manager, "k", Role.ANALYST, None)
    [key] = access.keys(manager)

    access.revoke_key(manager, key.id)

    with pytest.raises(NotSignedIn):
        manager.registry.access.holder(secret)


def test_nobody_shuts_themselves_out(manager: Acting) -> None:
    access.add_user(manager, "maria", Role.MANAGER, None, WORD)

    with pytest.raises(Conflict):
        access.disable(manager, "maria")


def test_signing_in_is_noted_and_so_is_every_refusal(carla: Acting, manager: Acting) -> None:
    for name in ("carla", "my secret typed into the wrong field"):
        with pytest.raises(NotSignedIn):
            sign_in(carla, OTHER, name=name)

    acts = [(entry["act"], entry["actor"]) for entry in audit.entries(manager, act="session")]

    assert acts == [
        ("session.refuse", "nobody"), ("session.refuse", "carla"), ("session.open", "carla"),
    ]  # fmt: skip


def test_neither_passwords_nor_factors_are_in_the_trail(
    carla: Acting, manager: Acting, secrets: Secrets
) -> None:
    factor = with_factor(carla)
    signing.change_password(carla, WORD, OTHER)

    trail = "".join(link.content for link in manager.registry.audit.links())

    for hidden in (WORD, OTHER, factor.secret, *factor.recovery, "argon2"):
        assert hidden not in trail
