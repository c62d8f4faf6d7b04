"""Looking at visits, and at places that one might visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.ties import COLUMNS as ENTERPRISE_COLUMNS
from app.foundation.district import pack
from app.foundation.geo import Position, distance_m
from app.people.access import Columns, require, scope
from app.people.who import Who
from app.projects.documents import Project
from app.projects.ties import COLUMNS as PROJECT_COLUMNS
from app.visits.access import COLUMNS
from app.visits.documents import Visit

MOST_NEAR = 20


def visits(
    who: Who,
    *,
    page: int,
    page_size: int,
    enterprise_id: str | None = None,
    project_id: str | None = None,
    state: str | None = None,
) -> tuple[list[Visit], int]:
    """A page of the visits `who` may see, newest first, and how many there are."""
    wanted: dict[str, Any] = {
        "enterprise": ObjectId(enterprise_id) if enterprise_id else None,
        "project": ObjectId(project_id) if project_id else None,
        "state": state,
    }
    narrowed = [{name: value} for name, value in wanted.items() if value is not None]
    found = Visit.objects(__raw__={"$and": [scope(who, "visit.see", COLUMNS), *narrowed]})
    ordered = found.order_by("-started_at", "-id").skip((page - 1) * page_size).limit(page_size)
    return list(ordered), found.count()


@dataclass(frozen=True, slots=True)
class Near:
    """A place close by. `kind` is project or enterprise; `distance_m` metres to its site's centre."""

    kind: str
    id: ObjectId
    name: str
    enterprise: ObjectId | None
    unit: str | None
    distance_m: float
    last_visit_at: datetime | None


def near(who: Who, position: Position) -> list[Near]:
    """The projects and enterprises around, nearest first, with the last visit by anybody."""
    require(who, "visit.make")
    here = position.wgs84()
    found = [
        *_near(who, Project, "project", PROJECT_COLUMNS, here),
        *_near(who, Enterprise, "enterprise", ENTERPRISE_COLUMNS, here),
    ]
    return sorted(found, key=lambda each: (each.distance_m, each.kind, each.id))[:MOST_NEAR]


def _near(
    who: Who,
    document: type[Project] | type[Enterprise],
    kind: str,
    columns: Columns,
    here: tuple[float, float],
) -> list[Near]:
    latitude, longitude = here
    around = {
        "near": {"type": "Point", "coordinates": [longitude, latitude]},
        "key": "site",
        "distanceField": "away",
        "maxDistance": pack().visits.suggest_within_m,
        "spherical": True,
        "query": scope(who, "enterprise.see", columns),
    }
    rows = list(document.rows().aggregate([{"$geoNear": around}, {"$limit": MOST_NEAR}]))
    last = _last_visits(kind, [row["_id"] for row in rows])
    return [
        Near(
            kind,
            row["_id"],
            row["name"],
            row["_id"] if kind == "enterprise" else row.get("enterprise"),
            row.get("unit"),
            distance_m(here, (row["site"]["coordinates"][1], row["site"]["coordinates"][0])),
            last.get(row["_id"]),
        )
        for row in rows
    ]


def _last_visits(kind: str, ids: list[ObjectId]) -> dict[ObjectId, datetime]:
    pipeline: list[dict[str, Any]] = [
        {"$match": {kind: {"$in": ids}}},
        {"$group": {"_id": f"${kind}", "last": {"$max": "$started_at"}}},
    ]
    return {row["_id"]: row["last"] for row in Visit.rows().aggregate(pipeline)}
