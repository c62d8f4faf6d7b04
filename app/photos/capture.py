"""Capture tokens: what the server hands a phone before it takes photos, and what a photo then proves.

A photo that carries one was sent by somebody who was logged in before; and the phone's own clock at the
moment it got the token, beside the server's in it, tells how wrong that clock is.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from bson import ObjectId
from itsdangerous import BadSignature, URLSafeSerializer

LASTS = timedelta(days=7)


def issue_token(person_id: ObjectId, now: datetime, secret: str) -> str:
    """A token for this person, signed, that says when it was made. URL-safe text."""
    made = round(now.timestamp() * 1000)
    return _signer(secret).dumps([str(person_id), made, secrets.token_hex(4)])


def read_token(token: str, secret: str) -> tuple[ObjectId, datetime] | None:
    """Whose token it is and when it was made (UTC); None for one that is not ours."""
    try:
        person, made, _ = _signer(secret).loads(token)
        return ObjectId(person), datetime.fromtimestamp(made / 1000, UTC)
    except (BadSignature, ValueError, TypeError, OverflowError):
        return None


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="capture")
