"""Users and keys: who may come in."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from wearhouse.api.deps import TheActing, needs
from wearhouse.api.refusals import RESPONSES
from wearhouse.registry.users import User
from wearhouse.study import Right, Role
from wearhouse.team import access

router = APIRouter(tags=["access"], responses=RESPONSES)

USERS, KEYS = needs(Right.MANAGE_ACCESS), needs(Right.MANAGE_KEYS)
Place = Annotated[str, Field(max_length=129, description="A study, S1, or a site, S1/NORTH.")]
Places = Annotated[list[Place], Field(max_length=100, description="Everywhere without any.")]
Name = Annotated[str, Path(max_length=200)]


class UserAnswer(BaseModel):
    """A person who signs in with a password; without places they reach everybody."""

    name: str
    role: Role
    places: list[str] | None
    second_factor: bool
    created_at: datetime
    disabled_at: datetime | None


class NewUser(BaseModel):
    """A person to let in, and their first password."""

    name: str = Field(min_length=1, max_length=200)
    role: Role
    places: Places = []
    password: str = Field(max_length=1_000)


class UserChange(BaseModel):
    """A user's role and places as they are to be, and whether they are kept out."""

    role: Role | None = None
    places: Places | None = None
    disabled: bool | None = None


class PasswordOf(BaseModel):
    """A new password for somebody."""

    password: str = Field(max_length=1_000)


class KeyAnswer(BaseModel):
    """A key of a program, without its secret."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    role: Role
    places: list[str] | None
    created_at: datetime


class NewKey(BaseModel):
    """What a new key is for, and what it may do."""

    name: str = Field(min_length=1, max_length=200)
    role: Role
    places: Places = []


class SecretAnswer(BaseModel):
    """A new key. It is shown once."""

    key: str
    name: str
    role: Role


@router.get("/users", dependencies=[USERS])
def get_users(acting: TheActing) -> list[UserAnswer]:
    """Everybody who signs in with a password."""
    return [_answer(user) for user in access.users(acting)]


@router.post("/users", status_code=201, dependencies=[USERS])
def post_user(asked: NewUser, acting: TheActing) -> UserAnswer:
    """Let somebody in."""
    places = access.placed(acting, asked.places)
    return _answer(access.add_user(acting, asked.name, asked.role, places, asked.password))


@router.patch("/users/{name}", dependencies=[USERS])
def patch_user(name: Name, asked: UserChange, acting: TheActing) -> UserAnswer:
    """Give somebody another role or other places, keep them out, or let them in again."""
    user = access.user_named(acting, name)
    if asked.role is not None or asked.places is not None:
        places = user.places if asked.places is None else access.placed(acting, asked.places)
        user = access.change_user(acting, name, asked.role or user.role, places)
    if asked.disabled is not None:
        user = access.disable(acting, name, asked.disabled)
    return _answer(user)


@router.put("/users/{name}/password", status_code=204, dependencies=[USERS])
def put_user_password(name: Name, asked: PasswordOf, acting: TheActing) -> Response:
    """Give somebody a new password, which ends their sessions and their second factor."""
    access.set_password(acting, name, asked.password)
    return Response(status_code=204)


@router.get("/keys", dependencies=[KEYS])
def get_keys(acting: TheActing) -> list[KeyAnswer]:
    """The keys of programs that are good."""
    return [KeyAnswer.model_validate(key) for key in access.keys(acting)]


@router.post("/keys", status_code=201, dependencies=[KEYS])
def post_key(asked: NewKey, acting: TheActing) -> SecretAnswer:
    """Make a key for a program."""
    places = access.placed(acting, asked.places)
    secret = access.create_key(acting, asked.name, asked.role, places)
    return SecretAnswer(key=secret, name=asked.name, role=asked.role)


@router.delete("/keys/{number}", status_code=204, dependencies=[KEYS])
def delete_key(number: Annotated[int, Path(ge=1, le=2**31 - 1)], acting: TheActing) -> Response:
    """End a key."""
    access.revoke_key(acting, number)
    return Response(status_code=204)


def _answer(user: User) -> UserAnswer:
    return UserAnswer(
        name=user.name,
        role=user.role,
        places=None if user.places is None else sorted(user.places),
        second_factor=user.totp is not None,
        created_at=user.created_at,
        disabled_at=user.disabled_at,
    )
