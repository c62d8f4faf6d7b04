"""Finding photos that were used before: how many copies, how many false alarms, how fast.

Copies and near misses are made by `tests/support/lookalikes.py`, from other seeds than those the limits
were chosen with. The lookup runs among 200,000 fingerprints: random textures with the fall of a photo's
spectrum, each mixed with one of the made photos, so that their bands are as uneven as real ones. The floor
of a lookup is a plain `find_one` by hash in the same collection, turn by turn.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations
from statistics import median, quantiles
from typing import Any

import numpy as np
from bson import ObjectId
from numpy.typing import NDArray
from PIL import Image
from pymongo import IndexModel
from pymongo.collection import Collection

from app.foundation import clock, db
from app.photos import likeness
from app.photos.likeness import GRID, Fingerprint
from bench.rig import house as rig
from bench.rig.figures import Figure, at_most
from tests.support import lookalikes
from tests.support.lookalikes import Original

MISSED_AIM, FALSE_AIM, LOOKUP_AIM_MS, COST_AIM_MS = 5, 1, 20, 5
_FIRST = 100_000  # seed of the first family
_BATCH = 2000


def run(families: int = 80, photos: int = 200_000, lookups: int = 300) -> list[Figure]:
    """Measure all; `families` of four photos each."""
    made = list(lookalikes.originals(families, first=_FIRST))
    thumbs = [lookalikes.thumb(original.image) for original in made]
    prints = [likeness.fingerprint(thumb) for thumb in thumbs]
    return [
        *copies(made, prints),
        *false_pairs(made, prints),
        cost(thumbs),
        *lookup(prints, photos, lookups),
    ]


def copies(made: Sequence[Original], prints: Sequence[Fingerprint]) -> Iterator[Figure]:
    """The share of copies not found, of each kind."""
    for name, copy in lookalikes.VARIANTS.items():
        missed = 0
        for original, kept in zip(made, prints, strict=True):
            seen = likeness.fingerprint(lookalikes.thumb(copy(original.image)))
            missed += not _alike(seen, kept)
        yield at_most(f"copies missed: {name}", 100 * missed / len(made), "%", MISSED_AIM)


def false_pairs(made: Sequence[Original], prints: Sequence[Fingerprint]) -> list[Figure]:
    """Different photos taken for the same, per thousand pairs."""
    near, false_near, false_far = 0, 0, 0
    for one, other in combinations(range(len(made)), 2):
        alike = _alike(prints[one], prints[other])
        if made[one].family == made[other].family:
            near += 1
            false_near += alike
        else:
            false_far += alike
    every = len(made) * (len(made) - 1) // 2
    return [
        at_most("false pairs among look-alikes", 1000 * false_near / near, "‰", FALSE_AIM),
        at_most("false pairs among all", 1000 * (false_near + false_far) / every, "‰", FALSE_AIM),
    ]


def cost(thumbs: Sequence[Image.Image]) -> Figure:
    """Processor time of one fingerprint, from the thumb."""
    begun = time.process_time()
    for thumb in thumbs:
        likeness.fingerprint(thumb)
    spent = (time.process_time() - begun) * 1000 / len(thumbs)
    return at_most("one fingerprint", spent, "ms", COST_AIM_MS)


def lookup(prints: Sequence[Fingerprint], photos: int, lookups: int) -> list[Figure]:
    """Time to look up made photos among what was mixed with them, and, as the floor, one hash."""
    with rig.house():
        rows = db.database()["likeness_bench"]
        rows.create_indexes([IndexModel("sha256"), IndexModel("likeness.bands", sparse=True)])
        for batch in _synthetic(prints, photos):
            rows.insert_many([_row(each) for each in batch], ordered=False)
        db.client().admin.command("fsync")  # what was just inserted is not written while it counts
        hashes = [row["sha256"] for row in rows.find({}, {"sha256": 1}).limit(lookups)]
        wanted = [prints[at % len(prints)] for at in range(lookups)]
        likeness.find(rows, wanted[0])
        found, floor, compared, busy = [], [], [], 0.0
        for fingerprint, sha256 in zip(wanted, hashes, strict=True):
            begun = time.process_time()
            found.append(_timed(partial(likeness.find, rows, fingerprint)))
            busy += time.process_time() - begun
            floor.append(_timed(partial(rows.find_one, {"sha256": sha256})))
            compared.append(float(_candidates(rows, fingerprint)))
    name, ratio = f"reuse lookup at {photos}", median(found) / median(floor)
    return [
        at_most(f"{name}, p95", quantiles(found, n=20)[-1], "ms", LOOKUP_AIM_MS),
        Figure(f"{name}, median : by hash", median(found), "ms", median(floor), ratio),
        Figure(f"{name}, own processor time", busy * 1000 / lookups, "ms"),
        Figure(f"{name}, compared, p95", quantiles(compared, n=20)[-1], "photos"),
        Figure(f"{name}, compared, median", median(compared), "photos"),
    ]


def _alike(seen: Fingerprint, kept: Fingerprint) -> bool:
    """Whether a lookup of one finds the other: by the index first, then compared."""
    if not set(likeness.probes(seen)) & set(kept.bands):
        return False
    return bool(likeness.likely(seen, [{"_id": ObjectId(), "likeness": kept.stored()}]))


def _synthetic(prints: Sequence[Fingerprint], count: int) -> Iterator[list[Fingerprint]]:
    """`count` fingerprints, textures mixed with made photos by a random share of 0 to 0.9."""
    random = np.random.default_rng(7)
    grids = np.stack([np.frombuffer(each.grid, np.uint8).reshape(GRID, GRID) for each in prints])
    print(f"making {count} fingerprints", file=sys.stderr, flush=True)
    for begun in range(0, count, _BATCH):
        size = min(_BATCH, count - begun)
        base = grids[random.integers(0, len(grids), size)].astype(np.float32)
        share = random.uniform(0, 0.9, (size, 1, 1)).astype(np.float32)
        mixed = share * base + (1 - share) * _textures(random, size)
        yield likeness.of_grids(np.clip(mixed, 0, 255).astype(np.uint8))


def _textures(random: np.random.Generator, count: int) -> NDArray[np.float32]:
    noise = np.fft.rfft2(random.standard_normal((count, GRID, GRID)))
    falls = np.hypot(np.fft.fftfreq(GRID)[:, None], np.fft.rfftfreq(GRID)[None]) * GRID
    falls[0, 0] = 1
    field = np.fft.irfft2(noise / falls, s=(GRID, GRID))
    return np.asarray(128 + 45 * field / field.std((1, 2), keepdims=True), np.float32)


def _row(fingerprint: Fingerprint) -> dict[str, Any]:
    key = ObjectId()
    return {
        "_id": key,
        "owner": key,
        "received_at": clock.now(),
        "sha256": f"{key}{key}"[:64],
        "likeness": fingerprint.stored(),
    }


def _candidates(rows: Collection[dict[str, Any]], fingerprint: Fingerprint) -> int:
    return rows.count_documents(likeness.query(fingerprint)) if fingerprint.bands else 0


def _timed(work: Callable[[], object]) -> float:
    """Milliseconds by the wall."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
