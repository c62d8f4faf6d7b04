"""What a photo's EXIF says: where, when, with what. Broken metadata is told, never raised.

Tags as in CIPA DC-008 (Exif 3.0). Positions are taken as WGS-84, which is what phones write.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from app.foundation.errors import DomainError
from app.foundation.reasons import Reason
from app.photos import exif_values as values
from app.photos.exif_values import Complaint
from app.photos.pictures import Picture, opened

DISTRICT_ZONE = ZoneInfo("Asia/Shanghai")
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
LONGEST_BLOCK = 1 << 20
MOST_SHORT_READS = 64
PREFIX = b"Exif\x00\x00"


@dataclass(frozen=True, slots=True)
class Exif:
    """Degrees WGS-84; `heading` in degrees clockwise from north; times UTC, cut to milliseconds.

    `original_at` is the camera's clock, `gps_at` the last satellite fix, which may be older than
    the shot; `taken_at` is the first of them that is there, `taken_at_source` names it ("original",
    "gps"). With `zone_assumed` the camera named no offset and its clock was read as district time.
    `orientation` is 1 where the file says nothing usable. `software` is what wrote the file last;
    `screenshot` says that the phone itself calls it one. `warnings` tell what could not be read.
    """

    latitude: float | None = None
    longitude: float | None = None
    altitude_m: float | None = None
    accuracy_m: float | None = None
    heading: float | None = None
    taken_at: datetime | None = None
    taken_at_source: str | None = None
    zone_assumed: bool = False
    original_at: datetime | None = None
    gps_at: datetime | None = None
    make: str | None = None
    model: str | None = None
    software: str | None = None
    screenshot: bool = False
    orientation: int = 1
    warnings: tuple[Reason, ...] = ()


class _Padded(io.BytesIO):
    """Zeros behind the end: at a short read Pillow would give up the tags that follow.

    Not without end: a directory may claim 65,535 tags.
    """

    short = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if size is not None and len(data) < size and self.short < MOST_SHORT_READS:
            self.short += 1
            data = data.ljust(size, b"\x00")
        return data


class _Tags:
    """One directory; a tag that cannot be unpacked is complained about and counts as absent."""

    def __init__(self, directory: ImageFileDirectory_v2 | None, complain: Complaint) -> None:
        self._directory = directory
        self._complain = complain

    def __getitem__(self, tag: int) -> Any:
        if self._directory is None or tag not in self._directory:
            return None
        try:
            value = self._directory[tag]
        except Exception:  # whatever the unpacking of garbage may raise
            self._complain("photo.exif_damaged")
            return None
        return value[0] if isinstance(value, tuple) and len(value) == 1 else value


@dataclass(frozen=True, slots=True)
class _Block:
    """The three directories that matter: the picture's, the camera's and the position's."""

    main: _Tags
    camera: _Tags
    gps: _Tags


def read(path: Path, zone: ZoneInfo = DISTRICT_ZONE) -> Exif:
    """Read the EXIF of the picture at `path`; pixels are not decoded.

    A picture without EXIF gives an `Exif` of Nones. Never raises for what the file holds, only
    OSError when it cannot be read. Meant for the decoding child: it changes the process's warning
    filters while it reads, which other threads would see.
    """
    try:
        with opened(path) as picture:
            return of(picture, zone)
    except DomainError:
        return Exif(warnings=(Reason("photo.exif_damaged"),))


def of(picture: Picture, zone: ZoneInfo = DISTRICT_ZONE) -> Exif:
    """The EXIF of an opened picture; as `read`."""
    facts = parse(_raw(picture), zone)
    if facts.software is None and (tool := values.creator_tool(_xmp(picture))):
        return replace(facts, software=tool)
    return facts


def parse(data: bytes, zone: ZoneInfo = DISTRICT_ZONE) -> Exif:
    """Read a raw EXIF block (a TIFF header and its directories); empty when there is none."""
    told: dict[str, Reason] = {}

    def complain(code: str, **params: Any) -> None:
        told.setdefault(code, Reason(code, params))

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        facts = _facts(_block(data, complain), zone, complain)
    if caught:  # Pillow warns of the tags it skips
        complain("photo.exif_damaged")
    return Exif(**facts, warnings=tuple(told.values()))


