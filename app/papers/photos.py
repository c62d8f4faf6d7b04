"""Photos of a paper: fetched one at a time from their renditions and brought down to the size of print.

Papers for outside have only pictures in which faces and plates are hidden and which a person has checked
(`app.photos.redactions`); of the others the paper says how many were left out, and why.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bson import ObjectId
from PIL import Image

from app.foundation.errors import Missing
from app.foundation.messages import say
from app.gateways.store import Store
from app.papers.content import Block, File, Picture, Pictures, Text
from app.papers.documents import INSIDE
from app.photos import redactions
from app.photos.documents import Photo
from app.photos.redactions import DETECTED, LOOKING, Redaction

SIDE = 1000
"""Pixels of the long side: 76 mm on paper at some 330 dots an inch."""
QUALITY = 82


def shown(audience: str, found: Sequence[Picture]) -> list[Block]:
    """The photos as blocks; of those that may not go to this audience how many, and why, in words."""
    there = sources(audience, [each.photo for each in found])
    kept = [each for each in found if each.photo in there]
    blocks: list[Block] = [Pictures(kept)] if kept else []
    lacking = [each.photo for each in found if each.photo not in there]
    if lacking and audience != INSIDE:
        blocks.append(Text(_left_out(lacking), awaiting=tuple(lacking)))
    return blocks


def sources(audience: str, photos: Sequence[ObjectId]) -> dict[ObjectId, str]:
    """Of these photos those that may be shown to the audience: where the picture for it lies."""
    return _views(photos) if audience == INSIDE else redactions.releasable(photos)


def released(audience: str, found: Sequence[Picture]) -> list[dict[str, Any]]:
    """The pictures that leave staff with a paper, each as {photo, key}; of one for inside there are none."""
    there = sources(audience, [each.photo for each in found]) if audience != INSIDE else {}
    return [{"photo": photo, "key": key} for photo, key in there.items()]


def still_released(pictures: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all of them may leave staff as they are in the paper."""
    there = redactions.releasable([each["photo"] for each in pictures])
    return all(there.get(each["photo"]) == each["key"] for each in pictures)


def fetch(
    store: Store,
    pictures: Sequence[Picture],
    folder: Path,
    audience: str,
    tell: Callable[[int, int], None],
) -> dict[ObjectId, File]:
    """Put the photos that can be shown into the folder; what is hidden, or not there, is left out.

    `tell(done, of)` is called before each. Raises Unavailable when the store is away.
    """
    keys = sources(audience, [each.photo for each in pictures])
    found: dict[ObjectId, File] = {}
    for number, picture in enumerate(pictures):
        tell(number, len(pictures))
        if picture.photo not in keys:
            continue
        try:
            data = store.read(keys[picture.photo])
        except Missing:
            continue
        found[picture.photo] = _shrunk(data, folder / f"photo{number:03d}.jpg")
    return found


def _left_out(photos: Sequence[ObjectId]) -> str:
    """How many, and why: nobody looked, the machine looks, no person has checked."""
    rows = Redaction.rows().find({"photo": {"$in": list(photos)}}, {"photo": 1, "state": 1})
    states = {row["photo"]: row["state"] for row in rows}
    kinds = Counter(
        name if (name := states.get(each, "")) in (LOOKING, DETECTED) else "none" for each in photos
    )
    why = "，".join(
        say(f"paper.left_out.{name}", count=kinds[name])
        for name in ("none", LOOKING, DETECTED)
        if kinds[name]
    )
    return say("paper.left_out", count=len(photos), why=why)


def _views(photos: Sequence[ObjectId]) -> dict[ObjectId, str]:
    """Where the renditions lie; of a photo that was hidden meanwhile there is none."""
    shown = {"_id": {"$in": list(photos)}, "state": "ready", "hidden": None}
    rows = Photo.rows().find(shown, {"renditions.view": 1})
    return {
        row["_id"]: row["renditions"]["view"] for row in rows if "view" in row.get("renditions", {})
    }


def _shrunk(data: bytes, path: Path) -> File:
    with Image.open(io.BytesIO(data)) as opened:
        opened.draft("RGB", (SIDE, SIDE))
        made = opened.convert("RGB")
    made.thumbnail((SIDE, SIDE))
    made.save(path, "JPEG", quality=QUALITY)
    return File(path.name, made.height > made.width)
