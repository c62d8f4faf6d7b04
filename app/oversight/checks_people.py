"""Whom checks, findings and cases concern."""

from __future__ import annotations

from collections.abc import Sequence

from bson import ObjectId

from app.departments import registry
from app.departments.documents import Department
from app.foundation.errors import Conflict, Invalid
from app.people.finding import People, once, with_role

INSPECTOR = "inspector"


def on_duty() -> People:
    """All inspectors. Raises Conflict where there is none."""
    found = with_role(INSPECTOR)
    if not found:
        raise Conflict("check.no_inspector")
    return found


def inspectors_of(ids: Sequence[str]) -> People:
    """The named people, in order. Raises Invalid unless all are inspectors."""
    wanted = [ObjectId(each) for each in dict.fromkeys(ids)]
    known = set(with_role(INSPECTOR)) if wanted else set()
    if others := [str(each) for each in wanted if each not in known]:
        raise Invalid("check.not_an_inspector", fields={"inspector_ids": others})
    return wanted


def still_inspecting(people: Sequence[ObjectId]) -> People:
    """Those of them who are inspectors now, in order."""
    known = set(with_role(INSPECTOR)) if people else set()
    return [each for each in people if each in known]


def present(department: ObjectId) -> ObjectId:
    """The department, or what took its place: where people and work are now."""
    found = registry.followed(Department.objects(id=department).first())
    return found.id if found is not None else department


def heads(department: ObjectId) -> People:
    """The heads of a department as it is now; its clerks where it has none."""
    here = present(department)
    return with_role("head", department=here) or with_role("clerk", department=here)


def of_unit(unit: str) -> People:
    """Who answers for a unit: its admins, and the heads of its department."""
    homes = Department.rows().distinct("_id", {"unit": unit, "kind": "unit", "active": True})
    return once(with_role("unit_admin", unit=unit), *(heads(each) for each in homes))
