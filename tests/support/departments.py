"""Departments as the pack has them, whatever a story did to them."""

from __future__ import annotations

from app.departments import registry
from app.departments.documents import Department
from app.foundation import district


def as_in_the_pack() -> None:
    """Undo what was decided about departments; ids stay. Does nothing where nothing was."""
    codes = [each.code for each in district.pack().departments]
    decided = {
        "$or": [
            {"version": {"$gt": 0}},
            {"review_answers": True},
            {"code": {"$nin": codes}},
            {"active": False},
        ]
    }
    if Department.rows().find_one(decided) is None:
        return
    Department.rows().delete_many({"code": {"$nin": codes}})
    fresh = {"review_answers": False, "renamed": [], "coming": [], "version": 0}
    gone = {"ended_at": "", "successor": ""}
    Department.rows().update_many({}, {"$set": fresh, "$unset": gone})
    registry.sync(district.pack())