def _facts(block: _Block, zone: ZoneInfo, complain: Complaint) -> Mapping[str, Any]:
    gps, camera = block.gps, block.camera
    latitude, longitude = values.position(
        (gps[GPS.GPSLatitude], gps[GPS.GPSLatitudeRef]),
        (gps[GPS.GPSLongitude], gps[GPS.GPSLongitudeRef]),
        gps[GPS.GPSMapDatum],
        complain,
    )
    offset = camera[Base.OffsetTimeOriginal] or camera[Base.OffsetTime]
    original, assumed = values.camera_time(
        camera[Base.DateTimeOriginal], camera[Base.SubsecTimeOriginal], offset, zone, complain
    )
    satellite = values.gps_time(gps[GPS.GPSDateStamp], gps[GPS.GPSTimeStamp], complain)
    source = "original" if original else "gps" if satellite else None
    return {
        "latitude": latitude,
        "longitude": longitude,
        "altitude_m": values.altitude(gps[GPS.GPSAltitude], gps[GPS.GPSAltitudeRef], complain),
        "accuracy_m": values.accuracy(gps[GPS.GPSHPositioningError], complain),
        "heading": values.heading(gps[GPS.GPSImgDirection], complain),
        "taken_at": original or satellite,
        "taken_at_source": source,
        "zone_assumed": assumed,
        "original_at": original,
        "gps_at": satellite,
        "make": values.text(block.main[Base.Make], complain),
        "model": values.text(block.main[Base.Model], complain),
        "software": values.text(block.main[Base.Software], complain)
        or values.text(block.main[Base.ProcessingSoftware], complain),
        "screenshot": values.says_screenshot(camera[Base.UserComment]),
        "orientation": values.orientation(block.main[Base.Orientation], complain),
    }


def _block(data: bytes, complain: Complaint) -> _Block:
    """Open the directories of a raw block; one that is missing or broken is empty."""
    while data.startswith(PREFIX):  # some writers put it twice
        data = data.removeprefix(PREFIX)
    main = _Tags(_directory(data, None, None, complain) if data else None, complain)

    def below(pointer: int) -> _Tags:
        at = main[pointer]
        return _Tags(_directory(data, at, pointer, complain) if at is not None else None, complain)

    return _Block(main, below(IFD.Exif), below(IFD.GPSInfo))


def _directory(
    data: bytes, at: Any, group: int | None, complain: Complaint
) -> ImageFileDirectory_v2 | None:
    """The directory at offset `at`, or the first one, which the header points to."""
    try:
        directory = ImageFileDirectory_v2(data[:8], group=group)
        stream = _Padded(data)
        stream.seek(directory.next if at is None else at)
        directory.load(stream)
        if stream.short:
            complain("photo.exif_damaged")
    except Exception:  # whatever the reading of garbage may raise
        complain("photo.exif_damaged")
        return None
    return directory


def _raw(picture: Picture) -> bytes:
    """The EXIF block as the file has it; empty when there is none."""
    data = picture.image.info.get("exif")
    if data is None and isinstance(picture.image, PngImageFile):
        data = _behind_the_pixels(picture.stream)
    return data if isinstance(data, bytes) else b""


def _xmp(picture: Picture) -> bytes:
    """The XMP packet, where Pillow finds one."""
    info = picture.image.info
    data = info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
    return data.encode("utf-8", "replace") if isinstance(data, str) else bytes(data)


def _behind_the_pixels(stream: IO[bytes]) -> bytes:
    """A PNG's eXIf chunk that follows the pixels, where Pillow finds it only by decoding them."""
    here = stream.tell()
    try:
        stream.seek(len(PNG_MAGIC))
        while len(head := stream.read(8)) == 8:
            size, name = struct.unpack(">I4s", head)
            if name == b"eXIf":
                return stream.read(min(size, LONGEST_BLOCK))
            stream.seek(size + 4, io.SEEK_CUR)
        return b""
    finally:
        stream.seek(here)
