"""Tiles of the web-mercator grid as quadkeys, and the levels of them that the map counts by. Pure.

A quadkey has one digit a level, each a quarter of the tile before (Bing Maps Tile System), so a tile holds
exactly those whose keys begin with its own. Degrees are WGS-84, boxes are (west, south, east, north).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

LEVELS = (8, 11, 13, 15, 17)
"""A tile is some 130 km wide at the first at our latitude, some 260 m at the last."""
DEEPEST = LEVELS[-1]
FINER = 2
"""So many levels below the tiles of a zoom: these are drawn 256 pixels wide, ours 64."""
PLACES = "at."
"""What families of marks begin with whose values are tiles."""
NORTH = 85.05112878
"""Where the square of web-mercator ends."""
_ACROSS, _DOWN = str.maketrans("0123", "0101"), str.maketrans("0123", "0011")

Box = tuple[float, float, float, float]


def tile_of(longitude: float, latitude: float, level: int = DEEPEST) -> str:
    """The tile that a point lies in; what is nearer to a pole than the grid reaches is at its edge."""
    return _key(*_column_row(longitude, latitude, level), level)


def level_for(zoom: int) -> int:
    """The level that a zoom is counted by."""
    return max((each for each in LEVELS if each <= zoom + FINER), default=LEVELS[0])


def size(box: Box, level: int) -> int:
    """How many tiles of a level a box touches."""
    columns, rows = _ranges(box, level)
    return len(columns) * len(rows)


def covering(box: Box, level: int) -> Iterator[str]:
    """The tiles of a level that a box touches."""
    columns, rows = _ranges(box, level)
    for row in rows:
        for column in columns:
            yield _key(column, row, level)


def bounds(tile: str) -> Box:
    """The edges of a tile."""
    column, row = (int(each, 2) for each in _bits(tile))
    count = 1 << len(tile)
    west, east = (360.0 * each / count - 180.0 for each in (column, column + 1))
    north, south = (_latitude(each / count) for each in (row, row + 1))
    return west, south, east, north


def touches(box: Box, tile: str) -> bool:
    """Whether a tile is one of those that a box touches."""
    columns, rows = _ranges(box, len(tile))
    column, row = (int(each, 2) for each in _bits(tile))
    return column in columns and row in rows


def wider(mark: str) -> Iterator[str]:
    """The marks of the wider tiles that a mark of a tile of the last level is in, one a level."""
    if mark.startswith(PLACES):
        family, _, tile = mark.partition("|")
        for level in LEVELS[:-1] if tile else ():
            yield f"{at_level(family, level)}|{tile[:level]}"


def at_level(family: str, level: int) -> str:
    """The family whose values are tiles of a level."""
    return family if level == DEEPEST else f"{family}@{level}"


def _bits(tile: str) -> tuple[str, str]:
    """The column and the row of a tile, in binary."""
    return tile.translate(_ACROSS), tile.translate(_DOWN)


def _ranges(box: Box, level: int) -> tuple[range, range]:
    west, south, east, north = box
    left, top = _column_row(west, north, level)
    right, bottom = _column_row(east, south, level)
    return range(left, right + 1), range(top, bottom + 1)


def _column_row(longitude: float, latitude: float, level: int) -> tuple[int, int]:
    count = 1 << level
    sine = math.sin(math.radians(max(-NORTH, min(NORTH, latitude))))
    across = (longitude + 180.0) / 360.0
    down = 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return _within(across * count, count), _within(down * count, count)


def _within(value: float, count: int) -> int:
    return max(0, min(count - 1, math.floor(value)))


def _key(column: int, row: int, level: int) -> str:
    return "".join(
        "0123"[(column >> at & 1) + 2 * (row >> at & 1)] for at in range(level - 1, -1, -1)
    )


def _latitude(down: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down))))
