"""What single EXIF values mean, and whether they can be believed. Pure.

A value that is absent is None without a word; one that is there and cannot be used is None and is
complained about.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

WGS84_NAMES = frozenset({"WGS84", "CGCS2000", ""})  # CGCS2000 differs by centimetres
NULL_ISLAND_DEGREES = 1e-4
LONGEST_TEXT = 64
YEARS = range(1990, 2101)  # a clock outside it was never set
HIGHEST_M, LOWEST_M = 20_000.0, -12_000.0
WORST_ACCURACY_M = 20_000_000.0
LARGEST_OFFSET_HOURS = 15

Pair = tuple[Any, Any]
Complaint = Callable[..., None]  # (code, **params): takes what could not be read

_MOMENT = re.compile(r"(\d{4})[:/.-](\d\d)[:/.-](\d\d)[ T](\d\d):(\d\d):(\d\d)", re.ASCII)
_DATE = re.compile(r"(\d{4})[:/.-](\d\d)[:/.-](\d\d)", re.ASCII)
_CREATOR = re.compile(rb"xmp:CreatorTool(?:=[\"']([^\"'<]{1,200})|>([^<]{1,200})<)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)", re.ASCII)


def position(
    latitude: Pair, longitude: Pair, datum: Any, complain: Complaint
) -> tuple[float | None, float | None]:
    """(latitude, longitude) in degrees WGS-84 from (value, reference letter) pairs, or two Nones.

    A missing reference is taken for north or east, which is where China lies, and said so.
    """
    nowhere = (None, None)
    if latitude[0] is None and longitude[0] is None:
        return nowhere
    north, east = _degrees(latitude[0]), _degrees(longitude[0])
    if north is None or east is None:
        complain("photo.exif_position_unreadable")
        return nowhere
    name = text(datum, _silent) or ""
    if re.sub(r"[^A-Z0-9]", "", name.upper()) not in WGS84_NAMES:
        complain("photo.exif_datum_unknown", datum=name)
        return nowhere
    if north < 0 or east < 0 or north > 90 or east > 180:
        complain("photo.exif_position_out_of_range")
        return nowhere
    if north < NULL_ISLAND_DEGREES and east < NULL_ISLAND_DEGREES:
        complain("photo.exif_null_island")
        return nowhere
    return (
        north * _sign(latitude[1], "NS", complain),
        east * _sign(longitude[1], "EW", complain),
    )


def altitude(value: Any, reference: Any, complain: Complaint) -> float | None:
    """Metres above the sea (or the ellipsoid: phones do not tell them apart); negative below."""
    metres = number(value)
    if value is None:
        return None
    below = number(reference) in (1.0, 3.0)
    if metres is None or not LOWEST_M <= (metres := -metres if below else metres) <= HIGHEST_M:
        complain("photo.exif_altitude_unreadable")
        return None
    return metres


def accuracy(value: Any, complain: Complaint) -> float | None:
    """The horizontal error of the fix, in metres."""
    metres = number(value)
    if value is not None and (metres is None or not 0 <= metres <= WORST_ACCURACY_M):
        complain("photo.exif_accuracy_unreadable")
        return None
    return metres


def heading(value: Any, complain: Complaint) -> float | None:
    """Where the camera looked, in [0, 360) degrees clockwise from north."""
    degrees = number(value)
    if value is not None and (degrees is None or not 0 <= degrees <= 360):
        complain("photo.exif_heading_unreadable")
        return None
    return degrees % 360 if degrees is not None else None


def orientation(value: Any, complain: Complaint) -> int:
    """1 to 8; 1, upright, for everything else."""
    found = number(value)
    if found is not None and found in range(1, 9):
        return int(found)
    if value is not None and found != 0:  # 0 is what many programs write for "not said"
        complain("photo.exif_orientation_unreadable")
    return 1


def camera_time(
    moment: Any, fraction: Any, offset: Any, zone: ZoneInfo, complain: Complaint
) -> tuple[datetime | None, bool]:
    """The camera's clock in UTC, and whether `zone` had to be assumed since it named no offset."""
    written = text(moment, _silent) or ""
    if not written.strip(" :0-"):  # the clock was never set; blanks are the standard's "unknown"
        return None, False
    found = _MOMENT.match(written)
    naive = _moment(*map(int, found.groups())) if found else None
    if naive is None:
        complain("photo.exif_time_unreadable")
        return None, False
    known = _offset(offset, complain)
    if known is None:
        complain("photo.exif_zone_assumed", zone=zone.key)
    local = naive.replace(microsecond=_fraction(fraction), tzinfo=known or zone)
    return local.astimezone(UTC), known is None


