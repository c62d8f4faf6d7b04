"""EXIF blocks byte by byte, so that tests can write what no library would."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.ExifTags import IFD

ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SRATIONAL, DOUBLE = 2, 3, 4, 5, 7, 10, 12
_SIZES = {1: 1, ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8, UNDEFINED: 1, SRATIONAL: 8, DOUBLE: 8}

Tag = tuple[int, Any]  # (type, value)
Directory = Mapping[int, Tag]


def ascii_(text: str | bytes) -> Tag:
    raw = text.encode() if isinstance(text, str) else text
    return ASCII, raw + b"\x00"


def rationals(*pairs: tuple[int, int]) -> Tag:
    return RATIONAL, pairs


def block(
    main: Directory | None = None,
    camera: Directory | None = None,
    gps: Directory | None = None,
    *,
    big_endian: bool = False,
) -> bytes:
    """A TIFF header with up to three directories, without the `Exif` prefix."""
    order = ">" if big_endian else "<"
    tags = dict(main or {})
    if camera is not None:
        tags[IFD.Exif] = (LONG, 0)
    if gps is not None:
        tags[IFD.GPSInfo] = (LONG, 0)
    first = len(_directory(tags, 8, order)) + 8
    below = b""
    for pointer, directory in ((IFD.Exif, camera), (IFD.GPSInfo, gps)):
        if directory is not None:
            at = first + len(below)
            tags[pointer] = (LONG, at)
            below += _directory(directory, at, order)
    magic = b"MM\x00*" if big_endian else b"II*\x00"
    return magic + struct.pack(order + "L", 8) + _directory(tags, 8, order) + below


def _directory(tags: Directory, at: int, order: str) -> bytes:
    rows, heap = b"", b""
    free = at + 2 + 12 * len(tags) + 4
    for tag, (kind, value) in sorted(tags.items()):
        data = _pack(kind, value, order)
        count = len(data) // _SIZES[kind]
        if len(data) <= 4:
            inline = data.ljust(4, b"\x00")
        else:
            inline = struct.pack(order + "L", free + len(heap))
            heap += data + b"\x00" * (len(data) % 2)
        rows += struct.pack(order + "HHL", tag, kind, count) + inline
    return struct.pack(order + "H", len(tags)) + rows + b"\x00" * 4 + heap


def _pack(kind: int, value: Any, order: str) -> bytes:
    if isinstance(value, bytes):
        return value
    values: Sequence[Any] = value if isinstance(value, (tuple, list)) else (value,)
    if kind in (RATIONAL, SRATIONAL):
        letter = "2L" if kind == RATIONAL else "2l"
        return b"".join(struct.pack(order + letter, *pair) for pair in values)
    letter = {SHORT: "H", LONG: "L", DOUBLE: "d"}[kind]
    return struct.pack(f"{order}{len(values)}{letter}", *values)


def jpeg(path: Path, exif: bytes) -> Path:
    """A tiny JPEG whose APP1 segment holds exactly `exif`."""
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "gray").save(out, "JPEG")
    raw = b"Exif\x00\x00" + exif
    segment = b"\xff\xe1" + struct.pack(">H", len(raw) + 2) + raw
    path.write_bytes(out.getvalue()[:2] + segment + out.getvalue()[2:])
    return path


def png(path: Path, exif: bytes, *, late: bool) -> Path:
    """A tiny PNG with an eXIf chunk before or behind the pixels."""
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "gray").save(out, "PNG")
    whole = out.getvalue()
    at = whole.index(b"IEND" if late else b"IDAT") - 4
    body = b"eXIf" + exif
    chunk = struct.pack(">L", len(exif)) + body + struct.pack(">L", zlib.crc32(body))
    path.write_bytes(whole[:at] + chunk + whole[at:])
    return path
