"""Who answers for an order: a person, a department's head, a unit's admin, or who serves a subject."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.departments.documents import Department
from app.enterprises.documents import Enterprise
from app.enterprises.ties import enterprise_ties
from app.foundation.db import Row
from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from app.oversight.orders import DEPARTMENT, ENTERPRISE, PROJECT, UNIT
from app.people.access import Ties, allowed
from app.people.documents import Person
from app.people.login import as_who
from app.people.standing import held_by
from app.projects.documents import Project
from app.projects.ties import project_ties

PERSON = "person"
DESK = ("head", "clerk")


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers, as whom it was `addressed`, with the department and the unit that are concerned."""

    person: ObjectId
    name: str
    addressed: str
    department: ObjectId | None = None
    unit: str | None = None


def holding(role: str, **where: Any) -> list[ObjectId]:
    """The active people of a role, in a department or a unit where one is named."""
    held = {"grants": {"$elemMatch": {"role": role, **where}}, "active": True}
    return [row["_id"] for row in Person.rows().find(held, {"_id": 1}).sort("_id", 1)]


def of_person(key: str | ObjectId) -> Owner:
    """This person. Raises Invalid for one who is not here, or is no staff."""
    row = Person.rows().find_one({"_id": ObjectId(key), "active": True})
    if row is None or not allowed(_who(row), "order.answer", Ties(owner=row["_id"])):
        raise Invalid("request.invalid", fields={"owner_id": [Reason("order.cannot_own")]})
    desks = [grant.department for grant in held_by(row) if grant.role in DESK]
    return Owner(row["_id"], row["name"], PERSON, department=next(iter(desks), None))


def of_department(key: str | ObjectId) -> Owner:
    """The head of the department, or of what took its place. Raises Invalid where it has none."""
    found = registry.followed(Department.objects(id=ObjectId(key)).first())
    heads = holding("head", department=found.id) if found else []
    if found is None or not heads:
        raise Invalid("request.invalid", fields={"department_id": [Reason("order.nobody_there")]})
    return Owner(heads[0], _name(heads[0]), DEPARTMENT, department=found.id)


def of_unit(code: str) -> Owner:
    """An admin of the unit. Raises Invalid where it has none."""
    admins = holding("unit_admin", unit=code)
    if not admins:
        raise Invalid("request.invalid", fields={"unit": [Reason("order.nobody_there")]})
    return Owner(admins[0], _name(admins[0]), UNIT, unit=code)


def who_serves(subject: Mapping[str, Any]) -> Owner:
    """The commissioner of a stored project or enterprise, else an admin of its unit. Raises Invalid."""
    with suppress(Invalid):
        if subject.get("commissioner"):
            return of_person(subject["commissioner"])
    if not subject.get("unit"):
        raise Invalid("request.invalid", fields={"owner_id": [Reason("request.required")]})
    return of_unit(subject["unit"])


def require_sight(owner: Owner, kind: str, subject: Row | None) -> None:
    """Raise Invalid where the owner may not know of the stored project or enterprise."""
    asked = {
        PROJECT: ("project.see", project_ties),
        ENTERPRISE: ("enterprise.see", enterprise_ties),
    }
    if subject is None or kind not in asked:
        return
    action, ties = asked[kind]
    row = Person.rows().find_one({"_id": owner.person}) or {}
    if not allowed(_who(row), action, ties(subject)):
        raise Invalid("request.invalid", fields={"owner_id": [Reason("order.cannot_own")]})


def subject_of(row: Mapping[str, Any]) -> Row | None:
    """The stored project or enterprise that a stored order is about."""
    documents: Mapping[str, Any] = {PROJECT: Project, ENTERPRISE: Enterprise}
    document = documents.get(row["subject_kind"])
    found: Row | None = document.rows().find_one({"_id": row["subject"]}) if document else None
    return found


def again(row: Mapping[str, Any]) -> Owner | None:
    """Who answers for a stored order whose owner is gone, by whom it was addressed to; None where nobody."""
    try:
        if row["addressed"] == UNIT:
            return of_unit(row["unit"])
        return of_department(row["department"]) if row["department"] else None
    except Invalid:
        return None


def here(person: ObjectId | None) -> bool:
    """Whether the person may still come in."""
    return Person.rows().find_one({"_id": person, "active": True}, {"_id": 1}) is not None


def _who(row: Mapping[str, Any]) -> Any:
    return as_who(row["_id"], row["name"], row.get("grants", []))


def _name(person: ObjectId) -> str:
    row = Person.rows().find_one({"_id": person}, {"name": 1}) or {}
    return str(row.get("name", ""))
