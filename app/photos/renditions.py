"""The pictures that people look at, made from an original: upright, sRGB, without metadata."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL import Image, ImageCms
from PIL.Image import Resampling, Transpose
from PIL.ImageFile import ImageFile

from app.foundation.errors import Invalid, UnsupportedMedia
from app.photos.exif import orientation
from app.photos.sniff import open_picture

THUMB_SIDE, VIEW_SIDE = 320, 1280
QUALITY = 80

Size = tuple[int, int]

# What makes the stored pixels upright, by EXIF orientation (CIPA DC-008, tag 0x0112).
_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@dataclass(frozen=True, slots=True)
class Renditions:
    """JPEGs with a long side of at most 320 and 1280; `width`, `height` of the upright original."""

    thumb: bytes
    view: bytes
    width: int
    height: int


def render(path: Path) -> Renditions:
    """Decode the picture at `path` once and make both renditions; small pictures are not enlarged.

    Raises Invalid("photo.undecodable") for truncated or broken pixels and for what is no picture.
    Size is not judged here: let `check_image` pass first.
    """
    with path.open("rb") as stream:
        picture = _opened(stream)
        turn = orientation(picture, stream)
        width, height = picture.size
        view = _shrunk(_decoded(picture), _fit((width, height), VIEW_SIDE))
    view = _plain(view, picture.info.get("icc_profile"))
    if turn in _UPRIGHT:
        view = view.transpose(_UPRIGHT[turn])
    if turn >= 5:
        width, height = height, width
    thumb = _shrunk(view, _fit(view.size, THUMB_SIDE))
    return Renditions(_jpeg(thumb), _jpeg(view), width, height)


def _opened(stream: IO[bytes]) -> ImageFile:
    try:
        return open_picture(stream)
    except UnsupportedMedia as error:
        raise Invalid("photo.undecodable") from error


def _decoded(picture: ImageFile) -> Image.Image:
    """The pixels, of a JPEG no more than the view needs: it is scaled while decoding."""
    try:
        picture.draft(None, _fit(picture.size, VIEW_SIDE))
        picture.load()
    except MemoryError:
        raise
    except Exception as error:  # Pillow raises a dozen kinds for broken pixels
        raise Invalid("photo.undecodable") from error
    return _continuous(picture)


def _continuous(image: Image.Image) -> Image.Image:
    """In a mode that can be scaled smoothly."""
    if image.mode.startswith("I;16"):
        image = image.convert("I")
    if image.mode == "I":  # 16 bits of grey; a plain conversion would clip at 255
        return image.point(lambda level: level / 256).convert("L")
    if "transparency" in image.info or image.mode in ("LA", "PA", "La", "RGBa"):
        return image.convert("RGBA")
    if image.mode in ("L", "RGB", "RGBA", "CMYK"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _plain(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB in sRGB, on white where it is see-through."""
    if image.mode == "RGBA":
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    if profile:
        image = _in_srgb(image, profile)
    return image if image.mode == "RGB" else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours moved from the file's own profile; one that is broken or unfit changes nothing."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(own):
            return image
        return ImageCms.profileToProfile(image, own, _SRGB, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image


def _fit(size: Size, side: int) -> Size:
    """`size` brought down to a long side of `side`, never up, never below one pixel."""
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _shrunk(image: Image.Image, size: Size) -> Image.Image:
    if image.size == size:
        return image
    return image.resize(size, Resampling.LANCZOS, reducing_gap=2.0)


def _jpeg(image: Image.Image) -> bytes:
    image.info.clear()  # a comment would be carried over
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
