"""In which unit something is. This is the one place that decides it, in one order:

1. the project's unit;
2. that of the site which was chosen;
3. the unit whose area holds the position, of several the one with the lowest rank;
4. the enterprise's unit;
5. that of the nearest known site (of any enterprise or project), if it is near enough;
6. what the person said;
7. none: somebody is asked, and the issue goes on.

A position counts only if it is known to `TRUSTED_M` metres, or nothing is known of its accuracy, and by its
area only if it does not lie outside the district: people also file from home, from a train, or with a phone
that knows no more than its cell. Where it does count it stands before the enterprise's unit, since a firm
may be in trouble elsewhere than where it is registered; the reason with the issue names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.enterprises.documents import Enterprise
from app.enterprises.sites import Site
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.documents import Document
from app.foundation.geo import distance_m
from app.projects.documents import Project
from app.units import areas

PROJECT, SITE, POSITION, ENTERPRISE, NEAREST, PERSON = FROM = (
    "project",
    "site",
    "position",
    "enterprise",
    "nearest",
    "person",
)
TRUSTED_M = 500
_KNOWN: tuple[tuple[type[Document], str, Row], ...] = (
    (Site, "position.point", {"active": True}),
    (Project, "site", {}),
    (Enterprise, "site", {}),
)
"""Whose sites are known, and where their points stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What may tell the unit: stored things, a position as it is stored, a unit's code that was said."""

    project: Mapping[str, Any] | None = None
    site: Mapping[str, Any] | None = None
    position: Mapping[str, Any] | None = None
    enterprise: Mapping[str, Any] | None = None
    said: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A unit's code, how it was found (one of FROM), and how far the nearest known site is (metres)."""

    unit: str | None = None
    unit_from: str | None = None
    distance_m: float | None = None


def unit_of(clues: Clues) -> Found:
    """The unit, by the order above; an empty Found where nothing tells it. Asks no more than it must."""
    for known, how in ((clues.project, PROJECT), (clues.site, SITE)):
        if known and known.get("unit"):
            return Found(known["unit"], how)
    point = trusted(clues.position)
    if point and (unit := _by_area(point)):
        return Found(unit, POSITION)
    if clues.enterprise and clues.enterprise.get("unit"):
        return Found(clues.enterprise["unit"], ENTERPRISE)
    if point and (near := _nearest(point)):
        return near
    return Found(clues.said, PERSON) if clues.said else Found()


def trusted(position: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The GeoJSON point of a stored position that may tell a unit; None for another."""
    if not position:
        return None
    accuracy = (position.get("raw") or {}).get("accuracy_m")
    point: Mapping[str, Any] = position["point"]
    return point if accuracy is None or accuracy <= TRUSTED_M else None


def _by_area(point: Mapping[str, Any]) -> str | None:
    located = areas.at_point(point)
    return None if located.outside else located.unit


def _nearest(point: Mapping[str, Any]) -> Found | None:
    near = min(_near(point), key=lambda each: each[0], default=None)
    return Found(near[1], NEAREST, round(near[0], 1)) if near else None


def _near(point: Mapping[str, Any]) -> Iterable[tuple[float, str]]:
    """The nearest known site of each kind that has a unit: how far it is, and which."""
    longitude, latitude = point["coordinates"]
    for document, key, query in _KNOWN:
        around = {
            "near": dict(point),
            "key": key,
            "distanceField": "away",
            "includeLocs": "there",
            "maxDistance": pack().routing.nearest_within_m,
            "spherical": True,
            "query": {**query, "unit": {"$type": "string"}},
        }
        stages: list[Row] = [
            {"$geoNear": around},
            {"$limit": 1},
            {"$project": {"unit": 1, "there": 1}},
        ]
        for row in document.rows().aggregate(stages):
            east, north = row["there"]["coordinates"]
            yield distance_m((latitude, longitude), (north, east)), row["unit"]
