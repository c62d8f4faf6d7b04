"""A sensible order of stops: nearest neighbour, then 2-opt, on geodesic distances. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from app.foundation.geo import distance_m

Point = tuple[float, float]
"""WGS-84 (latitude, longitude)."""
Legs = Sequence[Sequence[float]]
LEAST_GAIN_M = 0.001


def route(points: Sequence[Point], start: Point | None = None) -> list[int]:
    """The order in which to visit the points, as their indexes; the way does not come back.

    It begins at `start`, else at the first point, which then stays first. Never longer than the points in
    the order they are given.
    """
    if not points:
        return []
    places = [start, *points] if start is not None else list(points)
    legs = [[distance_m(a, b) for b in places] for a in places]
    given = list(range(len(places)))
    found = min((_shortened(given, legs), _shortened(_nearest(legs), legs)), key=_way(legs))
    return [at - 1 for at in found[1:]] if start is not None else found


def legs_of(points: Sequence[Point], order: Sequence[int], start: Point | None) -> list[float]:
    """Metres to each stop of the way from the one before, or from `start`; 0 to the first without one."""
    way = [points[at] for at in order]
    first = distance_m(start, way[0]) if start is not None and way else 0.0
    return [first, *(distance_m(a, b) for a, b in pairwise(way))] if way else []


def _way(legs: Legs) -> Callable[[Sequence[int]], float]:
    """What measures the way in an order."""
    return lambda order: sum(legs[a][b] for a, b in pairwise(order))


def _nearest(legs: Legs) -> list[int]:
    """From the first place always on to the nearest that is left; of equals the one given first."""
    order, left = [0], list(range(1, len(legs)))
    while left:
        here = order[-1]
        order.append(min(left, key=lambda at: (legs[here][at], at)))
        left.remove(order[-1])
    return order


def _shortened(order: list[int], legs: Legs) -> list[int]:
    """Turn stretches round as long as that shortens the way; the first place stays first."""
    best, gained = list(order), True
    while gained:
        gained = False
        for i in range(1, len(best)):
            for j in range(i + 1, len(best)):
                if _gain(best, legs, i, j) > LEAST_GAIN_M:
                    best[i : j + 1] = reversed(best[i : j + 1])
                    gained = True
    return best


def _gain(order: Sequence[int], legs: Legs, i: int, j: int) -> float:
    """By how many metres the way is shorter once the stretch from i to j is turned round."""
    before, first, last = order[i - 1], order[i], order[j]
    now, then = legs[before][first], legs[before][last]
    if j + 1 < len(order):
        after = order[j + 1]
        now, then = now + legs[last][after], then + legs[first][after]
    return now - then
