"""Maps as GeoJSON: clusters with the calls that list what is in them, single records with their state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from app.api.errors import language
from app.boards import tiles
from app.boards.map_scopes import Seen
from app.boards.mapping import Cluster, Listed, LonLat, Map, Point
from app.boards.sources.places import ISSUES, PROJECTS
from app.foundation.district import local
from app.foundation.geo import wgs84_to_gcj02
from app.foundation.messages import say

DIGITS = 6
_SAID = {ISSUES: "issue.state.", PROJECTS: "project.stage."}


@dataclass(frozen=True, slots=True)
class Asked:
    """How a map was asked for: the datum of its coordinates, and what its lists are asked for again."""

    seen: Seen
    coord_type: str
    filters: Mapping[str, str]
    prefix: str

    def opens(self, as_of: datetime, **more: str) -> str:
        """The call that lists records as of the map's moment."""
        moment = local(as_of).isoformat(timespec="milliseconds")
        datum = {} if self.coord_type == "wgs84" else {"coord_type": self.coord_type}
        query = {**self.seen.named, **self.filters, **more, **datum, "as_of": moment}
        return f"{self.prefix}/maps/{self.seen.name}/records?{urlencode(query)}"

    def place(self, point: LonLat) -> list[float]:
        """Longitude and latitude in the datum asked for."""
        longitude, latitude = point
        if self.coord_type == "gcj02":
            latitude, longitude = wgs84_to_gcj02(latitude, longitude)
        return [round(longitude, DIGITS), round(latitude, DIGITS)]


def collection(found: Map, asked: Asked) -> dict[str, Any]:
    """A map as a FeatureCollection."""
    clusters = [_cluster(each, found.as_of, asked) for each in found.clusters]
    points = [_single(each, asked) for each in found.points]
    return {
        "type": "FeatureCollection",
        "features": clusters or points,
        "map": asked.seen.name,
        "as_of": found.as_of,
        "coord_type": asked.coord_type,
        "level": found.level,
        "clustered": bool(clusters),
        "total": found.total,
        "states": [
            {"state": state, "name": state_name(asked.seen.name, state), "count": count}
            for state, count in sorted(found.states.items())
        ],
        "nowhere": {
            "count": found.nowhere,
            "opens": asked.opens(found.as_of, nowhere="true"),
        },
    }


def records(found: Listed, asked: Asked, query: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the records of a cluster."""
    return {
        "map": asked.seen.name,
        "as_of": found.as_of,
        "coord_type": asked.coord_type,
        "items": [_record(each, asked, placed="tile" in query) for each in found.points],
        "total": found.total,
        "page": query["page"],
        "page_size": query["page_size"],
    }


def state_name(name: str, state: str) -> str:
    """What a state is called on a map."""
    return say(f"{_SAID.get(name, 'maps.visit.')}{state}", language())


def _cluster(each: Cluster, as_of: datetime, asked: Asked) -> dict[str, Any]:
    west, south, east, north = tiles.bounds(each.tile)
    properties = {
        **_NOTHING,
        "cluster": True,
        "count": each.count,
        "states": dict(each.states),
        "tile": each.tile,
        "bounds": [*asked.place((west, south)), *asked.place((east, north))],
        "opens": asked.opens(as_of, tile=each.tile),
    }
    return _feature(asked.place(each.point), properties)


def _single(each: Point, asked: Asked) -> dict[str, Any]:
    properties = {**_NOTHING, "cluster": False, "count": 1, **_told(each, asked)}
    return _feature(asked.place(each.point) if each.shown else None, properties)


def _feature(place: list[float] | None, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": place} if place else None
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _record(each: Point, asked: Asked, *, placed: bool) -> dict[str, Any]:
    place = asked.place(each.point) if placed and each.shown else [None, None]
    unit = each.shown.unit if each.shown else None
    return {**_told(each, asked), "unit": unit, "longitude": place[0], "latitude": place[1]}


def _told(each: Point, asked: Asked) -> dict[str, Any]:
    """What an issue says is not on a map: people write names and numbers into it."""
    shown, named = each.shown, asked.seen.name != ISSUES
    return {
        "id": str(shown.id) if shown else None,
        "number": shown.number if shown else None,
        "name": shown.title if shown and named else None,
        "state": each.state,
        "state_name": state_name(asked.seen.name, each.state),
    }


_NOTHING: dict[str, Any] = dict.fromkeys(
    ("states", "tile", "bounds", "opens", "id", "number", "name", "state", "state_name")
)
