"""More time for an order: asked for once at a time, and decided by somebody else. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.foundation.db import Row
from app.foundation.errors import Forbidden, Invalid
from app.foundation.history import Actor
from app.people.who import Who


def pending(row: Mapping[str, Any]) -> bool:
    """Whether an extension of a stored order waits to be decided."""
    return bool(row["extensions"]) and row["extensions"][-1]["granted"] is None


def may_decide(who: Who, row: Mapping[str, Any], now: datetime, *, granted: bool) -> None:
    """Raise Forbidden for one's own wish, Invalid where the time that would be granted is over."""
    asked = row["extensions"][-1]
    if asked["by"] == who.id:
        raise Forbidden("order.own_extension")
    if granted and asked["due_at"] <= now:
        raise Invalid("work.time_is_over", fields={"granted": []})


def decided(
    row: Mapping[str, Any], by: Actor, now: datetime, *, granted: bool = False, text: str = ""
) -> list[Row]:
    """The extensions of a stored order once the one that waits is decided, if one does."""
    if not pending(row):
        return list(row["extensions"])
    said = {"granted": granted, "text": text, "decided_by": by.name, "decided_at": now}
    return [*row["extensions"][:-1], {**row["extensions"][-1], **said}]
