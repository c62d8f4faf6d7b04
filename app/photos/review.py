"""An inspector's word on a photo: accepted or rejected, each time kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.foundation import history
from app.foundation.db import transaction
from app.foundation.errors import Conflict
from app.people.access import Ties, require
from app.people.who import Who
from app.photos.documents import Photo


def review(who: Who, photo: Photo, verdict: str, reason: str, now: datetime) -> None:
    """Mark the photo. A quarantined one that is accepted is let out. Earlier verdicts stay in its history.

    Raises Forbidden, or Conflict while the photo is not worked on yet.
    """
    require(who, "photo.review", Ties(owner=photo.owner))
    released = photo.state == "quarantined" and verdict == "accepted"

    def work() -> None:
        change: dict[str, Any] = {"verdict": verdict}
        if released:
            change |= {"state": "ready", "problem": None}
        seen = {"_id": photo.id, "state": photo.state}
        if (
            photo.state == "stored"
            or not Photo.rows().update_one(seen, {"$set": change}).matched_count
        ):
            raise Conflict("photo.not_processed_yet")
        history.append(
            "photo",
            photo.id,
            "review",
            by=who.acting("inspector"),
            now=now,
            before=photo.state,
            after="ready" if released else photo.state,
            text=reason,
            data={"verdict": verdict},
        )

    transaction(work)


def reviews(photo: Photo) -> list[dict[str, Any]]:
    """All verdicts on the photo, oldest first."""
    if photo.verdict is None:
        return []
    rows = history.of("photo", photo.id, internal=True)
    return [
        {
            "verdict": row["data"]["verdict"],
            "reason": row["text"],
            "by": row["by_name"],
            "at": row["at"],
        }
        for row in rows
        if row["action"] == "review"
    ]
