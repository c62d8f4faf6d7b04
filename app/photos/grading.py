"""The grade of a stored photo: its rows read as the facts that `evidence` weighs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.foundation.district import local
from app.photos import evidence, marks
from app.photos.documents import PREVIEW, Photo
from app.photos.evidence import Copy, Facts, Grade, Neighbour, Twin
from app.photos.signals import exif_fix, point_of

Row = Mapping[str, Any]


def judge(photo: Photo) -> Grade:
    """How far the photo can be believed, by what is stored of it now."""
    return evidence.grade(facts_of(photo))


def facts_of(photo: Photo) -> Facts:
    """What each source says of the photo."""
    device, exif, site = photo.device or {}, photo.exif or {}, photo.site or {}
    signals: Row = photo.signals or {}
    skew = signals.get("skew_s")
    return Facts(
        device=point_of(device.get("point")),
        device_accuracy_m=(device.get("raw") or {}).get("accuracy_m"),
        exif=exif_fix(exif),
        site=point_of(site.get("point")),
        site_radius_m=float(site.get("radius_m", 0)),
        device_taken_at=photo.device_taken_at,
        exif_taken_at=exif.get("original_at") or exif.get("taken_at"),
        received_at=photo.received_at,
        exif_accuracy_m=exif.get("accuracy_m"),
        gps_at=exif.get("gps_at"),
        arrived_at=photo.arrived_at,
        skew=timedelta(seconds=skew) if skew is not None else None,
        token=signals.get("token", "missing"),
        mock_location=bool(photo.mock_location),
        editor=marks.editor(exif),
        screenshot=marks.screenshot(exif, photo.media_type, photo.width, photo.height),
        preview=photo.role == PREVIEW,
        neighbours=tuple(
            Neighbour(row["metres"], row["seconds"]) for row in signals.get("neighbours", ())
        ),
        twins=tuple(map(_twin, signals.get("twins", ()))),
        copies=tuple(
            Copy(day_of(row["at"]), row["exact"], row["mirrored"]) for row in photo.copies
        ),
    )


def day_of(moment: datetime) -> str:
    """The district day of a moment, as people read it: 2026-03-03."""
    return local(moment).date().isoformat()


def _twin(row: Row) -> Twin:
    exif = row.get("exif")
    return Twin(day_of(row["at"]), point_of(row.get("site")), (exif[0], exif[1]) if exif else None)
