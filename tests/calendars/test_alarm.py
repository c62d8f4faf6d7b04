"""Something was promised into a year that nobody has published: admins are told of it, once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bson import ObjectId

from app.calendars import actions
from app.calendars.actions import Stated
from app.foundation import db, duties, history
from tests.support.duties import celery
from tests.support.factories import who

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
YEAR = ObjectId("000000000000000000002027")


def owed(kind):
    return list(duties.rows().find({"kind": kind}))


def work():
    """Do what the alarm owes, as a worker does it."""
    for duty in owed("calendars.unpublished"):
        celery.tasks["calendars.unpublished"].run(str(duty["_id"]))


def test_admins_are_told_once_a_year(clean):
    for _ in range(3):
        db.transaction(lambda: actions.alarm(2027, NOW))
    actions.alarm(2028, NOW)
    assert sorted(each["key"] for each in owed("calendars.unpublished")) == [
        "calendars.unpublished:2027",
        "calendars.unpublished:2028",
    ]
    work()
    assert {each["state"] for each in owed("calendars.unpublished")} == {"done"}
    [row] = history.of("calendar", YEAR, internal=False)
    assert (row["action"], row["role"], row["data"]) == ("unpublished", "system", {"year": 2027})
    [told] = [each for each in owed("notices.deliver") if each["subject"] == YEAR]
    assert told["payload"] == {"event": "calendar.unpublished", "row": row["_id"]}
    actions.alarm(2027, NOW)
    work()
    assert len(owed("notices.deliver")) == 2


def test_an_alarm_is_taken_back_with_its_cause(clean):
    def broken():
        actions.alarm(2027, NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        db.transaction(broken)
    assert owed("calendars.unpublished") == []


def test_nobody_is_told_of_what_was_published_meanwhile(given):
    actions.alarm(2027, NOW)
    actions.change_year(who(given.role("admin")), 2027, Stated(True, (), (), "通知"), 0, NOW)
    work()
    assert [each["state"] for each in owed("calendars.unpublished")] == ["done"]
    assert [each["payload"]["event"] for each in owed("notices.deliver")] == ["calendar.changed"]
