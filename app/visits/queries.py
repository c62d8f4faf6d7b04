"""Looking at visits."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from app.foundation.errors import NotFound
from app.people.access import allowed, scope
from app.people.who import Who
from app.visits.actions import COLUMNS, ties
from app.visits.documents import Visit


def see_visit(who: Who, key: str) -> Visit:
    """The visit, if `who` may know of it. Raises NotFound else."""
    visit = Visit.get(key)
    if not allowed(who, "visit.see", ties(visit)):
        raise NotFound("not_found")
    return visit


def visits(
    who: Who,
    *,
    page: int,
    page_size: int,
    enterprise_id: str | None = None,
    project_id: str | None = None,
) -> tuple[list[Visit], int]:
    """A page of the visits `who` may see, newest first, and how many there are."""
    query: dict[str, Any] = scope(who, "visit.see", COLUMNS)
    if enterprise_id:
        query = {"$and": [query, {"enterprise": ObjectId(enterprise_id)}]}
    if project_id:
        query = {"$and": [query, {"project": ObjectId(project_id)}]}
    found = Visit.objects(__raw__=query)
    ordered = found.order_by("-started_at", "-id").skip((page - 1) * page_size).limit(page_size)
    return list(ordered), found.count()
