"""Which issues of many are about one cause: alike in words and near in place. Pure.

Not all pairs are compared: only issues of one unit, or of neighbouring cells of the map, that share rare
pairs of letters. What is found alike is joined, the most alike first, but only while all of one group are
alike to all of the other on the average and the group stays in one place: so no chain of neighbours, each
alike to the next, makes one cause of two.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from app.issues.desk.wording import Wording, letters, likeness

METRES_A_DEGREE = 110_500
"""Of latitude and, at the equator, of longitude, at least."""
SHARED = 2
"""Rare pairs of letters that two issues must have in common to be compared."""
AS_FAR_BACK = 60
"""Of those that share a pair of letters in one place, so many earlier ones are compared: enough to join all
that one cause makes, and a bound on what a flood of them costs."""
MOST_ALIKE = 20
"""Of one issue's likenesses to earlier ones so many are kept."""

FLOOD = 10
"""Groups from this size on are compared with each other once more: the bounds above may have split one."""

Point = tuple[float, float]
Pairing = tuple[float, int, int]


@dataclass(frozen=True, slots=True)
class Voice:
    """An issue to be clustered: its wording and rare pairs of letters, and where it is.

    `point` is (latitude, longitude) in WGS-84 degrees.
    """

    wording: Wording
    rare: frozenset[str]
    unit: str | None = None
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """`share`: how alike two must be, and two groups on the average; `within_m`: how far apart."""

    share: float
    within_m: int


@dataclass(slots=True)
class _Group:
    members: list[int]
    total: dict[str, float]
    units: Counter[str] = field(default_factory=Counter)
    points: list[Point] = field(default_factory=list)


def rare_pairs(text: str, common: Wording) -> frozenset[str]:
    """The pairs of neighbouring letters of a text that are not `common` in the district."""
    return frozenset("".join(pair) for pair in pairwise(letters(text))) - common.keys()


def clusters(voices: Sequence[Voice], bounds: Bounds) -> list[list[int]]:
    """The groups of two and more, each as the places of its members in `voices`, which are oldest first."""
    groups: dict[int, _Group] = {}
    belongs: dict[int, int] = {}
    pairings = sorted(_alike(voices, bounds), key=lambda pair: (-pair[0], pair[1], pair[2]))
    for _, one, other in pairings:
        for each in (one, other):
            if each not in belongs:
                belongs[each], groups[each] = each, _alone(each, voices[each])
        ours, theirs = belongs[one], belongs[other]
        if ours == theirs or not _belong(groups[ours], groups[theirs], bounds):
            continue
        if len(groups[ours].members) < len(groups[theirs].members):
            ours, theirs = theirs, ours
        gone = groups.pop(theirs)
        belongs.update(dict.fromkeys(gone.members, ours))
        _join(groups[ours], gone)
    found = _floods_joined(list(groups.values()), bounds)
    return sorted(sorted(group.members) for group in found if len(group.members) > 1)


def apart_m(one: Point, other: Point) -> float:
    """Metres between two points that are not far apart, as on a plane.

    Within a district that is the geodesic distance to a thousandth, at a hundredth of its cost. The lengths
    of a degree are the series for the WGS-84 ellipsoid at the middle latitude.
    """
    middle = math.radians((one[0] + other[0]) / 2)
    north = 111_132.954 - 559.822 * math.cos(2 * middle) + 1.175 * math.cos(4 * middle)
    east = 111_412.84 * math.cos(middle) - 93.5 * math.cos(3 * middle)
    return math.hypot((one[0] - other[0]) * north, (one[1] - other[1]) * east)


def centre(points: Sequence[Point]) -> Point:
    """The middle of points that are near each other."""
    return (
        sum(point[0] for point in points) / len(points),
        sum(point[1] for point in points) / len(points),
    )


def _alike(voices: Sequence[Voice], bounds: Bounds) -> Iterator[Pairing]:
    """Pairs in one place that are alike enough, of those that share rare pairs of letters."""
    grid = _grid_of(voices, bounds)
    seen: dict[tuple[Hashable, str], list[int]] = defaultdict(list)
    for here, voice in enumerate(voices):
        shared: Counter[int] = Counter()
        for place, pair in product(_places(voice, grid, around=1), voice.rare):
            shared.update(seen.get((place, pair), ())[-AS_FAR_BACK:])
        found = [
            (likeness(voice.wording, voices[there].wording), there, here)
            for there, times in shared.items()
            if times >= SHARED and _near(voice, voices[there], bounds)
        ]
        enough = sorted((pair for pair in found if pair[0] >= bounds.share), reverse=True)
        yield from enough[:MOST_ALIKE]
        for place, pair in product(_places(voice, grid, around=0), voice.rare):
            seen[place, pair].append(here)


def _grid_of(voices: Sequence[Voice], bounds: Bounds) -> Point:
    """Height and width of the map's cells in degrees: each at least as wide as two may be apart."""
    height = bounds.within_m / METRES_A_DEGREE
    farthest = max((abs(voice.point[0]) for voice in voices if voice.point), default=0.0)
    # A little more, since rounding must not part two that are exactly as far.
    return height * 1.01, height * 1.01 / math.cos(math.radians(min(farthest + height, 89.0)))


def _places(voice: Voice, grid: Point, around: int) -> list[Hashable]:
    """Its unit and its cell of the map, with so many cells around it."""
    cells: list[Hashable] = []
    if voice.point:
        row, column = (math.floor(at / size) for at, size in zip(voice.point, grid, strict=True))
        steps = range(-around, around + 1)
        cells = [(row + n, column + m) for n, m in product(steps, repeat=2)]
    return [*([voice.unit] if voice.unit else []), *cells]


def _near(one: Voice, other: Voice, bounds: Bounds) -> bool:
    """Positions say more than units; who has none is wherever in the unit."""
    if one.point and other.point:
        return apart_m(one.point, other.point) <= bounds.within_m
    return one.unit is not None and one.unit == other.unit


def _belong(ours: _Group, theirs: _Group, bounds: Bounds) -> bool:
    few, many = sorted((ours.total, theirs.total), key=len)
    together = sum(weight * many[term] for term, weight in few.items() if term in many)
    if together < bounds.share * len(ours.members) * len(theirs.members):
        return False
    points = [*ours.points, *theirs.points]
    if ours.points and theirs.points:
        middle = centre(points)
        return all(apart_m(point, middle) <= bounds.within_m for point in points)
    return bool(ours.units.keys() & theirs.units.keys())


def _floods_joined(groups: list[_Group], bounds: Bounds) -> list[_Group]:
    large = [group for group in groups if len(group.members) >= FLOOD]
    kept = [group for group in groups if len(group.members) < FLOOD]
    for group in sorted(large, key=lambda each: (-len(each.members), min(each.members))):
        same = (each for each in kept if len(each.members) >= FLOOD)
        into = next((each for each in same if _belong(each, group, bounds)), None)
        if into is None:
            kept.append(group)
        else:
            _join(into, group)
    return kept


def _alone(key: int, voice: Voice) -> _Group:
    units = Counter([voice.unit] if voice.unit else [])
    return _Group([key], dict(voice.wording), units, [voice.point] if voice.point else [])


def _join(group: _Group, gone: _Group) -> None:
    group.members += gone.members
    group.units += gone.units
    group.points += gone.points
    for term, weight in gone.total.items():
        group.total[term] = group.total.get(term, 0.0) + weight
