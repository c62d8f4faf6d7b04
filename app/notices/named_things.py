"""What happens to things whose steps name themselves whom to tell (`app.people.announcing`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.foundation.db import Row
from app.foundation.district import local

TEXT = 100
MOMENT = "%Y-%m-%d %H:%M"
EVENTS: Mapping[str, tuple[str, ...]] = {
    "scoreboard": ("published", "frozen"),
    "score": ("excluded", "readmitted"),
    "score_appeal": ("filed", "answered"),
    "award": ("proposed", "granted", "refused", "withdrawn"),
    "link": ("begun", "ended", "digest"),
    "instruction": ("issued", "replied", "sent_back", "accepted", "closed", "withdrawn"),
    "order": (
        *("issued", "replied", "sent_back", "accepted", "closed", "withdrawn"),
        *("extension_asked", "extension_decided", "handed_over"),
        *("orphaned", "due_soon", "overdue"),
    ),
    "paper": ("ready", "failed"),
    "policy": ("published",),
    "claim": (
        *("found", "matched", "submitted", "returned", "refused", "publicised", "approved"),
        *("paid", "payout_void", "withdrawn", "objected", "objection_decided"),
        *("due_soon", "due", "overdue"),
    ),
    "introduction": (
        *("proposed", "accepted", "declined", "introduced", "granted", "refused"),
        *("unanswered", "assigned", "withdrawn", "due", "overdue"),
    ),
    "opportunity": ("proposed", "published", "closed", "withdrawn"),
    "interest": ("expressed", "released", "matched", "no_match", "taken_back", "due", "overdue"),
    "lead": ("assigned", "signed", "dropped", "due", "overdue"),
    "event": ("planned", "moved", "closed", "cancelled", "assigned", "due", "overdue"),
    "proposal": ("opened", "adopted", "declined"),
    "check": ("assigned", "overdue", "doubtful", "fake"),
    "closure": ("confirmed", "cleared"),
    "survey": ("opened", "remind"),
    "case": (
        *("proposed", "served", "replied", "reply_over", "approved", "dropped"),
        *("circulated", "published", "appealed", "appeal_rejected", "appeal_upheld", "withdrawn"),
    ),
}
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
