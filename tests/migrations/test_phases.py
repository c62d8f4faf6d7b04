"""Standings made before it was known what is not stated, and what came phase by phase."""

from __future__ import annotations

from bson import Decimal128

from app.foundation import db
from app.projects.rates.documents import StoredStanding
from app.projects.rates.standing import of_row
from migrations import m0029_phases
from tests.projects.rates.entered import restand, stage, work_off


def test_what_was_stored_before_is_read_and_made_anew(given):
    project = given.project()
    stage(project.id, "completed", "2026-03-01", phase=1)
    restand(project.id)
    rows = StoredStanding.rows()
    zero = Decimal128("0.00")
    before = {"$set": {"invested": zero, "paid_in": zero}, "$unset": {"phased": 1, "pledged": 1}}
    rows.update_one({"_id": project.id}, before)
    old = of_row(rows.find_one({"_id": project.id}))
    assert (old.phased, old.pledged) == (False, ())
    m0029_phases.apply(db.database())
    m0029_phases.apply(db.database())
    assert work_off() == 2
    new = of_row(rows.find_one({"_id": project.id}))
    assert (new.invested, new.paid_in, new.phased) == (None, None, True)
    assert [each.pledge for each in new.pledged] == [
        "completed_certificate",
        "completed_production",
    ]
