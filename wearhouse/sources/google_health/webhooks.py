"""Notices of new data that Google Health sends: who sent them, and what they are about."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.hashes import SHA256

from wearhouse.errors import Invalid
from wearhouse.sources.google_health.catalogue import PARTS
from wearhouse.window import Window

KEYS_ADDRESS = "https://www.gstatic.com/googlehealthapi/webhooks/webhooks_public_keyset.json"
"""Where the public keys stand; they change about once a month."""

SIGNATURES = ("google-health-api-signature", "x-healthapi-signature")
"""The header of the signature, and the name it had before."""

TAKEN, HANDSHAKE, STRANGER = 204, 201, 401
"""What to answer: to notices, to the two questions of the handshake."""

Keys = dict[int, EllipticCurvePublicKey]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something changed: for whom, of which data type, in which families and when. The window
    is None where the notice does not say; `deleted` if data were withdrawn."""

    subject: str
    data_type: str
    families: tuple[str, ...]
    window: Window | None
    deleted: bool


class Instants(msgspec.Struct, frozen=True, rename="camel"):
    """An interval, in UTC or in civil time."""

    start_time: datetime | None = None
    end_time: datetime | None = None


class Times(msgspec.Struct, frozen=True, rename="camel"):
    """An interval in the forms that are stated; any may be missing."""

    physical_time_interval: Instants = Instants()
    civil_iso8601_time_interval: Instants = msgspec.field(
        name="civilIso8601TimeInterval", default=Instants()
    )


class Data(msgspec.Struct, frozen=True, rename="camel"):
    """What a notice says."""

    health_user_id: str
    data_type: str
    operation: str = ""
    intervals: list[Times] = []


class Message(msgspec.Struct, frozen=True):
    """A notice, or the question of the handshake."""

    data: Data | None = None
    type: str = ""


class KeyData(msgspec.Struct, frozen=True):
    """A public key as Tink writes it."""

    value: str


class Key(msgspec.Struct, frozen=True, rename="camel"):
    """A key of a key set."""

    key_id: int
    key_data: KeyData
    status: str = "ENABLED"


class KeySet(msgspec.Struct, frozen=True):
    """A key set as Tink writes it."""

    key: list[Key]


def read_keys(content: bytes) -> Keys:
    """The public keys of a published key set, by id."""
    try:
        found = msgspec.json.decode(content, type=KeySet)
        return {
            key.key_id: _point(base64.b64decode(key.key_data.value))
            for key in found.key
            if key.status == "ENABLED"
        }
    except (msgspec.DecodeError, ValueError, KeyError, IndexError) as error:
        raise Invalid("The published keys of Google Health cannot be read.") from error


def known(headers: Mapping[str, str], secret: str) -> bool:
    """Whether a message names the secret that this study gave when it subscribed."""
    stated = _lower(headers).get("authorization", "")
    return bool(secret) and hmac.compare_digest(stated.encode(), secret.encode())


def signed(headers: Mapping[str, str], body: bytes, keys: Keys) -> bool | None:
    """Whether the raw body is signed by one of the keys; None if by a key that is not among
    them, so that fetching the key set again may help."""
    given = _lower(headers)
    text = next((given[name] for name in SIGNATURES if name in given), "")
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        return False
    if len(raw) < 6 or raw[0] != 1:
        return False
    key = keys.get(int.from_bytes(raw[1:5], "big"))
    if key is None:
        return None
    try:
        key.verify(raw[5:], body, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def verify(headers: Mapping[str, str], body: bytes, secret: str, keys: Keys) -> bool:
    """Whether a message comes from Google Health and is meant for this study."""
    return known(headers, secret) and signed(headers, body, keys) is True


def is_handshake(body: bytes) -> bool:
    """Whether a message only asks if its secret is checked. It is not signed: answer HANDSHAKE
    if its secret is `known`, else STRANGER."""
    messages = _messages(body)
    return len(messages) == 1 and messages[0].type == "verification"


def notices(body: bytes) -> list[Notice]:
    """What a message is about; one may hold many. Invalid if it cannot be read."""
    return [_notice(message.data) for message in _messages(body) if message.data]


def _messages(body: bytes) -> list[Message]:
    try:
        found = msgspec.json.decode(body, type=list[Message] | Message)
    except msgspec.DecodeError as error:
        raise Invalid(f"This is no notice of Google Health: {error}.") from error
    return found if isinstance(found, list) else [found]


def _notice(data: Data) -> Notice:
    families = dict.fromkeys(part.family for part in PARTS if part.id == data.data_type)
    return Notice(
        data.health_user_id,
        data.data_type,
        tuple(families),
        _window(data.intervals),
        data.operation == "DELETE",
    )


def _window(intervals: list[Times]) -> Window | None:
    """From the first start to the last end; a civil time is taken for one of UTC, so read the
    whole days around it."""
    spans = [_span(times) for times in intervals]
    stated = [span for span in spans if span]
    if len(stated) < len(spans) or not stated:
        return None
    start, end = min(span[0] for span in stated), max(span[1] for span in stated)
    return Window(start, end) if start < end else None


def _span(times: Times) -> tuple[datetime, datetime] | None:
    for stated in (times.physical_time_interval, times.civil_iso8601_time_interval):
        if stated.start_time and stated.end_time:
            return _zoned(stated.start_time), _zoned(stated.end_time)
    return None


def _zoned(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): text for name, text in headers.items()}


def _point(message: bytes) -> EllipticCurvePublicKey:
    """An EcdsaPublicKey of Tink, a protobuf message: its field 3 is x, its field 4 is y."""
    fields: dict[int, bytes] = {}
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        size, at = _varint(message, at)
        if tag & 7 == 2:
            fields[tag >> 3] = message[at : at + size]
            at += size
    x, y = (int.from_bytes(fields[field], "big") for field in (3, 4))
    return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
