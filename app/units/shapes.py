"""Shapes of areas: GeoJSON (RFC 7946) as it comes, looked at ring by ring, and turned into WGS-84.

Edges are great circles to the database. A ring may cross 180°: of two vertices the short way is meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from app.foundation.geo import CoordType, Position, in_china
from app.foundation.reasons import Reason

MOST_VERTICES = 20_000
"""Of one area, all its rings together."""
LEAST_POSITIONS = 4
_PLACE = re.compile(r"\[(\S+) (\S+)\]")

Vertex = tuple[float, float]
"""Longitude and latitude, in this order as everywhere in GeoJSON."""


class Unsound(Exception):
    """The shape cannot be used; `reasons` say why, each naming polygon, ring and vertex from 1."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Shape:
    """A sound shape: WGS-84 GeoJSON, shells counter-clockwise and holes clockwise."""

    geometry: dict[str, Any]
    vertices: int


@dataclass(frozen=True, slots=True)
class _Ring:
    """A ring of the file: which one it is, its vertices, and the same with longitudes that run on."""

    polygon: int
    number: int
    vertices: tuple[Vertex, ...]
    flat: tuple[Vertex, ...]

    def fault(self, code: str, **params: Any) -> Reason:
        return Reason(code, {"polygon": self.polygon, "ring": self.number, **params})


def shape_of(raw: Any, coord_type: CoordType) -> Shape:
    """A GeoJSON Polygon or MultiPolygon of this datum, checked and converted vertex by vertex.

    Altitudes are dropped. Raises Unsound with the first fault of each ring.
    """
    polygons = [_rings(number, rings) for number, rings in enumerate(_polygons(raw), 1)]
    for rings in polygons:
        _check_together(rings)
    kind = raw["type"]
    made = [[_out(ring, coord_type) for ring in rings] for rings in polygons]
    count = sum(len(ring) for rings in made for ring in rings)
    return Shape({"type": kind, "coordinates": made if kind == "MultiPolygon" else made[0]}, count)


def _polygons(raw: Any) -> list[list[Any]]:
    """The rings of each polygon, as they stand in the file."""
    kind = raw.get("type") if isinstance(raw, Mapping) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise Unsound(Reason("area.not_polygon"))
    if unknown := set(raw) - {"type", "coordinates", "bbox"}:
        raise Unsound(Reason("area.unknown_member", {"name": "、".join(sorted(map(str, unknown)))}))
    found = raw.get("coordinates")
    polygons = found if kind == "MultiPolygon" else [found]
    if not isinstance(polygons, list) or not polygons:
        raise Unsound(Reason("area.not_polygon"))
    for number, rings in enumerate(polygons, 1):
        if not isinstance(rings, list) or not rings or not all(isinstance(r, list) for r in rings):
            raise Unsound(Reason("area.polygon_form", {"polygon": number}))
    if sum(len(ring) for rings in polygons for ring in rings) > MOST_VERTICES:
        raise Unsound(Reason("area.too_many_vertices", {"most": MOST_VERTICES}))
    return polygons


def _rings(polygon: int, rings: Sequence[list[Any]]) -> list[_Ring]:
    found: list[_Ring] = []
    faults: list[Reason] = []
    for number, positions in enumerate(rings, 1):
        try:
            found.append(_ring(polygon, number, positions))
        except Unsound as error:
            faults += error.reasons
    if faults:
        raise Unsound(*faults)
    return found


def _ring(polygon: int, number: int, positions: list[Any]) -> _Ring:
    """The ring, sound by itself."""
    empty = _Ring(polygon, number, (), ())
    vertices = tuple(_vertex(empty, n, each) for n, each in enumerate(positions, 1))
    if len(vertices) < LEAST_POSITIONS:
        raise Unsound(empty.fault("area.too_few", least=LEAST_POSITIONS))
    if vertices[0] != vertices[-1]:
        raise Unsound(empty.fault("area.not_closed"))
    ring = _Ring(polygon, number, vertices, _running_on(vertices))
    for n, (one, next_) in enumerate(zip(ring.flat, ring.flat[1:], strict=False), 2):
        if one == next_:
            raise Unsound(ring.fault("area.duplicate", vertex=n))
    if ring.flat[0] != ring.flat[-1]:
        raise Unsound(ring.fault("area.around_pole"))
    longitudes = [longitude for longitude, _ in ring.flat]
    if max(longitudes) - min(longitudes) >= 180:
        raise Unsound(ring.fault("area.too_wide"))
    _check_simple(ring)
    return ring


