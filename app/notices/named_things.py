"""What happens to things whose steps name themselves whom to tell (`app.people.announcing`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.foundation.db import Row
from app.foundation.district import local

TEXT = 100
MOMENT = "%Y-%m-%d %H:%M"
EVENTS: Mapping[str, tuple[str, ...]] = {}
"""By the kind of thing, which its event begins with, what may happen to it."""

ABOUT = ("issue", "visit", "photo", "project")


def events() -> frozenset[str]:
    """Every event of this kind."""
    return frozenset(f"{kind}.{each}" for kind, names in EVENTS.items() for each in names)


def about(row: Row) -> dict[str, Any]:
    """What a tap on the notice opens: the thing itself, and what else the row names."""
    data = row.get("data") or {}
    found = {name: data[name] for name in ABOUT if data.get(name) is not None}
    return {**found, "thing": row.get("thing"), "thing_id": row.get("thing_id")}


def params(row: Row) -> dict[str, Any]:
    """What fills the words: the thing's `name`, `text`, `due`, `person`, and `reasons` for `why`."""
    data = row.get("data") or {}
    due = data.get("due")
    return {
        "name": data.get("name", ""),
        "text": (row.get("text") or "")[:TEXT],
        "due": f"{local(due):{MOMENT}}" if isinstance(due, datetime) else due or "",
        "person": row.get("by_name", ""),
        "reasons": row.get("reasons", []),
    }
