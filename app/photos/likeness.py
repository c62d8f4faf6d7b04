"""Whether a photo was used before: copies found among all photos by what they show.

What is kept of a photo is its middle, 3 % in from each edge, as a small grey tile. A copy that lost up to
3 % at any edge still holds that middle whole, so each window it may lie in is tried, and its mirror image:
121 windows, both ways round. Signs of the tile's cosine transform (the idea of pHash, Zauner 2010,
"Implementation and Benchmarking of Perceptual Image Hash Functions") make the bands of an index; whoever
shares one is a candidate, and the angle between the tiles decides, once the window is laid exactly over the
tile (least squares after Lucas and Kanade 1981). Before that, tiles lose what whole rows and columns have
in common and what changes smoothly: horizons, bars of a form and the sky's brightness are the same in many
photos and prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from bson import Binary, ObjectId
from numpy.typing import NDArray
from PIL import Image
from pymongo.collection import Collection

Floats = NDArray[np.floating[Any]]

LIKE = 16.0  # degrees; copies come out below, one place seen twice above
PLAIN = 2.0  # grey levels (standard deviation) of detail below which there is nothing to compare
BANDS, BAND_BITS = 5, 24
MOST = 4000  # candidates compared; a copy of what looks like more than these may be missed
SIDE = 32  # of the tile
GRID = 64  # of what is kept in memory to cut windows from
MARGIN = 0.03

_NEAR, _SETTLED = 45.0, 8  # degrees within which a window is laid exactly, for so many candidates
_REACH = 0.02  # how far an edge of it may move, part of the side
_PEAK = 4.0  # standard deviations beyond which detail is cut off
_LEVELS = 31.0  # one standard deviation, in a tile's signed bytes
_HARMONICS = 11


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`tile`: SIDE x SIDE signed bytes; `bands`: its entries in the index, none when `plain`.

    `grid` is the whole picture in GRID x GRID grey levels, needed to look others up and not kept.
    """

    tile: bytes
    bands: tuple[int, ...]
    plain: bool
    grid: bytes

    def stored(self) -> dict[str, Any]:
        """For the field `likeness`. A plain picture has no bands: nobody finds it."""
        if self.plain:
            return {"plain": True}
        return {"bands": list(self.bands), "tile": Binary(self.tile)}


@dataclass(frozen=True, slots=True)
class Match:
    """A photo that shows the same: `distance` in degrees, 0 to LIKE."""

    id: ObjectId
    distance: float
    mirrored: bool
    owner: ObjectId | None = None
    received_at: datetime | None = None


def fingerprint(picture: Image.Image) -> Fingerprint:
    """Of a decoded, upright picture in L or RGB; a thumb of 320 pixels is enough. Takes about 1 ms."""
    grey = picture.convert("L").resize((GRID, GRID), Image.Resampling.LANCZOS)
    return of_grids(np.asarray(grey)[None])[0]


def of_grids(grids: NDArray[np.uint8]) -> list[Fingerprint]:
    """The fingerprints of pictures already brought down to GRID x GRID grey levels, many at once."""
    grey = grids.astype(np.float32)
    details = _detail(_WINDOWS[0] @ grey @ _WINDOWS[0].T)
    spread = details.std((1, 2))
    tiles = np.rint(_capped(details) * _LEVELS).astype(np.int8)
    return [
        Fingerprint(
            tile.tobytes(), () if flat else tuple(map(int, band)), bool(flat), grid.tobytes()
        )
        for tile, band, flat, grid in zip(
            tiles, _bands(_WAVES[0] @ grey @ _WAVES[0].T), spread < PLAIN, grids, strict=True
        )
    ]


def distance(a: bytes, b: bytes) -> float:
    """The angle between two tiles, 0 to 180 degrees: a metric on what they show, blind to contrast."""
    one, other = _unit(_kept([a, b]).reshape(2, -1))
    return float(_degrees(one @ other))


def probes(fingerprint: Fingerprint) -> tuple[int, ...]:
    """The bands under which a photo with the same content is kept: a few hundred, none when plain."""
    if fingerprint.plain:
        return ()
    rows = _WAVES @ _grey(fingerprint)
    waves = rows[:, None] @ _WAVES.transpose(0, 2, 1)
    upright = waves.reshape(-1, _HARMONICS, _HARMONICS)
    both = np.concatenate([upright, upright * _MIRRORED])
    return tuple(np.unique(_bands(both)).tolist())


