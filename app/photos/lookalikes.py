"""Photos that look like an earlier one, by anybody, at any time. Apart from `copies`: it needs numpy."""

from __future__ import annotations

from typing import Any

from app.photos import likeness
from app.photos.copies import MOST, stored, used_before
from app.photos.documents import Photo
from app.photos.likeness import Fingerprint

_LOOKED_AT = 4 * MOST


def same_look(photo: Photo, seen: Fingerprint) -> list[dict[str, Any]]:
    """Earlier photos that show the same, beside those of `photo.copies`; the most alike first.

    Not the photo's own preview or original.
    """
    pair = {"owner": photo.owner, "$or": _pair(photo)}
    own = [row["_id"] for row in Photo.rows().find(pair, {"_id": 1})]
    known = [copy["photo"] for copy in photo.copies]
    found = likeness.find(Photo.rows(), seen, exclude=[photo.id, *own, *known], limit=_LOOKED_AT)
    earlier = {"_id": {"$in": [m.id for m in found]}, "received_at": {"$lte": photo.received_at}}
    rows = {row["_id"]: row for row in Photo.rows().find(earlier)}
    alike = [match for match in found if match.id in rows and used_before(photo, rows[match.id])]
    return [stored(rows[m.id], exact=False, mirrored=m.mirrored) for m in alike[:MOST]]


def _pair(photo: Photo) -> list[dict[str, Any]]:
    named: list[dict[str, Any]] = [{"replaces": photo.client_id}]
    if photo.replaces:
        named.append({"client_id": photo.replaces})
    return named
