"""Identifiers: what a client sends is checked here before it reaches a query."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from app.foundation.errors import NotFound


def object_id(text: str) -> ObjectId:
    """`text` as an id. Raises NotFound when it cannot be one: such a thing does not exist."""
    if not ObjectId.is_valid(text):
        raise NotFound("not_found")
    return ObjectId(text)


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content in canonical JSON: equal for the same request however its keys are ordered."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
