"""One open milestone of a warning, and those that it had before."""

from __future__ import annotations

import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.foundation import db
from migrations import m0024_approvals, m0030_warned_milestones


@pytest.fixture
def old(clean):
    name = "steward_before_warned_milestones"
    database = db.client()[name]
    db.client().drop_database(name)
    m0024_approvals.apply(database)
    yield database
    db.client().drop_database(name)


def test_a_warning_may_have_another_once_the_last_has_ended(old):
    warning, project = ObjectId(), ObjectId()

    def make(code: str, state: str = "open") -> None:
        row = {"project": project, "code": code, "state": state, "warning": warning}
        old.milestones.insert_one(row)

    make("W-1", "cancelled")
    with pytest.raises(DuplicateKeyError):
        make("W-2")
    for _ in range(2):
        m0030_warned_milestones.apply(old)
    make("W-2")
    with pytest.raises(DuplicateKeyError):
        make("W-3")
    assert "warning_1" not in old.milestones.index_information()
