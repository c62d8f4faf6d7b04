"""Owing people word of what happened to a project, or to something of it."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.foundation import duties


def announce(event: str, project: ObjectId, row: ObjectId, now: datetime) -> None:
    """Owe word of `event`, once for this history row, which may be of something of the project's.

    Joins the surrounding transaction. Who is told is said by `app.notices.ledger`.
    """
    duties.add(
        "notices.deliver",
        project,
        now=now,
        key=f"notices.deliver:{row}:{event}",
        payload={"event": event, "row": row},
    )
