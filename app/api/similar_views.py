"""Issues that may be about the same as their schema wants them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.api.errors import language
from app.foundation.messages import say
from app.issues.desk.similar import Alike


def similar(found: Iterable[Alike]) -> list[dict[str, Any]]:
    """The likely duplicates, in the order given."""
    return [_one(each) for each in found]


def _one(found: Alike) -> dict[str, Any]:
    row = found.row
    return {
        "id": str(row["_id"]),
        "number": row["number"],
        "state": row["state"],
        "state_name": say(f"issue.state.{row['state']}", language()),
        "created_at": row["created_at"],
        **{name: getattr(found, name) for name in found.__slots__},
    }
