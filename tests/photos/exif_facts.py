"""A place and a moment as EXIF has them, and what a reading complained about."""

from __future__ import annotations

from datetime import UTC, datetime

from PIL.ExifTags import GPS, Base

from app.foundation.messages import catalogue, say
from app.photos.exif import Exif
from tests.photos.tiff import Tag, ascii_, rationals

NORTH = rationals((32, 1), (30, 1), (36, 1))  # 32.51
EAST = rationals((120, 1), (9, 1), (0, 1))  # 120.15
HERE: dict[int, Tag] = {
    GPS.GPSLatitudeRef: ascii_("N"),
    GPS.GPSLatitude: NORTH,
    GPS.GPSLongitudeRef: ascii_("E"),
    GPS.GPSLongitude: EAST,
}
WHEN: dict[int, Tag] = {
    Base.DateTimeOriginal: ascii_("2026:03:04 10:11:12"),
    Base.OffsetTimeOriginal: ascii_("+08:00"),
}
SHOT = datetime(2026, 3, 4, 2, 11, 12, tzinfo=UTC)


def told(facts: Exif) -> list[str]:
    """The codes of the warnings, each of which has its text in both languages."""
    for reason in facts.warnings:
        for language in ("zh", "en"):
            assert reason.code in catalogue(language)
            params = {name: str(value).replace("{", "") for name, value in reason.params.items()}
            assert "{" not in say(reason.code, language, **params)
    return [reason.code.removeprefix("photo.exif_") for reason in facts.warnings]