def likely(fingerprint: Fingerprint, candidates: Sequence[Mapping[str, Any]]) -> list[Match]:
    """Those candidates (rows of photos with `likeness`) that show the same, the most alike first."""
    if fingerprint.plain or not candidates:
        return []
    kept = _kept([row["likeness"]["tile"] for row in candidates])
    halves = kept[:, ::2, ::2] + kept[:, 1::2, ::2] + kept[:, ::2, 1::2] + kept[:, 1::2, 1::2]
    grey = _grey(fingerprint)
    views = (_ROUGH @ grey)[:, None] @ _ROUGH.transpose(0, 2, 1)
    both = np.concatenate([halves, halves[:, :, ::-1]]).reshape(-1, (SIDE // 2) ** 2)
    cosines = _cosines_between(_compared(views.reshape(-1, *halves.shape[1:])), _unit(both))
    windows, rough = cosines.argmax(0), _degrees(cosines.max(0))
    found: dict[int, Match] = {}
    for at in np.argsort(rough, kind="stable")[:_SETTLED].tolist():
        mirrored, candidate = divmod(at, len(candidates))
        if rough[at] > _NEAR or candidate in found:
            continue
        tile = kept[candidate, :, :: -1 if mirrored else 1]
        angle = _settled(grey, int(windows[at]), _unit(tile.reshape(1, -1))[0])
        if angle <= LIKE:
            row = candidates[candidate]
            who, when = row.get("owner"), row.get("received_at")
            found[candidate] = Match(row["_id"], round(angle, 1), bool(mirrored), who, when)
    return sorted(found.values(), key=lambda match: (match.distance, match.id))


def find(
    collection: Collection[dict[str, Any]],
    fingerprint: Fingerprint,
    *,
    exclude: Iterable[ObjectId] = (),
    limit: int = 5,
) -> list[Match]:
    """At most `limit` photos that show the same, the most alike first; one indexed query.

    Needs an index on `likeness.bands`. Whose they are is not asked: all people, all years.
    """
    if fingerprint.plain:
        return []
    fields = {"likeness.tile": 1, "owner": 1, "received_at": 1}
    left_out = set(exclude)
    rows = collection.find(query(fingerprint), fields, limit=MOST, batch_size=MOST)
    return likely(fingerprint, [row for row in rows if row["_id"] not in left_out])[:limit]


def query(fingerprint: Fingerprint) -> dict[str, Any]:
    """The filter for photos worth comparing. Nothing else in it: `_id` lures the planner off the index."""
    return {"likeness.bands": {"$in": list(probes(fingerprint))}}


def _window(low: float, high: float) -> Floats:
    """Averages GRID cells into SIDE cells that cover `low` to `high` of one axis (parts of 1)."""
    edges = (low + (high - low) * np.arange(SIDE + 1) / SIDE) * GRID
    cells = np.arange(GRID)
    upper = np.minimum(edges[1:, None], cells + 1)
    lower = np.maximum(edges[:-1, None], cells)
    weights = np.clip(upper - lower, 0, None)
    return np.asarray(weights / weights.sum(1, keepdims=True), np.float32)


def _places(cut: float) -> list[tuple[float, float]]:
    """Where a kept middle may lie along one axis; first where it lies in an uncut copy.

    Then in a copy cut low, high or at both ends, by half and in full, and that of a photo which was
    itself cut so when it was kept.
    """
    places = [(cut, 1 - cut)]
    for low, high in ((0, 1), (1, 0), (1, 1), (0, 0.5), (0.5, 0), (0.5, 0.5)):
        low, high = low * cut, high * cut
        left = 1 - low - high
        places.append(((cut - low) / left, (1 - cut - low) / left))
        if low + high >= cut:
            places.append((low + cut * left, low + (1 - cut) * left))
    return places


def _grey(fingerprint: Fingerprint) -> Floats:
    return np.frombuffer(fingerprint.grid, np.uint8).reshape(GRID, GRID).astype(np.float32)


def _cosines_between(views: Floats, tiles: Floats) -> Floats:
    """All of one with all of the other, in products too small for OpenBLAS to share out to threads.

    On a busy machine those wait for each other a hundred times longer than they work.
    """
    parts = views.reshape(len(_PLACES), len(_PLACES), -1)
    blocks = [parts @ tiles[at : at + 64].T for at in range(0, len(tiles), 64)]
    return np.concatenate(blocks, axis=2).reshape(len(views), -1)


def _settled(grey: Floats, window: int, target: Floats) -> float:
    """The least angle to `target` that moving the window's edges a little gives."""
    down, across = divmod(window, len(_PLACES))
    start = np.array([*_PLACES[down], *_PLACES[across]])
    edges, least = start, 180.0
    for _ in range(4):
        view = _window(*edges[:2]) @ grey @ _window(*edges[2:]).T
        angle = float(_degrees(_compared(view[None]) @ target)[0])
        if angle > least - 0.2:
            return min(angle, least)
        least = angle
        falls, runs = np.gradient(view)
        moves = [falls * _LOW.T, falls * _HIGH.T, runs * _LOW, runs * _HIGH]
        basis = _detail(np.stack([view, *moves])).reshape(5, -1)
        step = np.linalg.lstsq(basis @ basis.T, basis @ target, rcond=None)[0]
        if step[0] <= 0:
            break
        moved = edges + step[1:] / step[0] * (edges[[1, 1, 3, 3]] - edges[[0, 0, 2, 2]]) / SIDE
        edges = np.clip(np.clip(moved, start - _REACH, start + _REACH), 0, 1)
    return least


def _detail(tiles: Floats) -> Floats:
    """Without what whole rows or columns share and without what changes like a cubic curve."""
    alone, smooth = _DETAIL[tiles.shape[1]]
    return alone @ tiles @ alone - smooth @ tiles @ smooth.T


def _capped(details: Floats) -> Floats:
    """In standard deviations, what stands out by more than _PEAK of them cut off."""
    spread = details.std((1, 2), keepdims=True)
    return np.asarray(np.clip(details / np.maximum(spread, np.float32(1e-3)), -_PEAK, _PEAK))


def _compared(tiles: Floats) -> Floats:
    """Their directions, as those of kept tiles."""
    return _unit(_capped(_detail(tiles)).reshape(len(tiles), -1))


def numbered(signs: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rows of BANDS * BAND_BITS signs as BANDS numbers each.

    No sign is in two bands, so two rows that differ in fewer signs than there are bands share one.
    """
    bits = signs.reshape(-1, BAND_BITS, BANDS)  # every band gets coarse and fine waves
    numbers = (bits * (1 << np.arange(BAND_BITS))[:, None]).sum(1)
    return np.asarray(numbers + (np.arange(BANDS) << BAND_BITS), np.int64)


def _bands(waves: Floats) -> NDArray[np.int64]:
    return numbered(waves[:, _ORDER[:, 0], _ORDER[:, 1]] > 0)


def _kept(tiles: Sequence[bytes]) -> Floats:
    flat = np.frombuffer(b"".join(tiles), np.int8).reshape(len(tiles), SIDE, SIDE)
    return flat.astype(np.float32)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.float32(1e-3)))


def _degrees(cosines: Floats) -> Floats:
    return np.degrees(np.arccos(np.clip(cosines, -1, 1)))


def _projections(side: int) -> tuple[Floats, Floats]:
    """Along one axis: onto what differs from the mean, and of that onto cubic curves."""
    curves = np.linalg.qr(np.vander(np.linspace(-1, 1, side), 4, increasing=True))[0]
    alone = np.eye(side) - 1 / side
    return alone.astype(np.float32), (curves @ curves.T @ alone).astype(np.float32)


def _harmonics() -> Floats:
    waves, cells = np.arange(1, _HARMONICS + 1)[:, None], np.arange(SIDE) + 0.5
    return np.asarray(np.cos(np.pi * waves * cells / SIDE), np.float32)


def _order() -> NDArray[np.intp]:
    """Which products of waves are asked for their sign, coarse ones first."""
    waves = range(_HARMONICS)
    pairs = sorted(((u, v) for u in waves for v in waves), key=lambda p: (p[0] + p[1], p))
    return np.array(pairs[: BANDS * BAND_BITS], np.intp)


_PLACES = _places(MARGIN)
_WINDOWS = np.stack([_window(*place) for place in _PLACES])
_HIGH = (
    np.arange(SIDE, dtype=np.float32)[None] + 0.5
) / SIDE  # how a cell moves with the high edge
_LOW = 1 - _HIGH
_ROUGH = (_WINDOWS[:, ::2] + _WINDOWS[:, 1::2]) / 2
_WAVES = _harmonics() @ _WINDOWS
_MIRRORED = np.array([(-1) ** wave for wave in range(1, _HARMONICS + 1)], np.float32)
_DETAIL = {side: _projections(side) for side in (SIDE, SIDE // 2)}
_ORDER = _order()
