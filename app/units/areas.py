"""Which areas a position lies in, and what that says of its unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.foundation.geo import Position
from app.units.documents import DISTRICT, THERE, UNIT, Area


@dataclass(frozen=True, slots=True)
class Located:
    """What the map says of a position.

    `unit` is the code of the unit that counts there; `areas` are code and name of all that hold the
    position. `outside` is None where no boundary of the district is known.
    """

    unit: str | None
    areas: Mapping[str, str]
    outside: bool | None


NOWHERE = Located(None, {}, None)


def at(position: Position) -> Located:
    """What the map says of a position (any datum)."""
    latitude, longitude = position.wgs84()
    return at_point({"type": "Point", "coordinates": [longitude, latitude]})


def at_point(point: Mapping[str, Any]) -> Located:
    """The same of a WGS-84 GeoJSON point."""
    query = {"shape": {"$geoIntersects": {"$geometry": dict(point)}}}
    shown = {"code": 1, "name": 1, "kind": 1, "unit": 1, "rank": 1}
    found = sorted(Area.rows().find(query, shown), key=lambda row: (row["rank"], row["code"]))
    unit = next((row["unit"] for row in found if row["kind"] == UNIT), None)
    inside = any(row["kind"] == DISTRICT for row in found)
    bounded = inside or Area.rows().find_one({"kind": DISTRICT, **THERE}, {"_id": 1}) is not None
    outside = not inside if bounded else None
    return Located(unit, {row["code"]: row["name"] for row in found}, outside)


def codes() -> frozenset[str]:
    """The codes of all areas: what a rule may name."""
    return frozenset(row["code"] for row in Area.rows().find(THERE, {"code": 1, "_id": 0}))
