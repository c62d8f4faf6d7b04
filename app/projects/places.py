"""What an enterprise and a project together say of a place: unit, site, who serves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation.db import Row
from app.foundation.documents import Document
from app.foundation.errors import Invalid
from app.projects.documents import Project

ENTERPRISE_RADIUS_M = 500


@dataclass(frozen=True, slots=True)
class Place:
    """`site` is {point, radius_m, name?, project?}, the names those of the firm and the project.

    Unit and commissioner come from the project first.
    """

    enterprise: ObjectId | None = None
    enterprise_name: str | None = None
    project: ObjectId | None = None
    project_name: str | None = None
    unit: str | None = None
    site: dict[str, Any] | None = None
    commissioner: ObjectId | None = None


def place(enterprise_id: str | None, project_id: str | None) -> Place:
    """The place meant by these ids, either of which may be missing.

    Raises Invalid when one is unknown, or when the project is another enterprise's.
    """
    project = _known(Project, project_id, "project_id")
    owner_id = project.get("enterprise") if project else None
    if enterprise_id and owner_id and str(owner_id) != enterprise_id:
        raise Invalid("project.of_another_enterprise", fields={"project_id": [str(project_id)]})
    enterprise = _known(Enterprise, enterprise_id or (owner_id and str(owner_id)), "enterprise_id")
    return Place(
        enterprise=enterprise["_id"] if enterprise else None,
        enterprise_name=enterprise["name"] if enterprise else None,
        project=project["_id"] if project else None,
        project_name=project["name"] if project else None,
        unit=_first(project, enterprise, "unit"),
        site=_site(project, enterprise),
        commissioner=_first(project, enterprise, "commissioner"),
    )


def _known(kind: type[Document], key: str | None, field: str) -> Row | None:
    if not key:
        return None
    found = kind.rows().find_one({"_id": ObjectId(key)})
    if found is None:
        raise Invalid("reference.unknown", fields={field: [key]})
    return found


def _first(project: Row | None, enterprise: Row | None, field: str) -> Any:
    return next(
        (value for thing in (project, enterprise) if thing and (value := thing.get(field))), None
    )


def _site(project: Row | None, enterprise: Row | None) -> dict[str, Any] | None:
    if project and project.get("site"):
        radius = project["site_radius_m"]
        return {"point": project["site"], "radius_m": radius, **_names(project, enterprise)}
    if enterprise and enterprise.get("site"):
        radius = ENTERPRISE_RADIUS_M
        return {"point": enterprise["site"], "radius_m": radius, **_names(project, enterprise)}
    return None


def _names(project: Row | None, enterprise: Row | None) -> dict[str, str]:
    named = (("name", enterprise), ("project", project))
    return {key: thing["name"] for key, thing in named if thing}
