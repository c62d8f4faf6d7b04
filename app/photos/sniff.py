"""What a file is, judged by its first bytes and never by its name, before anything is decoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from app.foundation.errors import Invalid, UnsupportedMedia

HEAD_BYTES = 64
MAX_PIXELS = 100_000_000
JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"})
_CONTAINER_BRANDS = frozenset({b"mif1", b"msf1"})  # HEIC or AVIF: the brands behind it tell


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """`width` and `height` are of the stored pixels, before the EXIF orientation is applied."""

    media_type: str
    width: int
    height: int


class _Jpeg(JpegImageFile):
    """A JPEG (an MPO or Ultra HDR file is its first picture) opened without a look at its EXIF.

    Pillow reads the resolution from EXIF while opening, so broken metadata could cost the picture.
    """

    def _read_dpi_from_exif(self) -> None:
        return


# By hand, since `Image.open` would try other formats too and warn about large pictures.
_OPENERS: dict[str, Callable[[IO[bytes]], ImageFile]] = {
    JPEG: _Jpeg,
    PNG: PngImageFile,
    WEBP: WebPImageFile,
}


def media_type(head: bytes) -> str | None:
    """The media type that the first bytes (64 are enough) show, None when it is no picture we know.

    HEIC is told too, though nothing here can open it.
    """
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
    """Read the headers of the picture at `path`; its pixels are not decoded.

    Raises Invalid for an empty file or one with more than `max_pixels`, UnsupportedMedia for what
    is no JPEG, PNG or WebP or has a broken header. OSError when the file itself cannot be read.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        kind = _accepted(head)
        if kind == WEBP:  # opening one with Pillow already makes room for its pixels
            width, height = _webp_size(head)
        else:
            width, height = open_picture(stream).size
    if width * height > max_pixels:
        megapixels = round(width * height / 1e6)
        raise Invalid(
            "photo.too_many_pixels", megapixels=megapixels, limit_megapixels=max_pixels // 10**6
        )
    return ImageFacts(kind, width, height)


def open_picture(stream: IO[bytes]) -> ImageFile:
    """The picture in `stream`, headers read, pixels not yet; only JPEG, PNG and WebP are opened.

    The caller keeps `stream` open until the pixels are loaded. Raises as `check_image` does, except
    that size is not judged.
    """
    stream.seek(0)
    kind = _accepted(stream.read(HEAD_BYTES))
    stream.seek(0)
    try:
        return _OPENERS[kind](stream)
    except MemoryError:
        raise
    except Exception as error:  # Pillow raises a dozen kinds for broken headers
        raise UnsupportedMedia("photo.not_a_picture") from error


def _accepted(head: bytes) -> str:
    if not head:
        raise Invalid("photo.empty")
    kind = media_type(head)
    if kind == HEIC:
        raise UnsupportedMedia("photo.heic_not_yet")
    if kind is None:
        raise UnsupportedMedia("photo.not_a_picture")
    return kind


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
