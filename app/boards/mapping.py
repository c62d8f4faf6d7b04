"""Maps: where issues, projects and visits are, in a box, by the zoom that they are looked at with.

At low zooms as clusters, cells of the grid of tiles that the box touches; at high ones, where they are
not too many, as single points. Either way the numbers are those of whole cells. All are counted by the
fold of the boards, so what a map has, with what has no known place, is what boards say of the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.boards import showing, tiles
from app.boards.documents import Fact
from app.boards.map_cells import MOST_TILES, Grid, Numbers
from app.boards.map_scopes import Seen
from app.boards.showing import Shown
from app.boards.sources.places import CATEGORY, MICRO, STATE
from app.foundation.db import Row, snapshot
from app.people.who import Who

INDEX = "by_cell"
MOST_POINTS = 400
KINDS = {"issues": "issue", "projects": "project", "visits": "visit"}
"""By map, the kind of record that it is of."""

LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What of a map is looked at: a box in WGS-84 degrees and a zoom, of one state or category, when."""

    box: tiles.Box
    zoom: int
    state: str | None = None
    category: str | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """What is in a tile: how many, of each state, and the mean of where they are."""

    tile: str
    count: int
    states: Mapping[str, int]
    point: LonLat


@dataclass(frozen=True, slots=True)
class Point:
    """One record where it is, by the state it was in. `shown` is None where the viewer may not see it now."""

    state: str
    point: LonLat
    shown: Shown | None


@dataclass(frozen=True, slots=True)
class Map:
    """What a box shows: clusters, or points instead. `total` is of it, `nowhere` of what has no place."""

    as_of: datetime
    level: int
    total: int
    states: Mapping[str, int]
    nowhere: int
    clusters: Sequence[Cluster]
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of what is in a tile, by place; `total` is the number that the cluster says."""

    as_of: datetime
    total: int
    points: Sequence[Point]


def look(who: Who, seen: Seen, looked: Looked) -> Map:
    """A map. Raises Invalid for a moment that is not kept, Unavailable while nothing is built yet."""
    return snapshot(lambda: _look(who, seen, looked))


def listed(
    who: Who, seen: Seen, looked: Looked, tile: str | None, page: int, page_size: int
) -> Listed:
    """The records in a tile of the map, of its whole grid; without a tile those of no known place."""
    return snapshot(lambda: _listed(who, seen, looked, tile, page, page_size))


def facts_in(grid: Grid, keys: Sequence[str], state: str | None) -> Row:
    """What finds the facts in some cells of the last level."""
    held: Row = {
        "cells": {"$in": list(keys)},
        "until": {"$gt": grid.at},
        "since": {"$lte": grid.at},
    }
    ties = [f"{STATE}{state}"] if state is not None else []
    ties += [f"{CATEGORY}{grid.category}"] if grid.category is not None else []
    return {**held, "ties": {"$all": ties}} if ties else held


def _look(who: Who, seen: Seen, looked: Looked) -> Map:
    grid = Grid.of(seen, looked.category, looked.as_of)
    level, found = _within(grid, looked)
    clusters = list(_clusters(found, looked.state))
    total = sum(each.count for each in clusters)
    points: Sequence[Point] = ()
    if level == tiles.DEEPEST and total <= MOST_POINTS:
        keys = [grid.key(level, each.tile) for each in clusters]
        rows = Fact.rows().find(facts_in(grid, keys, looked.state), hint=INDEX)
        points, clusters = _points(who, seen, list(rows)), []
    states: dict[str, int] = {}
    for values in found.values():
        for state, count in _states(values).items():
            states[state] = states.get(state, 0) + count
    nowhere = _count(grid.nowhere(), looked.state)
    return Map(grid.at, level, total, states, nowhere, clusters, points)


def _within(grid: Grid, looked: Looked) -> tuple[int, dict[str, Numbers]]:
    """The cells of the zoom's level, or of the finest that has not too many tiles in the box."""
    finest = tiles.level_for(looked.zoom)
    for level in reversed([each for each in tiles.LEVELS if each <= finest]):
        if tiles.size(looked.box, level) <= MOST_TILES:
            return level, grid.within(looked.box, level)
    # Of the widest tiles the few that there is anything in are read whatever the box.
    widest = tiles.LEVELS[0]
    return widest, {
        tile: values
        for tile, values in grid.below("", widest).items()
        if tiles.touches(looked.box, tile)
    }


def _clusters(found: Mapping[str, Numbers], state: str | None) -> Iterator[Cluster]:
    for tile, values in found.items():
        if count := _count(values, state):
            n = values["n"]
            point = values.get("x", 0) / n / MICRO, values.get("y", 0) / n / MICRO
            yield Cluster(tile, count, _states(values), point)


def _count(values: Numbers, state: str | None) -> int:
    return values.get("n" if state is None else f"{STATE}{state}", 0)


def _states(values: Numbers) -> dict[str, int]:
    return {
        name.removeprefix(STATE): count
        for name, count in sorted(values.items())
        if name.startswith(STATE) and count
    }


def _listed(
    who: Who, seen: Seen, looked: Looked, tile: str | None, page: int, page_size: int
) -> Listed:
    grid = Grid.of(seen, looked.category, looked.as_of)
    skip = (page - 1) * page_size
    if tile is None:
        values = grid.nowhere()
        parts = [("", skip, page_size)]
    else:
        level = len(tile)
        values = grid.below(tile, level).get(tile, {})
        parts = list(_parts(grid, tile, looked.state, skip, page_size))
    rows = [row for each in parts for row in _page(grid, looked.state, *each)]
    return Listed(grid.at, _count(values, looked.state), _points(who, seen, rows))


def _parts(
    grid: Grid, tile: str, state: str | None, skip: int, take: int
) -> Iterator[tuple[str, int, int]]:
    """Of which tiles of the last level a page is made, and what of each: walked down to by the counts."""
    if len(tile) == tiles.DEEPEST:
        yield tile, skip, take
        return
    level = next(each for each in tiles.LEVELS if each > len(tile))
    for each, values in grid.below(tile, level).items():
        count = _count(values, state)
        if skip < count and take > 0:
            some = min(take, count - skip)
            yield from _parts(grid, each, state, skip, some)
            take -= some
        skip = max(0, skip - count)


def _page(grid: Grid, state: str | None, tile: str, skip: int, take: int) -> Iterator[Row]:
    query = facts_in(grid, [grid.key(tiles.DEEPEST, tile)], state)
    newest = [("rank", -1), ("_id", -1)]
    yield from Fact.rows().find(query, hint=INDEX).sort(newest).skip(skip).limit(take)


def _points(who: Who, seen: Seen, rows: Sequence[Row]) -> list[Point]:
    kind = KINDS[seen.name]
    shown = showing.shown(who, ({"kind": kind, "subject": row["subject"]} for row in rows))
    return [_point(row, shown.get((kind, row["subject"]))) for row in rows]


def _point(row: Row, shown: Shown | None) -> Point:
    # A fact of a map has one mark.
    sums = next(iter(row["sums"].values()))
    state = next(tie.removeprefix(STATE) for tie in row["ties"] if tie.startswith(STATE))
    return Point(state, (sums.get("x", 0) / MICRO, sums.get("y", 0) / MICRO), shown)
