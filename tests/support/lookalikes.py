"""Made pictures that look like what commissioners send: originals, copies of them, and near misses.

A family holds different photos that a hurried eye takes for the same: one place from a few steps aside
and in other weather, one form filled in anew, one screen with other entries, skies, walls. Same seed,
same picture.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter
from PIL.Image import Resampling, Transpose

from tests.support.lookalike_scenes import KINDS

CROP = 0.03  # of the side, off one edge


@dataclass(frozen=True, slots=True)
class Original:
    """One photo of its own. Members of one `family` are different photos that look alike."""

    family: str
    serial: int
    image: Image.Image


def originals(families: int, members: int = 4, first: int = 0) -> Iterator[Original]:
    """`members` photos of each of this many families, the kinds taking turns."""
    kinds = list(KINDS)
    for family in range(first, first + families):
        kind = kinds[family % len(kinds)]
        for serial in range(members):
            image = KINDS[kind](family, serial)
            yield Original(f"{kind}-{family}", serial, _shot(image, family * 1000 + serial))


def thumb(image: Image.Image) -> Image.Image:
    """As the pipeline has it decoded: a long side of 320."""
    scale = 320 / max(image.size)
    size = (round(image.width * scale), round(image.height * scale))
    return image.resize(size, Resampling.LANCZOS, reducing_gap=2.0)


def recompressed(image: Image.Image, quality: int) -> Image.Image:
    """Through a JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out).convert("RGB")


def cropped(image: Image.Image, edges: str, part: float = CROP) -> Image.Image:
    """`part` of the side cut off each edge named: l, t, r, b."""
    wide, high = round(image.width * part), round(image.height * part)
    return image.crop(
        (
            wide if "l" in edges else 0,
            high if "t" in edges else 0,
            image.width - (wide if "r" in edges else 0),
            image.height - (high if "b" in edges else 0),
        )
    )


def brighter(image: Image.Image, factor: float) -> Image.Image:
    """All levels times `factor`, cut off at white."""
    return ImageEnhance.Brightness(image).enhance(factor)


def resized(image: Image.Image, factor: float = 0.6) -> Image.Image:
    """Both sides times `factor`."""
    size = (round(image.width * factor), round(image.height * factor))
    return image.resize(size, Resampling.BICUBIC)


def mirrored(image: Image.Image) -> Image.Image:
    """Left for right."""
    return image.transpose(Transpose.FLIP_LEFT_RIGHT)


VARIANTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "JPEG q50": lambda i: recompressed(i, 50),
    "JPEG q70": lambda i: recompressed(i, 70),
    "JPEG q90": lambda i: recompressed(i, 90),
    "resized to 60 %": resized,
    "cropped 3 % left": lambda i: cropped(i, "l"),
    "cropped 3 % top": lambda i: cropped(i, "t"),
    "cropped 3 % right": lambda i: cropped(i, "r"),
    "cropped 3 % bottom": lambda i: cropped(i, "b"),
    "cropped 3 % all edges": lambda i: cropped(i, "ltrb"),
    "cropped 2 % left, bottom": lambda i: cropped(i, "lb", 0.02),
    "cropped 1.5 % all edges": lambda i: cropped(i, "ltrb", 0.015),
    "brightness +10 %": lambda i: brighter(i, 1.1),
    "brightness -10 %": lambda i: brighter(i, 0.9),
    "mirrored": mirrored,
    "60 %, cropped, q70": lambda i: recompressed(resized(cropped(i, "lb")), 70),
    "cropped, +10 %, q60": lambda i: recompressed(brighter(cropped(i, "tr"), 1.1), 60),
    "mirrored, 60 %, -10 %, q70": lambda i: recompressed(brighter(resized(mirrored(i)), 0.9), 70),
    "mirrored, cropped, q70": lambda i: recompressed(cropped(mirrored(i), "rb"), 70),
}


def _shot(image: Image.Image, seed: int) -> Image.Image:
    """What a phone adds: softness, noise, its own compression."""
    noise = np.random.default_rng(seed).normal(0, 4, (image.height, image.width, 3))
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float64)
    return recompressed(Image.fromarray(np.clip(soft + noise, 0, 255).astype(np.uint8)), 88)
