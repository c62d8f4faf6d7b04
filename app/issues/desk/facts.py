"""What routing is told of an issue, or of what somebody is about to file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.calendars import registry as calendars
from app.enterprises.documents import Enterprise
from app.foundation.db import Row
from app.foundation.documents import Document
from app.issues.documents import Issue
from app.projects.documents import Project
from app.projects.places import Place
from app.routing.facts import Facts
from app.units import areas
from app.units.documents import THERE, Area
from app.visits.documents import Visit

FIRM, BUILT, SEEN = ("industry", "tags"), ("stage", "level"), ("checklist", "position")
TOLD = (
    *("kind", "text", "demand", "chosen_category", "said_urgent", "unit", "unit_from"),
    *("unit_distance_m", "enterprise", "project", "visit", "position", "created_at", "released"),
)
"""The fields of an issue that `of_rows` reads."""


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is stored of its firm, project and visit; where on the map it is; whether the office was open."""

    firm: Row
    built: Row
    seen: Row
    located: areas.Located
    office_open: bool


def of_issue(issue: Issue, category: str | None) -> Facts:
    """The facts of an issue as they are now; `category` is the one that a person chose."""
    point = issue.position["point"] if issue.position else None
    return _facts(
        kind=issue.kind,
        text=issue.demand or issue.text,
        category=category,
        urgent=issue.said_urgent,
        unit=issue.unit,
        unit_from=issue.unit_from,
        distance_m=issue.unit_distance_m,
        at=issue.created_at,
        released=issue.released,
        beside=_beside(issue.enterprise, issue.project, issue.visit, point, issue.created_at),
    )


def of_draft(
    kind: str, text: str, category: str | None, where: Place, at: datetime, urgent: bool | None
) -> Facts:
    """The facts of what is about to be filed at `where`."""
    return _facts(
        kind=kind,
        text=text,
        category=category,
        urgent=urgent,
        unit=where.unit,
        unit_from=where.unit_from,
        distance_m=where.unit_distance_m,
        at=at,
        beside=_beside(where.enterprise, where.project, None, where.point, at),
    )


def of_rows(rows: Sequence[Row], area_codes: Collection[str]) -> list[Facts]:
    """The facts of stored issues (of each the fields `TOLD`) with the categories that people chose.

    Read all together: of areas only those of `area_codes` are looked for, and whether a position lies
    outside the district is not, which no rule asks for.
    """
    firms = _all_shown(Enterprise, rows, "enterprise", FIRM)
    built = _all_shown(Project, rows, "project", BUILT)
    seen = _all_shown(Visit, rows, "visit", SEEN)
    held = _held(rows, area_codes)
    calendar = calendars.current()
    return [
        _facts(
            kind=row["kind"],
            text=row.get("demand") or row["text"],
            category=row.get("chosen_category"),
            urgent=row.get("said_urgent"),
            unit=row.get("unit"),
            unit_from=row.get("unit_from"),
            distance_m=row.get("unit_distance_m"),
            at=row["created_at"],
            released=bool(row.get("released")),
            beside=_Beside(
                firms.get(row.get("enterprise"), {}),
                built.get(row.get("project"), {}),
                seen.get(row.get("visit"), {}),
                areas.Located(None, held[row["_id"]], None),
                calendar.is_open(row["created_at"]),
            ),
        )
        for row in rows
    ]


def _facts(
    *,
    kind: str,
    text: str,
    category: str | None,
    urgent: bool | None,
    unit: str | None,
    unit_from: str | None,
    distance_m: float | None,
    at: datetime,
    beside: _Beside,
    released: bool = False,
) -> Facts:
    return Facts(
        kind=kind,
        text=text,
        category=category,
        unit=unit,
        urgent=urgent,
        unit_from=unit_from,
        unit_distance_m=distance_m,
        areas=beside.located.areas,
        outside=beside.located.outside,
        industry=beside.firm.get("industry") or None,
        tags=frozenset(beside.firm.get("tags", ())),
        stage=beside.built.get("stage"),
        level=beside.built.get("level"),
        answers=_answers(beside.seen.get("checklist") or {}),
        at=at,
        office_open=beside.office_open,
        released=released,
    )


def _beside(
    enterprise: ObjectId | None,
    project: ObjectId | None,
    visit: ObjectId | None,
    point: Mapping[str, Any] | None,
    at: datetime,
) -> _Beside:
    seen = _shown(Visit, visit, SEEN)
    if point is None and seen.get("position"):
        point = seen["position"]["point"]
    return _Beside(
        _shown(Enterprise, enterprise, FIRM),
        _shown(Project, project, BUILT),
        seen,
        areas.at_point(point) if point else areas.NOWHERE,
        calendars.current().is_open(at),
    )


def _shown(kind: type[Document], key: ObjectId | None, names: Sequence[str]) -> Row:
    if key is None:
        return {}
    return kind.rows().find_one({"_id": key}, dict.fromkeys(names, 1)) or {}


def _all_shown(
    kind: type[Document], rows: Sequence[Row], field: str, names: Sequence[str]
) -> dict[ObjectId | None, Row]:
    wanted = list({row[field] for row in rows if row.get(field)})
    found = kind.rows().find({"_id": {"$in": wanted}}, dict.fromkeys(names, 1)) if wanted else ()
    return {row["_id"]: row for row in found}


def _held(rows: Sequence[Row], codes: Collection[str]) -> Mapping[ObjectId, dict[str, str]]:
    """By issue, code and name of the areas, of those asked for, that its position lies in.

    That of its visit counts for one that has none.
    """
    held: dict[ObjectId, dict[str, str]] = defaultdict(dict)
    if not codes:
        return held
    placed = [row["_id"] for row in rows if row.get("position")]
    visited: dict[ObjectId, list[ObjectId]] = defaultdict(list)
    for row in rows:
        if row.get("visit") and not row.get("position"):
            visited[row["visit"]].append(row["_id"])
    named = {"code": {"$in": list(codes)}, **THERE}
    for area in Area.rows().find(named).sort([("rank", 1), ("code", 1)]):
        here = [*_inside(Issue, placed, area)]
        here += [key for visit in _inside(Visit, list(visited), area) for key in visited[visit]]
        for key in here:
            held[key][area["code"]] = area["name"]
    return held


def _inside(kind: type[Document], keys: list[ObjectId], area: Row) -> Iterator[ObjectId]:
    """Those of the things whose position lies in the area."""
    shape = {"$geoIntersects": {"$geometry": area["shape"]}}
    query = {"_id": {"$in": keys}, "position.point": shape}
    for row in kind.rows().find(query, {"_id": 1}).hint([("_id", 1)]) if keys else ():
        yield row["_id"]


def _answers(checklist: Mapping[str, Any]) -> dict[str, Any]:
    """The answers by item, as they were given."""
    return dict(checklist.get("answers", {}))
