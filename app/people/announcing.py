"""Owing people word of what happened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import duties
from app.foundation.db import Row


def announce(event: str, subject: ObjectId, row: ObjectId, now: datetime) -> None:
    """Owe word of `event`, once for this history row. Joins the surrounding transaction.

    Whom to tell is for `app.notices` to say by the event, or for the row's data: see `telling`.
    """
    duties.add(
        "notices.deliver",
        subject,
        now=now,
        key=f"notices.deliver:{row}:{event}",
        payload={"event": event, "row": row},
    )


def telling(
    people: Collection[ObjectId], name: str, *, due: Any = None, **about: ObjectId | None
) -> Mapping[str, Any]:
    """What a history row's data must have for `announce`: whom to tell, and the `name` of the thing.

    `due` is a day (`2026-11-24`) or a moment by which they are to act. `about` names what a tap on the
    notice opens besides the thing: issue, visit, project. Who is told must be entitled to see the thing:
    that is for the step to see to.
    """
    known: Row = {key: value for key, value in about.items() if value is not None}
    return {"people": list(people), "name": name, "due": due, **known}
