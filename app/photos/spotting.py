"""Finds faces and licence plates: `python -m app.photos.spotting PICTURE` prints them as JSON.

A program of its own, so that OpenCV is in no worker and no API process. It reads one file, and uses no
network and no model but those in the wheel of OpenCV (4.x): Haar cascades for faces from the front and from
the side and for plates, and a rule for what plates look like (a field of their colour, as long as they are,
with characters on it). All of them miss: small, turned, covered or dark faces, slanted and far plates; and
they find what is none. A person looks at each picture before it leaves staff.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from app.photos.boxes import FACE, MACHINE, PLATE, Box, merged

DETECTOR = f"opencv-{cv2.__version__}-haar-1"
DATA = Path(cv2.__file__).parent / "data"
LEAST = 22
"""Pixels of the smallest face that is looked for."""
CASCADES = (
    ("haarcascade_frontalface_default.xml", FACE, 5, (LEAST, LEAST), False),
    ("haarcascade_frontalface_alt2.xml", FACE, 3, (LEAST, LEAST), False),
    ("haarcascade_profileface.xml", FACE, 4, (LEAST, LEAST), True),
    ("haarcascade_russian_plate_number.xml", PLATE, 4, (45, 15), False),
)
"""File, what it finds, neighbours that must agree, least size, whether it looks to one side only."""
COLOURS = {
    "blue": ((98, 90, 45), (128, 255, 255)),
    "yellow": ((16, 100, 90), (34, 255, 255)),
    "green": ((45, 45, 80), (88, 255, 255)),
}
"""Of plates in China (GA 36): HSV as OpenCV has it, lowest and highest."""
LONGEST, SHORTEST = 5.2, 2.0
"""Width to height: 440 mm x 140, 480 x 140 of new energy, 440 x 220 of two rows, all seen slanted too."""


def spot(path: Path) -> dict[str, Any]:
    """What is found in the picture: {detector, width, height, boxes}. Raises ValueError for no picture."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("not a picture")
    grey = cv2.equalizeHist(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    found = merged([*_cascaded(grey), *_coloured(picture)])
    height, width = grey.shape
    boxes = [each.stored() for each in found]
    return {"detector": DETECTOR, "width": width, "height": height, "boxes": boxes}


def _cascaded(grey: Any) -> Iterator[Box]:
    for name, kind, neighbours, least, one_sided in CASCADES:
        cascade = cv2.CascadeClassifier(str(DATA / name))
        seen = [(grey, False), (cv2.flip(grey, 1), True)] if one_sided else [(grey, False)]
        for picture, mirrored in seen:
            for x, y, w, h in cascade.detectMultiScale(picture, 1.1, neighbours, minSize=least):
                left = picture.shape[1] - int(x) - int(w) if mirrored else int(x)
                yield _box(left, y, w, h, kind)


def _coloured(picture: Any) -> Iterator[Box]:
    """Fields of a plate's colour and shape that have characters on them."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    joined = cv2.getStructuringElement(cv2.MORPH_RECT, (9, 5))
    for lowest, highest in COLOURS.values():
        field = cv2.inRange(hsv, np.array(lowest), np.array(highest))
        field = cv2.morphologyEx(field, cv2.MORPH_CLOSE, joined)
        outlines, _ = cv2.findContours(field, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for outline in outlines:
            x, y, w, h = cv2.boundingRect(outline)
            full = cv2.contourArea(outline) >= 0.6 * w * h
            if h < 10 or not SHORTEST <= w / h <= LONGEST or not full:
                continue
            if _has_characters(grey[y : y + h, x : x + w]):
                yield _box(x, y, w, h, PLATE)


def _has_characters(field: Any) -> bool:
    """Whether light and dark change often from left to right, as over five characters or more."""
    middle = field[len(field) // 4 : max(3 * len(field) // 4, len(field) // 4 + 1)].astype(float)
    if field.std() < 22:
        return False
    dark = middle < (float(field.min()) + float(field.max())) / 2
    changes = (dark[:, 1:] != dark[:, :-1]).sum(axis=1)
    return bool(np.median(changes) >= 8)


def _box(left: Any, top: Any, width: Any, height: Any, kind: str) -> Box:
    return Box(
        left=int(left), top=int(top), width=int(width), height=int(height), kind=kind, by=MACHINE
    )


if __name__ == "__main__":
    cv2.setNumThreads(1)
    sys.stdout.write(json.dumps(spot(Path(sys.argv[1]))))
