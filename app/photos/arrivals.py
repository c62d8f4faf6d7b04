"""Which of the photos that somebody named by client_id have arrived; an original stands for its preview."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.photos.documents import PREVIEW, Photo

Shelf = dict[Any, Row]


def arrived(owner: ObjectId, client_ids: Collection[str]) -> dict[str, ObjectId]:
    """The owner's photos by the client_ids that were asked for; those that are not here are left out.

    An original that says it replaces a preview answers to the preview's client_id too.
    """
    if not client_ids:
        return {}
    wanted = {"$in": list(client_ids)}
    query = {"owner": owner, "$or": [{"client_id": wanted}, {"replaces": wanted}]}
    found: dict[str, ObjectId] = {}
    # The photo itself first, where both it and what replaces it are here.
    for row in sorted(Photo.rows().find(query), key=lambda row: row["client_id"] not in client_ids):
        for name in {row["client_id"], row.get("replaces")} & set(client_ids):
            found.setdefault(name, row["_id"])
    return found


def shelf(ids: Iterable[ObjectId]) -> Shelf:
    """The stored rows of these photos by id, and of the originals that have replaced previews among them."""
    rows = _by_id(list(dict.fromkeys(ids)))
    replacing = [row["replaced_by"] for row in rows.values() if row.get("replaced_by") is not None]
    return {**_by_id(replacing), **rows}


def pictures(ids: Iterable[ObjectId], among: Shelf) -> list[Row]:
    """The rows of these photos, in order, each preview exchanged for its original once that is here."""
    shown: dict[ObjectId, Row] = {}
    for key in ids:
        row = among.get(key)
        if row is not None:
            row = among.get(row.get("replaced_by"), row)
            shown.setdefault(row["_id"], row)
    return list(shown.values())


def is_original(row: Row) -> bool:
    """Whether the row is of an original: a preview is no evidence."""
    return row.get("role") != PREVIEW


def _by_id(ids: list[ObjectId]) -> dict[ObjectId, Row]:
    if not ids:
        return {}
    return {row["_id"]: row for row in Photo.rows().find({"_id": {"$in": ids}})}
