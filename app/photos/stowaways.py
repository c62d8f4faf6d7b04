"""What travels in a picture's file and is no picture: behind its end, or hidden inside.

Phones append much that is harmless (a second picture, a short film, the maker's notes); an archive, a page
or a program there makes the file two things at once, and one of them runs.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.foundation.errors import UnsupportedMedia
from app.photos import heif
from app.photos.filebytes import FileBytes

JPEG_START, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
EXIF_MARK = b"Exif\x00\x00"
MOST_PICTURES, MOST_SEGMENTS, MOST_CHUNKS = 16, 2000, 200_000
PDF_HEAD_BYTES = 1024  # where readers look for it
ZIP_END, ZIP_ENTRY = b"PK\x05\x06", b"PK\x01\x02"
ZIP_TAIL_BYTES = 22 + 65_535
BEGINNING_BYTES = 1024
NOTEWORTHY_BYTES = 64 * 1024
"""Less than this behind a picture is nothing to tell people of."""

# Looked for in the whole file, so long enough that compressed pixels do not hold one by chance.
_ACTIVE = re.compile(
    rb"(?i)<script[\s>/]|<!doctype\s{1,8}html|<iframe[\s>]|<\?php\s|<html[\s>]|<svg\s{1,8}\w{2}|<body[\s>]"
)
_BEGINNING = re.compile(rb"(?i)<(script|html|head|body|svg|iframe|\?php|!doctype|!--)|%pdf-\d|#!/")
_ARCHIVES_AND_PROGRAMS = (
    b"PK\x03\x04",
    ZIP_END,
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b\x08",
    b"\x7fELF",
    b"MZ\x90\x00",
    b"GIF8",
    b"\xca\xfe\xba\xbe",
    b"\xd0\xcf\x11\xe0",
)
_BLANK = b"\x00\xff \t\r\n"

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the pictures end, and where text notes (EXIF) lie that only programs like ours read."""

    end: int
    notes: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """`behind_bytes` lie behind the last picture; with `in_notes` the EXIF holds something that could run."""

    behind_bytes: int
    in_notes: bool


def search(data: FileBytes, media_type: str) -> Found:
    """Look through a whole file.

    Raises UnsupportedMedia("photo.active_content") when it is a page, an archive, a document or a program
    as well. What lies in the EXIF alone is only told: it stays with the original, and our own words for
    it are shown as text.
    """
    layout = _LAYOUTS[media_type](data)
    beginning = data[layout.end : layout.end + 65_536].lstrip(_BLANK)[:BEGINNING_BYTES]
    hits = [*data.matches(_ACTIVE), *_document(data), *_archive(data)]
    inside = [hit for hit in hits if any(start <= hit < end for start, end in layout.notes)]
    if len(inside) < len(hits) or _runs(beginning):
        raise UnsupportedMedia("photo.active_content")
    return Found(len(data) - layout.end if beginning else 0, bool(inside))


def _runs(beginning: bytes) -> bool:
    return beginning.startswith(_ARCHIVES_AND_PROGRAMS) or bool(_BEGINNING.search(beginning))


def _document(data: FileBytes) -> Iterator[int]:
    at = data[:PDF_HEAD_BYTES].find(b"%PDF-")
    if at >= 0:
        yield at


def _archive(data: FileBytes) -> Iterator[int]:
    """Where an unpacker, which reads from the end, would find a ZIP (a JAR, an office document)."""
    tail = max(0, len(data) - ZIP_TAIL_BYTES)
    at = data[tail : len(data)].rfind(ZIP_END)
    if at >= 0 and data.find(ZIP_ENTRY) >= 0:
        yield tail + at


def _jpeg(data: FileBytes) -> Layout:
    """Through all pictures that follow one another (MPO, Ultra HDR)."""
    notes: list[Range] = []
    end = _one_jpeg(data, 0, notes)
    for _ in range(MOST_PICTURES):
        ahead = data[end : end + 65_536]
        start = ahead.find(JPEG_START)
        if start < 0 or ahead[:start].strip(_BLANK):
            break
        end = _one_jpeg(data, end + start, notes)
    return Layout(end, tuple(notes))


def _one_jpeg(data: FileBytes, start: int, notes: list[Range]) -> int:
    """Where the picture at `start` ends; the end of the file for one that was cut short."""
    at = start + 2
    for _ in range(MOST_SEGMENTS):
        head = data[at : at + 10]
        if len(head) < 4 or head[0] != 0xFF:
            break
        if head[1] == 0xD9:
            return at + 2
        if head[1] == 0xFF:  # a fill byte
            at += 1
            continue
        end = at + 2 + int.from_bytes(head[2:4], "big")
        if head[1] == 0xE1 and head[4:10] == EXIF_MARK:
            notes.append((at, end))
        at = end
        if head[1] == 0xDA:  # pixels follow; in them FF D9 can only be the end
            break
    found = data.find(JPEG_END, at)
    return found + 2 if found >= 0 else len(data)


def _png(data: FileBytes) -> Layout:
    notes: list[Range] = []
    at = 8
    for _ in range(MOST_CHUNKS):
        head = data[at : at + 8]
        if len(head) < 8:
            break
        size, kind = struct.unpack(">I4s", head)
        if kind == b"eXIf":
            notes.append((at, at + 12 + size))
        at += 12 + size
        if kind == b"IEND":
            return Layout(min(at, len(data)), tuple(notes))
    return Layout(len(data), tuple(notes))


def _webp(data: FileBytes) -> Layout:
    notes: list[Range] = []
    size = int.from_bytes(data[4:8], "little")
    end = min(8 + size + size % 2, len(data))
    at = 12
    for _ in range(MOST_SEGMENTS):
        if at + 8 > end:
            break
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if kind == b"EXIF":
            notes.append((at, at + 8 + size))
        at += 8 + size + size % 2
    return Layout(end, tuple(notes))


def _heic(data: FileBytes) -> Layout:
    """EXIF lies somewhere in `mdat`, among the pixels."""
    notes: list[Range] = []
    end = 0
    try:
        for box in heif.boxes(data):
            end = box.end
            if box.kind == b"mdat":
                notes.append((box.start, box.end))
    except heif.BrokenBoxError as error:
        if error.kind == b"mdat":  # cut short
            return Layout(len(data), (*notes, (end, len(data))))
    return Layout(end, tuple(notes))


_LAYOUTS: dict[str, Callable[[FileBytes], Layout]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/heic": _heic,
}
