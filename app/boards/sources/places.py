"""Facts of where things are, for the maps: issues, projects, visits, and firms for their issues' sake.

Each counts in the tile that it lies in, of its unit, department, commissioner and firm; without a known
place in a tile of none, so that a map and what is not on it come to what boards count. What it adds up to
is its place, state and category: a tile has the mean of its places and how many there are of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.boards.cells import (
    DISTRICT,
    RESTRICTED,
    Made,
    commissioner_scope,
    department_scope,
    firm_scope,
    mark,
    unit_scope,
)
from app.boards.sources.base import At, Owner, by_id
from app.boards.tiles import PLACES, tile_of
from app.enterprises.documents import Enterprise
from app.foundation.db import Row
from app.issues.documents import Issue
from app.projects.documents import EXITED, Project
from app.projects.finding import trusted
from app.visits.documents import Visit

ISSUES, PROJECTS, VISITS = MAPS = ("issues", "projects", "visits")
STATE, CATEGORY = "s:", "c:"
"""What names begin with, in sums and ties, that are of a state or a category."""
MICRO = 1_000_000
"""Places are added up as whole millionths of a degree."""

_ISSUE = dict.fromkeys(
    (
        *("state", "category", "unit", "units_barred", "restricted", "commissioner", "project"),
        *("enterprise", "position", "departments", "created_at"),
    ),
    1,
)
_PROJECT = dict.fromkeys(
    ("stage", "course", "unit", "industry", "commissioner", "enterprise", "site", "created_at"), 1
)
_VISIT = dict.fromkeys(
    ("state", "owner", "unit", "enterprise", "position", "site", "started_at"), 1
)
Point = Mapping[str, Any] | None


def kind_of(name: str) -> str:
    """The kind of the facts of a map, and the family of their marks, whose values are tiles."""
    return f"{PLACES}{name}"


def of_category(category: str, state: str) -> str:
    """The name by which sums count a state of one category."""
    return f"{CATEGORY}{category}:{state}"


def of_issues(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """Issues where they were raised, else at the project's or the firm's. What is restricted is apart."""
    rows = list(Issue.rows().find({"_id": {"$in": list(keys)}}, _ISSUE))
    projects = _sites(Project, (row.get("project") for row in rows))
    firms = _sites(Enterprise, (row.get("enterprise") for row in rows))
    for row in rows:
        point = (
            trusted(row.get("position"))
            or projects.get(row.get("project"))
            or firms.get(row.get("enterprise"))
        )
        yield (
            row["_id"],
            _made(
                ISSUES,
                row,
                point,
                state=row["state"],
                category=row.get("category") or "",
                scopes=_of_issue(row),
                rank=row["created_at"],
            ),
        )


def of_projects(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """Projects that have not ended, by stage and industry. Their issues hang on where they are."""
    for row in Project.rows().find({"_id": {"$in": list(keys)}}, _PROJECT):
        gone = row.get("course") == EXITED
        yield (
            row["_id"],
            _made(
                PROJECTS,
                row,
                row.get("site"),
                state=row["stage"],
                category=row.get("industry") or "",
                scopes=() if gone else _of(row, row.get("unit"), row.get("commissioner")),
                rank=row["created_at"],
            ),
        )


def of_visits(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """Visits where they began, else at the place visited."""
    for row in Visit.rows().find({"_id": {"$in": list(keys)}}, _VISIT):
        point = trusted(row.get("position")) or (row.get("site") or {}).get("point")
        scopes = _of(row, row.get("unit"), row["owner"])
        yield (
            row["_id"],
            _made(VISITS, row, point, state=row["state"], scopes=scopes, rank=row["started_at"]),
        )


def of_firms(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """Firms. They count nowhere: their issues hang on where they are."""
    shown = {"site": 1, "created_at": 1}
    for row in Enterprise.rows().find({"_id": {"$in": list(keys)}}, shown):
        yield row["_id"], _made("firms", row, row.get("site"), scopes=(), rank=row["created_at"])


def hang_on(field: str, keys: Sequence[ObjectId]) -> Iterator[Owner]:
    """The issues of these projects or firms."""
    for row in Issue.rows().find({field: {"$in": list(keys)}}, {"_id": 1}):
        yield kind_of(ISSUES), row["_id"]


def _of_issue(row: Row) -> tuple[str, ...]:
    if row.get("restricted") is not None:
        return (RESTRICTED,)
    unit = None if row.get("units_barred") else row.get("unit")
    bodies = (department_scope(each) for each in row.get("departments", ()))
    return (*_of(row, unit, row.get("commissioner")), *bodies)


def _of(row: Row, unit: str | None, commissioner: ObjectId | None) -> tuple[str, ...]:
    found = [DISTRICT]
    if unit:
        found.append(unit_scope(unit))
    if commissioner:
        found.append(commissioner_scope(commissioner))
    if row.get("enterprise"):
        found.append(firm_scope(row["enterprise"]))
    return tuple(found)


def _made(
    name: str,
    row: Row,
    point: Point,
    *,
    scopes: tuple[str, ...],
    rank: datetime,
    state: str = "",
    category: str = "",
) -> Made:
    tile, sums = "", {f"{STATE}{state}": 1}
    if point:
        longitude, latitude = point["coordinates"]
        tile = tile_of(longitude, latitude)
        sums |= {"x": round(longitude * MICRO), "y": round(latitude * MICRO)}
    if category:
        sums[of_category(category, state)] = 1
    of = mark(kind_of(name), tile)
    where = [f"{sums.get('x')},{sums.get('y')}"] if point else []
    return Made(
        key=f"{kind_of(name)}:{row['_id']}",
        kind=kind_of(name),
        subject=row["_id"],
        scopes=scopes,
        marks=(of,),
        rank=rank,
        sums={of: sums} if scopes else {},
        ties=(f"{STATE}{state}", f"{CATEGORY}{category}", *where),
    )


def _sites(
    kind: type[Project] | type[Enterprise], keys: Iterable[ObjectId | None]
) -> Mapping[ObjectId | None, Point]:
    wanted = list({key for key in keys if key})
    rows = kind.rows().find({"_id": {"$in": wanted}}, {"site": 1}) if wanted else ()
    return {key: row.get("site") for key, row in by_id(rows).items()}
