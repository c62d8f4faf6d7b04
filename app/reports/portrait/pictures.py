"""The last visits to a project with their photos, and its site before and now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bson import ObjectId

from app.foundation.db import Row
from app.people.access import scope
from app.people.who import Who
from app.photos.documents import EVIDENCE, Photo
from app.photos.hiding import hidden_from
from app.visits.access import COLUMNS
from app.visits.documents import Visit

LAST, PHOTOS_EACH, FIRST = 6, 6, 3
_VISIT = {"owner": 1, "started_at": 1, "ended_at": 1, "note": 1, "photos": 1}
_PHOTO = {
    "state": 1,
    "role": 1,
    "hidden": 1,
    "owner": 1,
    "renditions": 1,
    "shot_at": 1,
    "received_at": 1,
}


def visits(who: Who, project: ObjectId) -> tuple[list[Row], list[Row]]:
    """The last visits of a project that `who` may see, newest first, and its first ones with photos."""
    theirs = {"$and": [{"project": project}, scope(who, "visit.see", COLUMNS)]}
    last = list(Visit.rows().find(theirs, _VISIT).sort("started_at", -1).limit(LAST))
    if len(last) < LAST:
        return last, [row for row in reversed(last) if row["photos"]][:FIRST]
    pictured = {"$and": [*theirs["$and"], {"photos.0": {"$exists": True}}]}
    first = Visit.rows().find(pictured, _VISIT).sort("started_at", 1).limit(FIRST)
    return last, list(first)


def photos(who: Who, rows: Iterable[Row]) -> dict[ObjectId, Row]:
    """The photos of these visits that can be looked at, by id."""
    wanted = {key for row in rows for key in row["photos"]}
    shown = {"_id": {"$in": list(wanted)}, "state": "ready", "role": EVIDENCE}
    found = {row["_id"]: row for row in Photo.rows().find(shown, _PHOTO)}
    return {key: found[key] for key in found.keys() - hidden_from(who, list(found))}


def timeline(last: Sequence[Row], there: dict[ObjectId, Row]) -> list[Row]:
    """Each visit with its first photos."""
    return [
        {**row, "photos": [there[key] for key in row["photos"] if key in there][:PHOTOS_EACH]}
        for row in last
    ]


def before_and_now(
    first: Sequence[Row], last: Sequence[Row], there: dict[ObjectId, Row]
) -> Row | None:
    """The earliest and the latest photo of two different visits, each with the visit's time."""
    ends = [_picture(rows, there) for rows in (first, last)]
    if None in ends or ends[0]["visit"] == ends[1]["visit"]:  # type: ignore[index]
        return None
    return {"before": ends[0], "now": ends[1]}


def _picture(rows: Sequence[Row], there: dict[ObjectId, Row]) -> Row | None:
    for row in rows:
        for key in row["photos"]:
            if key in there:
                return {"visit": row["_id"], "at": row["started_at"], "photo": there[key]}
    return None
