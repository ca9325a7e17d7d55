"""Notices as Google Health sends them, signed with a key made here."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

SIGNATURE = "GOOGLE-HEALTH-API-SIGNATURE"


@dataclass
class Sender:
    """Signs notices, and publishes the public key as a Tink key set."""

    key_id: int = 305_419_896
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def key_set(self) -> bytes:
        point = self.key.public_key().public_numbers()
        message = b"\x08\x00\x12\x06\x08\x03\x10\x02\x18\x02"
        # Tink writes coordinates with a leading zero byte.
        for number, coordinate in ((3, point.x), (4, point.y)):
            written = b"\x00" + coordinate.to_bytes(32, "big")
            message += bytes([number << 3 | 2, len(written)]) + written
        value = base64.b64encode(message).decode()
        key = {
            "keyData": {"typeUrl": "EcdsaPublicKey", "value": value},
            "status": "ENABLED", "keyId": self.key_id, "outputPrefixType": "TINK",
        }  # fmt: skip
        return json.dumps({"primaryKeyId": self.key_id, "key": [key]}).encode()

    def rotate(self) -> None:
        """Sign with another key from now on."""
        self.key_id += 1
        self.key = ec.generate_private_key(ec.SECP256R1())

    def headers(self, body: bytes, secret: str, name: str = SIGNATURE) -> dict[str, str]:
        """What a message is sent with."""
        return {"Authorization": secret, name: self.signature(body)}

    def signature(self, body: bytes) -> str:
        signed = self.key.sign(body, ec.ECDSA(SHA256()))
        return base64.b64encode(b"\x01" + self.key_id.to_bytes(4, "big") + signed).decode()


def notice(user: str, kind: str, *spans: tuple[str, str], operation: str = "UPSERT") -> Any:
    """A notice of intervals in UTC."""
    intervals = [{"physicalTimeInterval": {"startTime": a, "endTime": b}} for a, b in spans]
    return {
        "data": {
            "version": "1", "healthUserId": user, "operation": operation, "dataType": kind,
            "intervals": intervals, "clientProvidedSubscriptionName": "wearhouse",
        }
    }  # fmt: skip
