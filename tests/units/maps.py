"""Shapes for stories about areas."""

from __future__ import annotations

from typing import Any

Ring = list[list[float]]


def square(west: float, south: float, width: float = 0.1) -> Ring:
    """A closed ring, counter-clockwise."""
    east, north = west + width, south + width
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings: Ring) -> dict[str, Any]:
    """Shell and holes."""
    return {"type": "Polygon", "coordinates": list(rings)}


def area(**fields: Any) -> dict[str, Any]:
    """What an admin states of an area: a place, unless something else is said."""
    return {"name": "测试范围", "kind": "place", "geometry": polygon(square(120.1, 32.5)), **fields}


def of_unit(unit: str, *rings: Ring, **fields: Any) -> dict[str, Any]:
    """The area of a unit."""
    return area(kind="unit", unit=unit, geometry=polygon(*rings), **fields)


def collection(*areas: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A file of areas, each with its `code`."""
    features = []
    for each in areas:
        named = {name: value for name, value in each.items() if name != "geometry"}
        features.append({"type": "Feature", "properties": named, "geometry": each["geometry"]})
    return {"type": "FeatureCollection", "features": features, **more}
