"""Before and after: two photos of one thing, and how alike their points of view are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.errors import Invalid
from app.foundation.geo import distance_m
from app.issues.documents import Issue
from app.photos.documents import Photo

Pair = dict[str, ObjectId]


def checked(
    issue: Issue, pairs: Sequence[dict[str, str]], answering: Sequence[ObjectId]
) -> list[Pair]:
    """The pairs as they are stored.

    Raises Invalid unless each `before` is a photo of the issue and each `after` one of the answer.
    """
    found = [
        {"before": ObjectId(each["before_photo_id"]), "after": ObjectId(each["after_photo_id"])}
        for each in pairs
    ]
    known = _photos_of(issue, [pair["before"] for pair in found])
    for number, pair in enumerate(found):
        if pair["before"] not in known:
            raise _unknown(number, "before_photo_id", pair["before"])
        if pair["after"] not in answering:
            raise _unknown(number, "after_photo_id", pair["after"])
    return found


def compared(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Each pair with metres and degrees between the two points of view; None where one is unknown."""
    ids = {key for pair in pairs for key in (pair["before"], pair["after"])}
    rows = (
        {row["_id"]: row for row in Photo.rows().find({"_id": {"$in": list(ids)}})} if ids else {}
    )
    return [
        {
            **pair,
            "distance_m": _distance_m(rows.get(pair["before"]), rows.get(pair["after"])),
            "heading_difference_deg": turn_deg(
                _heading(rows.get(pair["before"])), _heading(rows.get(pair["after"]))
            ),
        }
        for pair in pairs
    ]


def turn_deg(one: float | None, other: float | None) -> float | None:
    """The smaller angle between two headings, 0 to 180 degrees; None when one is unknown."""
    if one is None or other is None:
        return None
    apart = abs(one - other) % 360
    return min(apart, 360 - apart)


def _photos_of(issue: Issue, ids: list[ObjectId]) -> set[ObjectId]:
    """Those of the ids that are linked to the issue."""
    if not ids:
        return set()
    link = {"$elemMatch": {"thing": "issue", "thing_id": issue.id}}
    linked = Photo.rows().find({"_id": {"$in": ids}, "links": link}, {"_id": 1})
    return {row["_id"] for row in linked} | set(issue.photos)


def _unknown(number: int, name: str, key: ObjectId) -> Invalid:
    return Invalid("answer.pair_unknown", fields={f"pairs.{number}.{name}": [str(key)]})


def _distance_m(before: Row | None, after: Row | None) -> float | None:
    one, other = _fix(before), _fix(after)
    return distance_m(one, other) if one and other else None


def _fix(row: Row | None) -> tuple[float, float] | None:
    """Where it was taken: as the device says, else the EXIF. WGS-84 (latitude, longitude)."""
    if row and row.get("device"):
        longitude, latitude = row["device"]["point"]["coordinates"]
        return latitude, longitude
    exif = (row or {}).get("exif") or {}
    if exif.get("latitude") is None or exif.get("longitude") is None:
        return None
    return exif["latitude"], exif["longitude"]


def _heading(row: Row | None) -> float | None:
    """Degrees clockwise from north: as the device says, else the EXIF."""
    if row and row.get("heading") is not None:
        return float(row["heading"])
    heading = ((row or {}).get("exif") or {}).get("heading")
    return None if heading is None else float(heading)
