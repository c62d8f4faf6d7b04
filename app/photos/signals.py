"""Facts about a photo that only the database knows, gathered once when it is processed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from app.foundation.geo import distance_m
from app.photos import capture
from app.photos.documents import Photo
from app.photos.evidence import Fix, Token

TOKEN_TOLERANCE = timedelta(minutes=10)
MOST_TWINS = 5
_LOOKED_AT = 20

Row = Mapping[str, Any]


def gather(photo: Photo, exif: Row, secret: str) -> dict[str, Any]:
    """What the fields `signals`, `shot_at` and `spot` are to hold. `exif` as it will be stored."""
    skew = _skew(photo, secret)
    shot_at = _shot_at(photo, exif, skew)
    fix = fix_of(photo.device, exif)
    spot = spot_of(photo.device)
    token, issued_at = _token(photo, shot_at, secret)
    return {
        "shot_at": shot_at,
        "spot": spot,
        "signals": {
            "token": token,
            "token_issued_at": issued_at,
            "skew_s": skew.total_seconds() if skew is not None else None,
            "neighbours": list(_neighbours(photo, fix, shot_at)),
            "twins": list(_twins(photo, spot)),
        },
    }


def fix_of(device: Row | None, exif: Row | None) -> Fix | None:
    """Where it was taken by the phone, else by the file: WGS-84 (latitude, longitude)."""
    return point_of((device or {}).get("point")) or exif_fix(exif)


def point_of(point: Row | None) -> Fix | None:
    """A GeoJSON point as (latitude, longitude)."""
    if not point:
        return None
    longitude, latitude = point["coordinates"]
    return latitude, longitude


def exif_fix(exif: Row | None) -> Fix | None:
    """Where the file says it was taken."""
    if not exif or exif.get("latitude") is None:
        return None
    return exif["latitude"], exif["longitude"]


def spot_of(device: Row | None) -> str | None:
    """The phone's fix to seven digits, a centimetre: two true fixes hardly ever share it."""
    fix = point_of((device or {}).get("point"))
    return f"{fix[0]:.7f},{fix[1]:.7f}" if fix else None


def _token(photo: Photo, shot_at: datetime | None, secret: str) -> tuple[Token, datetime | None]:
    if photo.capture_token is None:
        return "missing", None
    read = capture.read_token(photo.capture_token, secret)
    if read is None:
        return "invalid", None
    person, issued_at = read
    if person != photo.owner:
        return "foreign", issued_at
    when = shot_at or photo.received_at
    if when < issued_at - TOKEN_TOLERANCE:
        return "later", issued_at
    return ("stale" if when > issued_at + capture.LASTS else "valid"), issued_at


def _skew(photo: Photo, secret: str) -> timedelta | None:
    """How far the phone's clock ran ahead of ours when it got its token; else what is known of the device."""
    read = capture.read_token(photo.capture_token, secret) if photo.capture_token else None
    if read and read[0] == photo.owner and photo.token_received_at:
        return photo.token_received_at - read[1]
    if photo.device_id is None:
        return None
    known = {"owner": photo.owner, "device_id": photo.device_id, "signals.skew_s": {"$ne": None}}
    last = Photo.rows().find_one(known, {"signals.skew_s": 1}, sort=[("received_at", -1)])
    return timedelta(seconds=last["signals"]["skew_s"]) if last else None


def _shot_at(photo: Photo, exif: Row, skew: timedelta | None) -> datetime | None:
    told = photo.device_taken_at or exif.get("taken_at")
    return told - (skew or timedelta()) if told else None


def _neighbours(
    photo: Photo, fix: Fix | None, shot_at: datetime | None
) -> Iterator[dict[str, Any]]:
    """The same person's photos just before and just after: how far, how long."""
    if fix is None or shot_at is None:
        return
    for before, order in (("$lte", -1), ("$gt", 1)):
        query = {"owner": photo.owner, "_id": {"$ne": photo.id}, "shot_at": {before: shot_at}}
        fields = {"device": 1, "exif.latitude": 1, "exif.longitude": 1, "shot_at": 1}
        other = Photo.rows().find_one(query, fields, sort=[("shot_at", order)])
        where = fix_of(other.get("device"), other.get("exif")) if other else None
        if other is None or where is None:
            continue
        accuracies = sum(map(_accuracy, (photo.device, other.get("device"))))
        yield {
            "photo": other["_id"],
            "metres": max(0.0, distance_m(fix, where) - accuracies),
            "seconds": abs((shot_at - other["shot_at"]).total_seconds()),
        }


def _accuracy(device: Row | None) -> float:
    return ((device or {}).get("raw") or {}).get("accuracy_m") or 0.0


def _twins(photo: Photo, spot: str | None) -> Iterator[dict[str, Any]]:
    """Photos with the very same coordinates, by anybody, the newest first."""
    if spot is None:
        return
    fields = {"site": 1, "exif": 1, "device_taken_at": 1, "received_at": 1}
    query = {"spot": spot, "_id": {"$ne": photo.id}}
    others = Photo.rows().find(query, fields).sort("received_at", -1).limit(_LOOKED_AT)
    placed = (row for row in others if row.get("site") or exif_fix(row.get("exif")))
    for row in islice(placed, MOST_TWINS):
        yield {
            "photo": row["_id"],
            "at": row.get("device_taken_at") or row["received_at"],
            "site": (row.get("site") or {}).get("point"),
            "exif": exif_fix(row.get("exif")),
        }
