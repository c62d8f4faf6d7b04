"""The server's signature: Ed25519 (RFC 8032) over canonical JSON, so that anybody can check a receipt."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALGORITHM = "Ed25519"


def key_id(public: bytes) -> str:
    """What a signature names the public key by: the start of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def canonical(content: Mapping[str, Any]) -> bytes:
    """The bytes that are signed and hashed: UTF-8 JSON, keys sorted, no spaces.

    Times and ids must be text already. Raises TypeError for what JSON cannot say.
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with the private key whose 32 bytes are `seed`. `key_id` names the key to those who check."""

    seed: bytes = field(repr=False)
    public_key: str = field(init=False)
    key_id: str = field(init=False)

    def __post_init__(self) -> None:
        public = self._private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        object.__setattr__(self, "public_key", base64.b64encode(public).decode())
        object.__setattr__(self, "key_id", key_id(public))

    def sign(self, content: Mapping[str, Any]) -> dict[str, str]:
        """{key_id, algorithm, value} over the canonical form; `value` is base64."""
        value = base64.b64encode(self._private().sign(canonical(content))).decode()
        return {"key_id": self.key_id, "algorithm": ALGORITHM, "value": value}

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def trusted(seed: bytes, retired: Iterable[bytes]) -> frozenset[str]:
    """The public keys (base64) whose signatures count as the server's: the present one, and retired ones."""
    return frozenset(
        {Signer(seed).public_key, *(base64.b64encode(key).decode() for key in retired)}
    )


def holds(public_key: str, content: Mapping[str, Any], signature: Mapping[str, str]) -> bool:
    """Whether `signature` is that key's over this content."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
    try:
        key.verify(base64.b64decode(signature["value"]), canonical(content))
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True