def _vertex(ring: _Ring, n: int, raw: Any) -> Vertex:
    if not isinstance(raw, list) or len(raw) not in (2, 3) or not all(map(_is_number, raw)):
        raise Unsound(ring.fault("area.position_form", vertex=n))
    longitude, latitude = float(raw[0]), float(raw[1])
    if not in_china(latitude, longitude) and in_china(longitude, latitude):
        raise Unsound(ring.fault("area.swapped", vertex=n))
    if abs(longitude) > 180 or abs(latitude) > 90:
        raise Unsound(ring.fault("area.out_of_range", vertex=n))
    return longitude, latitude


def _is_number(raw: Any) -> bool:
    """Also no NaN or infinity, which JSON does not have but Python reads, and nothing too big."""
    if not isinstance(raw, int | float) or isinstance(raw, bool):
        return False
    return math.isfinite(raw) if isinstance(raw, float) else abs(raw) < 10**9


def _running_on(vertices: Sequence[Vertex]) -> tuple[Vertex, ...]:
    """The vertices with each longitude within half a turn of the one before, beyond 180 if need be."""
    found: list[Vertex] = []
    for longitude, latitude in vertices:
        before = found[-1][0] if found else longitude
        found.append((longitude + 360 * round((before - longitude) / 360), latitude))
    return tuple(found)


def _check_simple(ring: _Ring) -> None:
    line = shapely.LinearRing(ring.flat)
    filled = shapely.Polygon(line)
    if not line.convex_hull.area:
        raise Unsound(ring.fault("area.no_inside"))
    if not line.is_simple or not filled.is_valid:
        raise Unsound(ring.fault("area.crosses_itself", at=_where(filled)))


def _where(unsound: shapely.Polygon) -> str:
    """Where shapely sees the fault, as longitude and latitude of the file; empty when it does not say."""
    place = _PLACE.search(shapely.is_valid_reason(unsound))
    return f"{_turned(float(place[1])):.6f}, {float(place[2]):.6f}" if place else ""


def _turned(longitude: float) -> float:
    return (longitude + 180) % 360 - 180


def _check_together(rings: Sequence[_Ring]) -> None:
    """Holes lie inside the shell and apart from it and from each other, as the database wants it."""
    shell, holes = shapely.Polygon(rings[0].flat), rings[1:]
    filled = [_beside(shell, hole) for hole in holes]
    shapely.prepare(shell)
    faults = [
        hole.fault("area.hole_crosses" if shell.intersects(inside) else "area.hole_outside")
        for hole, inside in zip(holes, filled, strict=True)
        if not shell.contains_properly(inside)
    ]
    if not faults and len(holes) > 1:
        pairs = shapely.STRtree(filled).query(filled, predicate="intersects").T
        faults = [
            holes[b].fault("area.holes_meet", other=holes[a].number) for a, b in pairs if a < b
        ]
    if faults:
        raise Unsound(*faults)


def _beside(shell: shapely.Polygon, hole: _Ring) -> shapely.Polygon:
    """The hole filled, on the same turn of longitudes as the shell."""
    middle = (shell.bounds[0] + shell.bounds[2]) / 2
    turn = 360 * round((middle - hole.flat[0][0]) / 360)
    return shapely.Polygon([(longitude + turn, latitude) for longitude, latitude in hole.flat])


def _out(ring: _Ring, coord_type: CoordType) -> list[list[float]]:
    """The ring in WGS-84, a shell counter-clockwise and a hole clockwise (RFC 7946, 3.1.6)."""
    shell = ring.number == 1
    ahead = shapely.LinearRing(ring.flat).is_ccw == shell
    vertices = ring.vertices if ahead else ring.vertices[::-1]
    if coord_type == "wgs84":
        return [[longitude, latitude] for longitude, latitude in vertices]
    converted = (
        Position(latitude, longitude, coord_type).wgs84() for longitude, latitude in vertices
    )
    return [[longitude, latitude] for latitude, longitude in converted]
