"""Photos as their schemas dump them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId
from flask import url_for
from itsdangerous import URLSafeTimedSerializer

from app.api import auth, views
from app.api.errors import language
from app.foundation.district import local, pack
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.people.access import Ties, allowed
from app.people.who import Who
from app.photos import evidence, grading, sharing
from app.photos.documents import Photo
from app.photos.hiding import hidden_from
from app.photos.review import reviews
from app.photos.signals import exif_fix

Row = Mapping[str, Any]

RENDITIONS = ("thumb", "view", "share")
FOR_FEW = "few"
"""What a link says that was made for who sees a hidden photo."""


def signer() -> URLSafeTimedSerializer:
    """Signs links to renditions."""
    return URLSafeTimedSerializer(auth.settings().secret_key, salt="rendition")


def receipt(photo: Photo) -> dict[str, Any]:
    """What was taken in, and what its sender should know at once."""
    fields = ("id", "client_id", "state", "sha256", "size", "media_type", "role", "replaced_by")
    return {
        **{name: getattr(photo, name) for name in fields},
        "warnings": views.reasons([*photo.cautions, *_alike(photo)]),
    }


def whole(who: Who, photo: Photo) -> dict[str, Any]:
    """A photo with all that is known of it."""
    facts = grading.facts_of(photo)
    graded = evidence.grade(facts)
    exif = photo.exif or {}
    told = receipt(photo)
    told["warnings"] += views.reasons(exif.get("warnings", []))
    hidden = hidden_from(who, [row["photo"] for row in photo.copies])
    return {
        **told,
        "width": photo.width,
        "height": photo.height,
        "short_code": sharing.spaced(photo.short_code) if photo.short_code else None,
        **_problem(photo.problem),
        "evidence": {"grade": graded.grade, "reasons": views.reasons(graded.reasons)},
        "position": {
            "device": _device(photo),
            "exif": _exif_place(exif),
            "site": photo.site,
            "distance_to_site_m": evidence.distance_to_site_m(facts),
        },
        "taken_at": _times(photo, facts),
        "camera": {name: exif.get(name) for name in ("make", "model", "software")},
        "renditions": {name: _link(photo, name) for name in RENDITIONS},
        "share": _share(photo),
        "copies": [_copy(who, row, hidden) for row in photo.copies],
        "hidden": {**photo.hidden, "by": photo.hidden["by_name"]} if photo.hidden else None,
        "verdict": photo.verdict,
        "reviews": reviews(photo),
    }


def verified(photo: Photo) -> dict[str, Any]:
    """What anybody with a shared picture may know."""
    graded = grading.judge(photo)
    return {
        "short_code": sharing.spaced(photo.short_code or ""),
        "grade": graded.grade,
        "grade_name": say(f"evidence.grade.{graded.grade}", language()),
        "verdict": photo.verdict,
        "day": local(photo.shot_at or photo.received_at).date(),
        "district": pack().name,
    }


def _alike(photo: Photo) -> list[Reason]:
    """The first earlier photo with the same file, and the first with the same look."""
    found = []
    for exact, code in ((True, "photo.same_file"), (False, "photo.looks_like")):
        days = [grading.day_of(row["at"]) for row in photo.copies if row["exact"] is exact]
        if days:
            found.append(Reason(code, {"day": days[0]}))
    return found


def _problem(code: str | None) -> dict[str, str | None]:
    return {"problem": code, "problem_text": say(code, language()) if code else None}


def _share(photo: Photo) -> dict[str, Any]:
    made = photo.share or {"state": "none", "problem": None}
    shown = {"state": made["state"], "audience": made.get("audience")}
    return {**shown, **_problem(made["problem"])}


def _device(photo: Photo) -> dict[str, Any] | None:
    if photo.device is None:
        return None
    return {**photo.device, "heading": photo.heading, "mock_location": photo.mock_location}


def _exif_place(exif: Row) -> dict[str, Any] | None:
    if exif_fix(exif) is None:
        return None
    names = ("latitude", "longitude", "altitude_m", "accuracy_m", "heading")
    return {name: exif.get(name) for name in names}


def _times(photo: Photo, facts: evidence.Facts) -> dict[str, datetime | None]:
    device = photo.device_taken_at
    return {
        "device": device,
        "device_corrected": device - facts.skew if device and facts.skew is not None else None,
        "exif": facts.exif_taken_at,
        "exif_gps": facts.gps_at,
        "arrived": photo.arrived_at,
        "received": photo.received_at,
    }


def _copy(who: Who, row: Row, hidden: Collection[ObjectId]) -> dict[str, Any]:
    """Whose it is, only those may learn who may see all photos."""
    seen = allowed(who, "photo.see", Ties()) and row["photo"] not in hidden
    return {
        "photo_id": row["photo"] if seen else None,
        "day": grading.day_of(row["at"]),
        "exact": row["exact"],
        "mirrored": row["mirrored"],
    }


def _link(photo: Photo, name: str) -> str | None:
    row = {"_id": photo.id, "renditions": photo.renditions, "hidden": photo.hidden}
    return link_of_row(row, name)


def link_of_row(row: Row, name: str) -> str | None:
    """A link, good for some time, to a rendition of a stored photo; None while there is none.

    It leads to this file alone: not to another that is called so later.
    """
    if name not in row["renditions"]:
        return None
    key = str(row["_id"])
    token = signer().dumps([key, row["renditions"][name], FOR_FEW if row.get("hidden") else ""])
    return url_for("photos.Rendition", key=key, name=name, token=token)
