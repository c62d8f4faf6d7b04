"""Departments by code and name, and keeping them in step with the district pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bson import ObjectId

from app.departments.documents import Department
from app.foundation.errors import Invalid
from config.pack import Pack


def sync(pack: Pack) -> None:
    """Make the stored departments those of the pack: new ones added, gone ones inactive, ids kept."""
    codes = [entry.code for entry in pack.departments]
    for entry in pack.departments:
        Department.rows().update_one(
            {"code": entry.code},
            {"$set": {"name": entry.name, "kind": entry.kind, "unit": entry.unit, "active": True}},
            upsert=True,
        )
    Department.rows().update_many({"code": {"$nin": codes}}, {"$set": {"active": False}})


def by_code(code: str) -> Department:
    """The active department with this code. Raises Invalid when there is none."""
    found = Department.objects(code=code, active=True).first()
    if found is None:
        raise Invalid("department.unknown", department=code)
    return found  # type: ignore[no-any-return]


def active(department: ObjectId) -> Department:
    """The active department with this id. Raises Invalid when there is none."""
    found = Department.objects(id=department, active=True).first()
    if found is None:
        raise Invalid("department.unknown", department=str(department))
    return found  # type: ignore[no-any-return]


def names(ids: Iterable[ObjectId]) -> Mapping[ObjectId, str]:
    """The names of these departments, gone ones too: history keeps naming them."""
    rows = Department.rows().find({"_id": {"$in": list(ids)}}, {"name": 1})
    return {row["_id"]: row["name"] for row in rows}
