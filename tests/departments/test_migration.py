"""Departments stored before they could be renamed and closed get what they lack, and lose nothing."""

from __future__ import annotations

from app.departments.documents import Department
from app.foundation import db
from migrations import m0008_departments

NEW = {"review_answers": False, "renamed": [], "coming": [], "version": 0}


def test_what_is_missing_is_made_and_what_is_there_stays(clean):
    rows = Department.rows()
    rows.update_one({"code": "HOUSING"}, {"$unset": dict.fromkeys(NEW, "")})
    rows.update_one({"code": "ECOLOGY"}, {"$set": {"review_answers": True, "version": 3}})
    for _ in range(2):
        m0008_departments.apply(db.database())
    old, new = (rows.find_one({"code": code}) for code in ("HOUSING", "ECOLOGY"))
    assert {name: old[name] for name in NEW} == NEW
    assert (new["review_answers"], new["version"]) == (True, 3)
    for name, indexes in m0008_departments.INDEXES.items():
        there = {tuple(each["key"]) for each in db.database()[name].index_information().values()}
        assert {tuple(index.document["key"].items()) for index in indexes} <= there
