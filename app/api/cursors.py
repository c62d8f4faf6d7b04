"""Cursors of feeds: how far somebody has read, signed, so that only what we made comes back."""

from __future__ import annotations

from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from app.api import auth
from app.foundation.errors import Invalid
from app.foundation.ids import fingerprint
from app.people.who import Who
from app.sync.feed import Position


def written(feed: str, who: Who, position: Position) -> str:
    """The position in a feed as a cursor for this person, as long as the roles held are the same."""
    told = sorted(position.told)
    content = [str(who.id), _grants(who), position.after, position.base, told]
    return str(_signer(feed).dumps(content))


def read(feed: str, who: Who, cursor: str | None) -> Position | None:
    """Where the cursor points; None when all must be told anew: there is none, or the roles are others.

    Raises Invalid for one that was not made for this person and feed.
    """
    if cursor is None:
        return None
    try:
        content: Any = _signer(feed).loads(cursor)
        person, grants, after, base, told = content
    except (BadData, ValueError) as error:
        raise Invalid("sync.cursor_invalid") from error
    if person != str(who.id):
        raise Invalid("sync.cursor_invalid")
    return Position(after, base, frozenset(told)) if grants == _grants(who) else None


def _signer(feed: str) -> URLSafeSerializer:
    return URLSafeSerializer(auth.settings().secret_key, salt=feed)


def _grants(who: Who) -> str:
    """The roles held, since they decide what there is to be told."""
    held = sorted(
        f"{each.role} {each.department} {each.unit} {each.enterprise}" for each in who.held
    )
    return fingerprint({"held": held})[:16]
