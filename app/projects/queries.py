"""Looking at projects."""

from __future__ import annotations

import re

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.people.access import allowed, scope
from app.people.who import Who
from app.projects.documents import Project
from app.projects.ties import COLUMNS, project_ties


def see_project(who: Who, key: str) -> Project:
    """The project, if `who` may know of it. Raises NotFound else."""
    found = Project.get(key)
    if not allowed(who, "project.see", project_ties(found)):
        raise NotFound("not_found")
    return found


def projects(
    who: Who,
    *,
    page: int,
    page_size: int,
    q: str | None = None,
    unit: str | None = None,
    enterprise_id: str | None = None,
    served: bool = False,
    also: Row | None = None,
    **fields: str,
) -> tuple[list[Project], int]:
    """A page of the projects `who` may see, by name, and how many there are.

    `served` are those that `who` serves; `fields` narrow by stage, course, level, industry, size class and
    label of 531, `also` by any filter.
    """
    parts = [scope(who, "project.see", COLUMNS), fields, also or {}]
    if served:
        parts.append({"commissioner": {"$in": list(who.ids)}})
    if unit:
        parts.append({"unit": unit})
    if enterprise_id:
        parts.append({"enterprise": ObjectId(enterprise_id)})
    if q:
        pattern = {"$regex": re.escape(q), "$options": "i"}
        parts.append({"$or": [{"name": pattern}, {"code": pattern}]})
    found = Project.objects(__raw__={"$and": parts})
    ordered = found.order_by("name", "id").skip((page - 1) * page_size).limit(page_size)
    return list(ordered), found.count()
