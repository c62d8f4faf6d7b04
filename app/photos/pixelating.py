"""Hiding parts of a picture for good. Pure; no library but Pillow.

A blur alone can be undone well enough to read a plate. Here each part is first averaged into a few cells,
which throws the rest away, and then smoothed; nothing of the pixels before stays in the file.
"""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image, ImageFilter
from PIL.Image import Resampling

from app.photos.boxes import PLATE, Box

CELLS = 4
"""Along the longer side of a part; a face keeps 16 averages at most, a plate four."""
LEAST_CELL = 8
"""Pixels: of a part where cells would be smaller fewer are kept."""
MARGIN = 0.2
"""Of each side: hair, chin and frame belong to what is recognised."""


def hidden(picture: Image.Image, boxes: Iterable[Box]) -> Image.Image:
    """A copy of the picture in RGB with these parts hidden; sizes stay."""
    made = picture.convert("RGB").copy()
    for box in boxes:
        edges = _grown(box, made.size)
        made.paste(_averaged(made.crop(edges), box.kind), edges[:2])
    return made


def _grown(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    more_x, more_y = round(box.width * MARGIN), round(box.height * MARGIN)
    left, top, right, bottom = box.edges
    return (
        max(0, left - more_x),
        max(0, top - more_y),
        min(size[0], right + more_x),
        min(size[1], bottom + more_y),
    )


def _averaged(part: Image.Image, kind: str) -> Image.Image:
    longer = max(part.size)
    most = max(1, min(CELLS, longer // LEAST_CELL))
    width, height = (max(1, round(most * side / longer)) for side in part.size)
    cells = (width, 1) if kind == PLATE else (width, height)
    few = part.resize(cells, Resampling.BOX)
    blocks = few.resize(part.size, Resampling.NEAREST)
    return blocks.filter(ImageFilter.GaussianBlur(longer / most / 3))