def gps_time(date: Any, clock: Any, complain: Complaint) -> datetime | None:
    """The moment of the satellite fix, which EXIF keeps in UTC."""
    written = text(date, _silent) or ""
    if clock is None or not written.strip(" :0-"):
        return None  # half a moment, as some phones write, is none
    found = _DATE.match(written)
    day = _moment(*map(int, found.groups())) if found else None
    parts = [number(part) for part in clock] if isinstance(clock, tuple) else []
    if day is None or len(parts) != 3 or any(part is None for part in parts):
        complain("photo.exif_gps_time_unreadable")
        return None
    hours, minutes, seconds = (part or 0.0 for part in parts)
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 61):
        complain("photo.exif_gps_time_unreadable")
        return None
    spent = timedelta(milliseconds=math.floor((hours * 3600 + minutes * 60 + seconds) * 1000))
    return day.replace(tzinfo=UTC) + spent


def text(value: Any, complain: Complaint) -> str | None:
    """A text tag, cut at its first NUL, without control characters, at most 64 characters.

    Pillow decodes as Latin-1; what the bytes are in truth is UTF-8, else GB 18030, as cameras sold
    in China write. A repair is told.
    """
    if value is None:
        return None
    raw = value.encode("latin-1", "replace") if isinstance(value, str) else value
    if not isinstance(raw, bytes):
        complain("photo.exif_text_damaged")
        return None
    whole, _, rest = raw.partition(b"\x00")
    decoded, sure = _decode(whole)
    clean = "".join(letter for letter in decoded if letter.isprintable()).strip()
    if not sure or rest.strip(b"\x00 ") or len(clean) < len(decoded.strip()):
        complain("photo.exif_text_damaged")
    return clean[:LONGEST_TEXT] or None


def says_screenshot(comment: Any) -> bool:
    """Whether a UserComment names the picture a screenshot, as iOS does."""
    raw = comment.encode("latin-1", "replace") if isinstance(comment, str) else comment
    return isinstance(raw, bytes) and b"screenshot" in raw.replace(b"\x00", b"").lower()


def creator_tool(xmp: bytes) -> str | None:
    """The program that an XMP packet (ISO 16684-1) names as the picture's maker."""
    found = _CREATOR.search(xmp)
    return text(found[1] or found[2], _silent) if found else None


def number(value: Any) -> float | None:
    """A finite number: rationals with a zero denominator, NaN and everything else are None."""
    if isinstance(value, bytes):
        value = value[0] if len(value) == 1 else None
    if value is None or isinstance(value, str):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _degrees(value: Any) -> float | None:
    """Degrees from degrees, minutes and seconds, of which the later ones may be left out."""
    parts: Sequence[Any] = value if isinstance(value, tuple) else (value,)
    found = [number(part) for part in parts]
    if not 1 <= len(found) <= 3 or any(part is None for part in found):
        return None
    degrees, minutes, seconds = [part or 0.0 for part in (*found, 0.0, 0.0)][:3]
    if not (0 <= minutes <= 60 and 0 <= seconds <= 60):
        return None
    return round(degrees + minutes / 60 + seconds / 3600, 8)  # a millimetre


def _sign(reference: Any, letters: str, complain: Complaint) -> int:
    """1 for the first of `letters` (N or E), -1 for the second (S or W)."""
    letter = (text(reference, _silent) or " ")[0].upper()
    if letter in letters:
        return 1 if letter == letters[0] else -1
    complain("photo.exif_reference_assumed")
    return 1


def _moment(year: int, *rest: int) -> datetime | None:
    if year not in YEARS:
        return None
    try:
        return datetime(year, *rest)  # type: ignore[arg-type]  # noqa: DTZ001 - the zone follows
    except ValueError:
        return None


def _offset(value: Any, complain: Complaint) -> tzinfo | None:
    written = text(value, _silent) or ""
    if not written.strip(" :"):
        return None
    if written.upper() == "Z":
        return UTC
    found = _OFFSET.fullmatch(written)
    if found:
        sign, hours, minutes = found.groups()
        if int(hours) < LARGEST_OFFSET_HOURS and int(minutes) < 60:
            size = timedelta(hours=int(hours), minutes=int(minutes))
            return timezone(-size if sign == "-" else size)
    complain("photo.exif_offset_unreadable")
    return None


def _fraction(value: Any) -> int:
    """Microseconds, cut to milliseconds, from the digits behind the point."""
    digits = re.match(r"\d*", text(value, _silent) or "", re.ASCII)
    return int((digits[0] if digits else "").ljust(3, "0")[:3]) * 1000


def _decode(raw: bytes) -> tuple[str, bool]:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding), encoding == "utf-8"
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1"), False


def _silent(*_: Any, **__: Any) -> None:
    """For texts whose own complaint follows, or that say no more than a letter."""
