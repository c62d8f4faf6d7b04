"""Photos that were used before: the same file, or the same look, by anybody, at any time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.photos import likeness
from app.photos.documents import EVIDENCE, Photo
from app.photos.likeness import Fingerprint, Match

SAME_ROUND = timedelta(hours=12)
MOST = 5
_LOOKED_AT = 50

Row = Mapping[str, Any]


def same_file(photo: Photo) -> list[dict[str, Any]]:
    """Earlier photos with the same bytes, the newest first: those of others, and one's own of another day.

    Somebody who sends one photo twice on a round has not passed it off as another.
    """
    query = {"sha256": photo.sha256, "_id": {"$ne": photo.id}, "role": EVIDENCE}
    found = Photo.rows().find(query).sort("received_at", -1).limit(_LOOKED_AT)
    return [_row(each, exact=True) for each in found if _counts(photo, each)][:MOST]


def same_look(photo: Photo, seen: Fingerprint) -> list[dict[str, Any]]:
    """Earlier photos that show the same, beside those of `photo.copies`; the most alike first.

    Not the photo's own preview or original.
    """
    pair = {"owner": photo.owner, "$or": _pair(photo)}
    own = [row["_id"] for row in Photo.rows().find(pair, {"_id": 1})]
    known = [copy["photo"] for copy in photo.copies]
    found = likeness.find(Photo.rows(), seen, exclude=[photo.id, *own, *known], limit=MOST * 4)
    matches = {match.id: match for match in found}
    rows = {
        row["_id"]: row
        for row in Photo.rows().find(
            {"_id": {"$in": list(matches)}, "received_at": {"$lte": photo.received_at}}
        )
    }
    alike = (match for match in found if match.id in rows)
    return [_alike(rows[m.id], m) for m in alike if _counts(photo, rows[m.id])][:MOST]


def _pair(photo: Photo) -> list[dict[str, Any]]:
    named: list[dict[str, Any]] = [{"replaces": photo.client_id}]
    if photo.replaces:
        named.append({"client_id": photo.replaces})
    return named


def _counts(photo: Photo, other: Row) -> bool:
    if other["owner"] != photo.owner:
        return True
    return abs(_told(other) - (photo.device_taken_at or photo.received_at)) > SAME_ROUND


def _told(row: Row) -> datetime:
    told: datetime = row.get("device_taken_at") or row["received_at"]
    return told


def _alike(row: Row, match: Match) -> dict[str, Any]:
    return {**_row(row, exact=False), "mirrored": match.mirrored, "distance": match.distance}


def _row(row: Row, *, exact: bool) -> dict[str, Any]:
    return {"photo": row["_id"], "at": _told(row), "exact": exact, "mirrored": False}
