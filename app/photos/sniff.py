"""What a file is, judged by its first bytes and never by its name, before anything is decoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from app.foundation.errors import Invalid, UnsupportedMedia
from app.photos import heif, stowaways
from app.photos.filebytes import FileBytes

HEAD_BYTES = 64
MAX_PIXELS = 100_000_000
JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"})
_CONTAINER_BRANDS = frozenset({b"mif1", b"msf1"})  # HEIC or AVIF: the brands behind it tell


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """`width` and `height` are of the stored pixels, before the EXIF orientation is applied.

    `behind_bytes` of something else lie behind the picture; `active_notes` says that its EXIF holds text
    that would run in a browser.
    """

    media_type: str
    width: int
    height: int
    behind_bytes: int = 0
    active_notes: bool = False


class _Jpeg(JpegImageFile):
    """A JPEG (an MPO or Ultra HDR file is its first picture) opened without a look at its EXIF.

    Pillow reads the resolution from EXIF while opening, so broken metadata could cost the picture.
    """

    def _read_dpi_from_exif(self) -> None:
        return


# By hand, since `Image.open` would try other formats too and warn about large pictures.
OPENERS: dict[str, Callable[[IO[bytes]], ImageFile]] = {
    JPEG: _Jpeg,
    PNG: PngImageFile,
    WEBP: WebPImageFile,
}

# What people send by mistake, so that they are told what it is.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "photo.is_document"),
    (b"\xd0\xcf\x11\xe0", "photo.is_document"),
    (b"PK\x03\x04", "photo.is_archive"),
    (b"Rar!", "photo.is_archive"),
    (b"7z\xbc\xaf", "photo.is_archive"),
    (b"\x1f\x8b", "photo.is_archive"),
    (b"<", "photo.is_page"),
    (b"\xef\xbb\xbf<", "photo.is_page"),
    (b"\x1aE\xdf\xa3", "photo.is_video"),
)


def media_type(head: bytes) -> str | None:
    """The media type that the first bytes (64 are enough) show, None when it is no picture we know."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        major, others = head[8:12], {head[at : at + 4] for at in range(16, len(head), 4)}
        if major in _HEIC_BRANDS or (major in _CONTAINER_BRANDS and others & _HEIC_BRANDS):
            return HEIC
    return None


def check_image(path: Path, max_pixels: int = MAX_PIXELS) -> ImageFacts:
    """Read the headers of the picture at `path` and look for what does not belong into a picture.

    Pixels are not decoded, and little of the file is in memory at a time. Raises Invalid for an empty file
    or one with more than `max_pixels`, UnsupportedMedia for what is no JPEG, HEIC, PNG or WebP, has a
    broken header, or is something that runs as well. OSError when the file itself cannot be read.
    """
    with path.open("rb") as stream:
        data = FileBytes(stream)
        kind = accepted(data[:HEAD_BYTES])
        width, height = _size(kind, stream)
        _bound(width, height, max_pixels)
        found = stowaways.search(data, kind)
    return ImageFacts(kind, width, height, found.behind_bytes, found.in_notes)


def accepted(head: bytes) -> str:
    """The media type of what begins so. Raises as `check_image` does when it is none that is taken."""
    if not head:
        raise Invalid("photo.empty")
    kind = media_type(head)
    if kind is None:
        raise UnsupportedMedia(_other(head))
    return kind


def open_with(opener: Callable[[IO[bytes]], ImageFile], stream: IO[bytes]) -> ImageFile:
    """The picture in `stream`, headers read, pixels not yet. Raises UnsupportedMedia when they are broken."""
    stream.seek(0)
    try:
        return opener(stream)
    except MemoryError:
        raise
    except Exception as error:  # the libraries raise a dozen kinds for broken headers
        raise UnsupportedMedia("photo.not_a_picture") from error


def _size(kind: str, stream: BinaryIO) -> tuple[int, int]:
    """Of WebP and HEIC by hand: opening one already makes room for its pixels."""
    data = FileBytes(stream)
    if kind == WEBP:
        return _webp_size(data[:HEAD_BYTES])
    if kind == HEIC:
        try:
            return heif.size(data)
        except heif.BrokenBoxError as error:
            raise UnsupportedMedia("photo.not_a_picture") from error
    return open_with(OPENERS[kind], stream).size


def _bound(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        megapixels = round(width * height / 1e6)
        raise Invalid(
            "photo.too_many_pixels", megapixels=megapixels, limit_megapixels=max_pixels // 10**6
        )


def _other(head: bytes) -> str:
    if head[4:8] == b"ftyp" and head[8:12] not in (b"avif", b"avis", b"mif1", b"msf1"):
        return "photo.is_video"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "photo.is_video"
    known = (code for start, code in _OTHERS if head.lstrip().startswith(start))
    return next(known, "photo.not_a_picture")


def _webp_size(head: bytes) -> tuple[int, int]:
    """Width and height from a WebP header, RFC 9649 sections 2.5 to 2.7."""
    chunk, data = head[12:16], head[20:30]
    if len(data) == 10:
        if chunk == b"VP8X":
            return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:], "little")
        if chunk == b"VP8 " and data[3:6] == b"\x9d\x01\x2a":
            width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
            if width and height:
                return width, height
        if chunk == b"VP8L" and data[0] == 0x2F:
            bits = int.from_bytes(data[1:5], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    raise UnsupportedMedia("photo.not_a_picture")
