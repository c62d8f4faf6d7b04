"""What was stored before visits had states and issues sources."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.foundation import db
from migrations import m0001_collections, m0004_visits

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def old(clean):
    """A database of its own, as the first migration used to leave it."""
    name = "steward_before_visits"
    database = db.client()[name]
    db.client().drop_database(name)
    m0001_collections.apply(database)
    database.enterprises.drop_index("credit_code_1")
    database.enterprises.create_index("credit_code", unique=True)
    yield database
    db.client().drop_database(name)


def test_visits_and_issues_get_what_they_lack(old):
    old.visits.insert_many(
        [
            {"_id": 1, "started_at": AT, "ended_at": AT, "created_at": AT, "client_id": "a"},
            {"_id": 2, "started_at": AT, "created_at": AT, "client_id": "b"},
        ]
    )
    old.issues.insert_many(
        [
            {"_id": 1, "number": "1", "client_id": "a", "visit": 1},
            {"_id": 2, "number": "2", "client_id": "b", "visit": None},
        ]
    )
    for _ in range(2):
        m0004_visits.apply(old)
        visits = {row["_id"]: row for row in old.visits.find()}
        assert [visits[key]["state"] for key in (1, 2)] == ["ended", "open"]
        assert visits[1]["updated_at"] == visits[1]["created_at"]
        assert visits[2]["version"] == 1
        issues = {row["_id"]: row for row in old.issues.find()}
        assert [issues[key]["source"] for key in (1, 2)] == ["visit", "wechat"]


def test_a_credit_code_may_be_missing_from_then_on(old):
    m0004_visits.apply(old)
    old.enterprises.insert_many([{"name": "甲"}, {"name": "乙"}, {"credit_code": "1"}])
    with pytest.raises(Exception, match="duplicate key"):
        old.enterprises.insert_one({"credit_code": "1"})
    index = old.enterprises.index_information()["credit_code_1"]
    assert index["partialFilterExpression"] == {"credit_code": {"$type": "string"}}
