"""Looking at assignments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.serving_documents import ENTERPRISE, PROJECT, Assignment, end_of
from app.foundation import days
from app.foundation.db import Row
from app.foundation.entries import STANDING
from app.people.access import Columns, require, scope
from app.people.documents import Person
from app.people.who import Who
from app.projects.documents import Project

DOCUMENTS = {ENTERPRISE: Enterprise, PROJECT: Project}
UNITS = Columns(unit="unit")


def assignments(
    who: Who,
    now: datetime,
    *,
    page: int,
    page_size: int,
    person_id: str | None = None,
    enterprise_id: str | None = None,
    project_id: str | None = None,
    unit: str | None = None,
    present: bool = True,
) -> tuple[list[Row], int]:
    """A page of the assignments that `who` may see, the last begun first, and how many there are.

    Those in force today, or with `present` off past and coming ones too. Each has its subject's `name`,
    `unit` and the name of its `server`, and the day before which it `ends`, by whatever ends it.
    """
    require(who, "serving.see")
    parts = [_scope(who), dict(STANDING)]
    for kind, key in ((ENTERPRISE, enterprise_id), (PROJECT, project_id)):
        if key is not None:
            parts.append({"kind": kind, "subject": ObjectId(key)})
    if unit is not None:
        parts.append({"subject": {"$in": _subjects({"unit": unit})}})
    person: Row = {"person": ObjectId(person_id)} if person_id else {}
    stages = (
        _present(parts, person, days.today(now).isoformat()) if present else _all(parts, person)
    )
    cut = [{"$skip": (page - 1) * page_size}, {"$limit": page_size}]
    order = {"$sort": {"since": -1, "_id": -1}}
    counted = {"$facet": {"rows": [order, *cut], "total": [{"$count": "n"}]}}
    [found] = Assignment.rows().aggregate([*stages, counted])
    total = found["total"][0]["n"] if found["total"] else 0
    return described(found["rows"]), total


def described(rows: Iterable[Row]) -> list[Row]:
    """Assignments with the names of subject and server, and with their ends."""
    rows = list(rows)
    subjects: dict[ObjectId, Mapping[str, Any]] = {}
    for kind, document in DOCUMENTS.items():
        keys = [row["subject"] for row in rows if row["kind"] == kind]
        shown = {"name": 1, "unit": 1}
        subjects |= {row["_id"]: row for row in document.rows().find({"_id": {"$in": keys}}, shown)}
    people = {"_id": {"$in": [row["person"] for row in rows]}}
    names = {row["_id"]: row["name"] for row in Person.rows().find(people, {"name": 1})}
    others: dict[ObjectId, list[Row]] = defaultdict(list)
    for row in Assignment.rows().find({"subject": {"$in": [*subjects]}, **STANDING}):
        others[row["subject"]].append(row)
    return [
        {
            **row,
            "name": subjects.get(row["subject"], {}).get("name", ""),
            "unit": subjects.get(row["subject"], {}).get("unit"),
            "server": names.get(row["person"], ""),
            "ends": end_of(row, others[row["subject"]]),
        }
        for row in rows
    ]


def _present(parts: list[Row], person: Row, today: str) -> list[Row]:
    """Of each subject the last begun, where that has not ended."""
    return [
        {"$match": {"$and": [*parts, {"since": {"$lte": today}}]}},
        {"$sort": {"since": -1}},
        {"$group": {"_id": "$subject", "last": {"$first": "$$ROOT"}}},
        {"$replaceWith": "$last"},
        {"$match": {"$and": [person, {"$or": [{"until": None}, {"until": {"$gt": today}}]}]}},
    ]


def _all(parts: list[Row], person: Row) -> list[Row]:
    return [{"$match": {"$and": [*parts, person]}}]


def _scope(who: Who) -> Row:
    """Whose own they are, and those of the units that `who` reaches."""
    own = scope(who, "serving.see", Columns(owner="person"))
    if not own:
        return own
    return {"$or": [own, {"subject": {"$in": _subjects(scope(who, "serving.see", UNITS))}}]}


def _subjects(query: Row) -> list[ObjectId]:
    return [key for each in DOCUMENTS.values() for key in each.rows().distinct("_id", query)]
