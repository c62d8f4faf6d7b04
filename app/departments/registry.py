"""Departments by code and name, and keeping them in step with the district pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bson import ObjectId

from app.departments.documents import Department
from app.foundation.errors import Invalid
from config.pack import Pack

_AT_FIRST = {"active": True, "review_answers": False, "renamed": [], "coming": [], "version": 0}


def sync(pack: Pack) -> None:
    """Make the stored departments those of the pack: new ones added, gone ones inactive, ids kept.

    What was decided here stays: a closed one is closed though the pack names it, a renamed one keeps
    its newer name.
    """
    departments = Department.rows()
    for entry in pack.departments:
        known = {"code": entry.code}
        place = {"kind": entry.kind, "unit": entry.unit}
        at_first = {"name": entry.name, **_AT_FIRST}
        departments.update_one(known, {"$set": place, "$setOnInsert": at_first}, upsert=True)
        departments.update_one({**known, "ended_at": None}, {"$set": {"active": True}})
        departments.update_one(
            {**known, "renamed.0": {"$exists": False}}, {"$set": {"name": entry.name}}
        )
    codes = [entry.code for entry in pack.departments]
    departments.update_many({"code": {"$nin": codes}}, {"$set": {"active": False}})


def by_code(code: str) -> Department:
    """The active department with this code, or the one that took its place.

    Raises Invalid when there is none.
    """
    found = followed(Department.objects(code=code).first())
    if found is None:
        raise Invalid("department.unknown", department=code)
    return found


def followed(department: Department | None) -> Department | None:
    """The department, or where it was closed the one that its successors lead to; None if no active one."""
    seen: set[ObjectId] = set()
    while department is not None and not department.active and department.id not in seen:
        seen.add(department.id)
        successor = department.successor
        department = Department.objects(id=successor).first() if successor else None
    return department if department is not None and department.active else None


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


def listed(*, ended: bool, page: int, page_size: int) -> tuple[list[Department], int]:
    """A page of the departments by code, those that are no more too if `ended`, and how many."""
    found = Department.objects if ended else Department.objects(active=True)
    rows = found.order_by("code").skip((page - 1) * page_size).limit(page_size)
    return list(rows), found.count()
