"""The pictures that people look at, made from an original: upright, sRGB, without metadata."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageCms
from PIL.Image import Resampling, Transpose
from PIL.ImageFile import ImageFile

from app.foundation.errors import Invalid, UnsupportedMedia
from app.photos import exif
from app.photos.pictures import Picture, opened

THUMB_SIDE, VIEW_SIDE = 320, 1280
GRID_SIDE = 64  # likeness.GRID, which this file does not import: the child has no need of numpy
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
    """JPEGs with a long side of at most 320 and 1280; `width`, `height` of the upright original.

    `grid` is the picture in GRID_SIDE x GRID_SIDE grey levels, from which its likeness is told.
    """

    thumb: bytes
    view: bytes
    width: int
    height: int
    grid: bytes


@dataclass(frozen=True, slots=True)
class Upright:
    """The original as it is seen, brought down to VIEW_SIDE; `width`, `height` before that."""

    image: Image.Image
    width: int
    height: int


def render(path: Path) -> Renditions:
    """Decode the picture at `path` once and make both renditions; small pictures are not enlarged.

    Raises Invalid("photo.undecodable") for truncated or broken pixels and for what is no picture.
    Size is not judged here: let `check_image` pass first.
    """
    try:
        with opened(path) as picture:
            return render_opened(picture, exif.of(picture).orientation)
    except UnsupportedMedia as error:
        raise Invalid("photo.undecodable") from error


def render_opened(picture: Picture, orientation: int) -> Renditions:
    """As `render`, of an opened picture whose EXIF was read."""
    seen = upright(picture, orientation)
    thumb = _shrunk(seen.image, _fit(seen.image.size, THUMB_SIDE))
    grid = thumb.convert("L").resize((GRID_SIDE, GRID_SIDE), Resampling.LANCZOS)
    return Renditions(jpeg(thumb), jpeg(seen.image), seen.width, seen.height, grid.tobytes())


def upright(picture: Picture, orientation: int) -> Upright:
    """Decode once, in sRGB. Raises Invalid("photo.undecodable") for truncated or broken pixels."""
    width, height = picture.image.size
    image = _shrunk(_decoded(picture.image), _fit((width, height), VIEW_SIDE))
    image = _plain(image, picture.image.info.get("icc_profile"))
    turn = 1 if picture.comes_upright else orientation
    if turn in _UPRIGHT:
        image = image.transpose(_UPRIGHT[turn])
    if turn >= 5:
        width, height = height, width
    return Upright(image, width, height)


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


def jpeg(image: Image.Image) -> bytes:
    """Without metadata; the same pixels give the same bytes."""
    image.info.clear()  # a comment would be carried over
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
