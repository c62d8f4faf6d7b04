"""Photos that were attached to the wrong thing: hidden from all but their owner and the inspectors.

Hiding is a state of its own: nothing that is sealed of the photo changes, and its links stay as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.history import Actor
from app.people.access import Ties, allowed
from app.people.who import Who
from app.photos.documents import PREVIEW, Photo


def sees(who: Who, owner: ObjectId, hidden: Mapping[str, Any] | None) -> bool:
    """Whether a photo's being hidden keeps it from `who`; what else may is not asked here."""
    return not hidden or allowed(who, "photo.see_hidden", Ties(owner=owner))


def hidden_from(who: Who, ids: Iterable[ObjectId]) -> frozenset[ObjectId]:
    """Those of the photos that are hidden from `who`."""
    wanted = list({*ids})
    if not wanted or allowed(who, "photo.see_hidden", Ties()):
        return frozenset()
    hidden = {"_id": {"$in": wanted}, "hidden": {"$ne": None}}
    rows = Photo.rows().find(hidden, {"owner": 1, "hidden": 1})
    return frozenset(row["_id"] for row in rows if not sees(who, row["owner"], row["hidden"]))


def hide(
    ids: Sequence[ObjectId], issue: ObjectId, reason: str, by: Actor, now: datetime
) -> list[ObjectId]:
    """Hide the photos, and the previews or originals of them; those that became hidden by this.

    Inside the caller's transaction. `issue` is what they were wrongly attached to.
    """
    mark = {"at": now, "by": by.id, "by_name": by.name, "reason": reason, "issue": issue}
    return _mark(ids, {"hidden": None}, mark, "hide", by, now)


def restore(
    ids: Sequence[ObjectId], issue: ObjectId, reason: str, by: Actor, now: datetime
) -> list[ObjectId]:
    """Show again what was hidden as wrongly attached to `issue`, likewise; those that this shows."""
    return _mark(ids, {"hidden.issue": issue}, None, "restore", by, now, reason)


def _mark(
    ids: Sequence[ObjectId],
    meant: dict[str, Any],
    mark: dict[str, Any] | None,
    action: str,
    by: Actor,
    now: datetime,
    reason: str = "",
) -> list[ObjectId]:
    query = {"_id": {"$in": _with_twins(ids)}, **meant}
    found = [row["_id"] for row in Photo.rows().find(query, {"_id": 1}).sort("_id", 1)]
    if found:
        Photo.rows().update_many({"_id": {"$in": found}}, {"$set": {"hidden": mark}})
    text = mark["reason"] if mark else reason
    for photo in found:
        history.append("photo", photo, action, by=by, now=now, text=text)
    return found


def _with_twins(ids: Sequence[ObjectId]) -> list[ObjectId]:
    """The photos with the originals of previews among them, and the previews of originals."""
    if not ids:
        return []
    rows = list(Photo.rows().find({"_id": {"$in": list(ids)}}))
    originals = [row["replaced_by"] for row in rows if row.get("replaced_by")]
    named = [
        {"owner": row["owner"], "client_id": row["replaces"], "role": PREVIEW}
        for row in rows
        if row.get("replaces")
    ]
    previews = (
        [row["_id"] for row in Photo.rows().find({"$or": named}, {"_id": 1})] if named else []
    )
    return list(dict.fromkeys([*(row["_id"] for row in rows), *originals, *previews]))
