"""Photos that were used before: the same file, by anybody, at any time. The same look: `lookalikes`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.photos.documents import EVIDENCE, Photo

SAME_ROUND = timedelta(hours=12)
MOST = 5
_LOOKED_AT = 50

Row = Mapping[str, Any]


def same_file(photo: Photo) -> list[dict[str, Any]]:
    """Earlier photos with the same bytes, the newest first: those of others, and one's own of another day."""
    query = {"sha256": photo.sha256, "_id": {"$ne": photo.id}, "role": EVIDENCE}
    found = Photo.rows().find(query).sort("received_at", -1).limit(_LOOKED_AT)
    return [stored(each, exact=True) for each in found if used_before(photo, each)][:MOST]


def used_before(photo: Photo, other: Row) -> bool:
    """Whether the other photo, if it shows the same, counts: who sends one twice on a round does no wrong."""
    if other["owner"] != photo.owner:
        return True
    return abs(_told(other) - (photo.device_taken_at or photo.received_at)) > SAME_ROUND


def stored(other: Row, *, exact: bool, mirrored: bool = False) -> dict[str, Any]:
    """A copy as the field `copies` holds it; `at` is when it was taken, by its phone if that said."""
    return {"photo": other["_id"], "at": _told(other), "exact": exact, "mirrored": mirrored}


def _told(row: Row) -> datetime:
    told: datetime = row.get("device_taken_at") or row["received_at"]
    return told
