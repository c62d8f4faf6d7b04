"""What an enterprise, a project and a site together say of a place: unit, site, who serves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.enterprises import sites
from app.enterprises.documents import Enterprise
from app.foundation.db import Row
from app.foundation.documents import Document
from app.foundation.errors import Invalid
from app.projects.documents import Project
from app.projects.finding import Clues, unit_of

ENTERPRISE_RADIUS_M = 500


@dataclass(frozen=True, slots=True)
class Place:
    """`site` is {point, radius_m, name?, project?}, the names those of the firm and the project.

    `unit` is found as `finding` says, `unit_from` how, with `unit_distance_m` for the nearest known site;
    `point` is the GeoJSON of the position that was considered. `home` is the unit of project or firm
    themselves, `chosen` the firm's site that was named. The commissioner comes from the project first.
    """

    enterprise: ObjectId | None = None
    enterprise_name: str | None = None
    project: ObjectId | None = None
    project_name: str | None = None
    unit: str | None = None
    unit_from: str | None = None
    unit_distance_m: float | None = None
    point: dict[str, Any] | None = None
    site: dict[str, Any] | None = None
    commissioner: ObjectId | None = None
    home: str | None = None
    chosen: ObjectId | None = None

    def found(self) -> Row:
        """How the unit was found, as an issue stores it."""
        names = ("unit", "unit_from", "unit_distance_m")
        return {name: getattr(self, name) for name in names}


def place(
    enterprise_id: str | None,
    project_id: str | None,
    site_id: str | None = None,
    *,
    position: Mapping[str, Any] | None = None,
    said_unit: str | None = None,
) -> Place:
    """The place meant by these ids, any of which may be missing; `position` is a stored one.

    Raises Invalid when one is unknown, when the project is another enterprise's, or when the site is not
    an open one of the enterprise.
    """
    project = _known(Project, project_id, "project_id")
    owner_id = project.get("enterprise") if project else None
    if enterprise_id and owner_id and str(owner_id) != enterprise_id:
        raise Invalid("project.of_another_enterprise", fields={"project_id": [str(project_id)]})
    enterprise = _known(Enterprise, enterprise_id or (owner_id and str(owner_id)), "enterprise_id")
    site = sites.chosen(site_id, enterprise["_id"] if enterprise else None) if site_id else None
    return _put_together(
        Clues(project=project, site=site, position=position, enterprise=enterprise, said=said_unit)
    )


def place_again(
    enterprise: ObjectId | None,
    project: ObjectId | None,
    site: ObjectId | None = None,
    *,
    position: Mapping[str, Any] | None = None,
    said_unit: str | None = None,
) -> Place:
    """The same of what is stored already: a site counts though it was closed since, and nothing raises."""
    return _put_together(
        Clues(
            project=_row(Project, project),
            site=_row(sites.Site, site),
            position=position,
            enterprise=_row(Enterprise, enterprise),
            said=said_unit,
        )
    )


def _put_together(clues: Clues) -> Place:
    project, enterprise, chosen = clues.project, clues.enterprise, clues.site
    found = unit_of(clues)
    return Place(
        enterprise=enterprise["_id"] if enterprise else None,
        enterprise_name=enterprise["name"] if enterprise else None,
        project=project["_id"] if project else None,
        project_name=project["name"] if project else None,
        unit=found.unit,
        unit_from=found.unit_from,
        unit_distance_m=found.distance_m,
        point=dict(clues.position["point"]) if clues.position else None,
        site=_site(clues),
        commissioner=_first("commissioner", project, enterprise),
        home=_first("unit", project, enterprise),
        chosen=chosen["_id"] if chosen else None,
    )


def _known(kind: type[Document], key: str | None, field: str) -> Row | None:
    if not key:
        return None
    found = kind.rows().find_one({"_id": ObjectId(key)})
    if found is None:
        raise Invalid("reference.unknown", fields={field: [key]})
    return found


def _row(kind: type[Document], key: ObjectId | None) -> Row | None:
    return kind.rows().find_one({"_id": key}) if key else None


def _first(field: str, *things: Mapping[str, Any] | None) -> Any:
    return next((value for thing in things if thing and (value := thing.get(field))), None)


def _site(clues: Clues) -> dict[str, Any] | None:
    """What photos are measured to: the project's site, else the chosen one, else the firm's."""
    project, chosen, enterprise = clues.project, clues.site, clues.enterprise
    if project and project.get("site"):
        point, radius = project["site"], project["site_radius_m"]
    elif chosen:
        point, radius = chosen["position"]["point"], chosen["radius_m"]
    elif enterprise and enterprise.get("site"):
        point, radius = enterprise["site"], ENTERPRISE_RADIUS_M
    else:
        return None
    named = (("name", enterprise), ("project", project))
    names = {key: thing["name"] for key, thing in named if thing}
    return {"point": point, "radius_m": radius, **names}
