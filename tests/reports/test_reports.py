"""Figures over HTTP: what people did, as it is counted, for those who may look at it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from app.departments import registry
from app.foundation import clock, duties
from app.foundation.district import local
from app.issues.documents import Issue, Ticket
from app.issues.ending import confirming
from tests.api.shape import refused
from tests.issues import stories, work_stories
from tests.issues.stories import ANSWER, Story
from tests.support.duties import run_due
from tests.support.factories import Given
from tests.support.phone import Phone
from tests.support.watched import watching

HOUSING = "住建局"


def around() -> dict[str, str]:
    """Days in which all lies that a story does and is promised."""
    today = local(clock.now()).date()
    return {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=80))}


def line(phone: Phone, department: str = HOUSING, **query: Any) -> dict[str, Any]:
    items = phone.see("/reports/departments", **around(), **query)["items"]
    return next(each for each in items if each["department"] == department)


def clerk_line(phone: Phone, person: Phone, **query: Any) -> dict[str, Any]:
    items = phone.see("/reports/clerks", **around(), **query)["items"]
    return next(each for each in items if each["person_id"] == str(person.person.id))


def counts(rate: dict[str, Any]) -> tuple[int, int]:
    return rate["numerator"], rate["denominator"]


def lapsed(story: Story) -> Story:
    """Nobody said a word until it was too late."""
    issue = Issue.get(story.issue)
    row = duties.rows().find_one({"kind": "issues.lapse", "subject": issue.id, "state": "due"})
    now = issue.confirm_by + timedelta(minutes=1)
    claimed = duties.claim(row["_id"], now=now, lease=timedelta(minutes=1))
    confirming.lapse(claimed, now)
    return story


def concluded(given: Given) -> Story:
    story = work_stories.reopened_twice(given)
    words = {"reason": "客观条件不具备", "basis": "《城乡规划法》第四十条"}
    story.head.do(story.on_issue("conclude"), words)
    given.inspector().do(story.on_issue("conclude"), words)
    return story


def test_one_issue_from_the_ticket_to_the_thanks(given):
    story = stories.resolved(given)
    found = line(story.head, ids="true")
    for name in ("accepted_in_time", "answered_in_time", "resolved", "satisfied"):
        assert counts(found[name]) == (1, 1), name
        assert found[name]["rate"] == 1
        ids = found[name]["numerator_ids"], found[name]["denominator_ids"]
        assert ids == ([story.ticket], [story.ticket])
    for name in ("returned", "transferred", "redone"):
        assert counts(found[name]) == (0, 1), name
    assert found["coverage"]["asked"] == found["coverage"]["by_enterprise"] == 1
    assert found["coverage"]["rate"] == 1
    assert found["coverage"]["asked_ids"] == [story.ticket]
    hours = found["hours_to_answer"]
    assert (hours["count"], hours["ids"]) == (1, [story.ticket])
    assert 0 <= hours["hours"] < 0.1
    assert found["corrections"] == []
    own = clerk_line(story.clerk, story.clerk)
    assert counts(own["resolved"]) == counts(own["accepted_in_time"]) == (1, 1)
    assert own["resolved"]["numerator_ids"] is None


def test_late_is_late(given):
    story, other = stories.answered(given), stories.accepted(given)
    now = clock.now()
    past = {"resolve_by": now - timedelta(minutes=5), "accept_by": now - timedelta(minutes=5)}
    for each in (story, other):
        Ticket.rows().update_one({"_id": ObjectId(each.ticket)}, {"$set": past})
    found = line(story.head, ids="true")
    assert counts(found["accepted_in_time"]) == (0, 2)
    assert counts(found["answered_in_time"]) == (0, 2)
    assert found["answered_in_time"]["rate"] == 0
    assert set(found["answered_in_time"]["denominator_ids"]) == {story.ticket, other.ticket}


def test_while_the_enterprise_is_asked_nobody_is_late(given):
    story = work_stories.asked(given)
    past = {"resolve_by": clock.now() + timedelta(seconds=1)}
    Ticket.rows().update_one({"_id": ObjectId(story.ticket)}, {"$set": past})
    # It was asked before that; whenever it is looked at, the clock stands still.
    assert counts(line(story.head)["answered_in_time"]) == (0, 0)


def test_not_solved_and_redone(given):
    story = stories.reopened(given)
    story.head.do(story.on_ticket("accept"))
    story.head.do(story.on_ticket("answer"), ANSWER)
    found = line(story.head, ids="true")
    assert counts(found["resolved"]) == (0, 1)
    assert counts(found["redone"]) == (1, 2)
    assert counts(found["answered_in_time"]) == (2, 2)
    assert found["answered_in_time"]["denominator_ids"] == [story.ticket] * 2
    assert found["hours_to_answer"]["count"] == 2
    story.contact.do(story.on_issue("confirm"), {"solved": "yes", "satisfaction": 3})
    found = line(story.head)
    assert counts(found["resolved"]) == (1, 2)
    assert counts(found["satisfied"]) == (0, 1)
    clerk, head = clerk_line(story.head, story.clerk), clerk_line(story.head, story.head)
    assert counts(clerk["redone"]) == (1, 1)
    assert counts(head["redone"]) == (0, 1)
    assert counts(clerk["resolved"]) == (0, 1)
    assert counts(head["resolved"]) == (1, 1)


def test_silence_and_words_on_behalf_stand_apart(given):
    silent = lapsed(stories.answered(given))
    commissioner = given.commissioner()
    issue = commissioner.open_issue(enterprise_id=str(given.enterprise().id))["id"]
    run_due()
    [ticket] = silent.clerk.see("/tickets")["items"]
    silent.clerk.do(f"/tickets/{ticket['id']}/accept")
    silent.clerk.do(f"/tickets/{ticket['id']}/answer", ANSWER)
    word = {"solved": "yes", "satisfaction": 5, "channel": "phone"}
    commissioner.do(f"/issues/{issue}/confirm", word)
    found = line(silent.head)
    assert counts(found["resolved"]) == counts(found["satisfied"]) == (0, 0)
    assert found["resolved"]["rate"] is None
    assert counts(found["resolved_on_behalf"]) == counts(found["satisfied_on_behalf"]) == (1, 1)
    coverage = found["coverage"]
    assert (coverage["asked"], coverage["silence"], coverage["on_behalf"]) == (2, 1, 1)
    name = commissioner.person.name
    assert coverage["on_behalf_by"] == [{"recorder": name, "channel": "phone", "count": 1}]
    assert coverage["rate"] == 0


def test_not_reached_is_no_word_either(given):
    story = stories.answered(given)
    for _ in range(2):
        given.inspector().do(story.on_issue("unreachable"), {"channel": "phone"})
    found = line(story.head)
    assert found["coverage"]["unreachable"] == found["coverage"]["asked"] == 1
    assert counts(found["resolved"]) == (0, 0)


def test_closed_for_good_counts_as_unsolved(given):
    story = concluded(given)
    found = line(story.head)
    assert counts(found["resolved"]) == (0, 3)
    assert (found["coverage"]["asked"], found["coverage"]["final"]) == (2, 1)


def test_returned_and_transferred(given):
    back, on = stories.returned(given), work_stories.transferred(given)
    found = line(back.head, ids="true")
    assert counts(found["returned"]) == counts(found["transferred"]) == (1, 2)
    assert found["returned"]["numerator_ids"] == [back.ticket]
    assert found["transferred"]["numerator_ids"] == [on.ticket]
    assert counts(found["answered_in_time"]) == (0, 0)
    water = line(given.head("WATER_AFFAIRS"), department="水务局")
    assert counts(water["returned"]) == (0, 1)
    assert counts(clerk_line(back.head, back.clerk)["returned"]) == (1, 1)


def test_who_assists_has_work_and_no_words(given):
    story = stories.accepted(given)
    water = given.clerk("WATER_AFFAIRS")
    where = work_stories.department_of(water)
    story.clerk.do(story.on_ticket("invite"), {"department_id": where, "text": "请看排水"})
    run_due()
    [assist] = water.see("/tickets")["items"]
    water.do(f"/tickets/{assist['id']}/accept")
    water.do(f"/tickets/{assist['id']}/answer", ANSWER)
    story.clerk.do(story.on_ticket("answer"), ANSWER)
    story.contact.do(story.on_issue("confirm"), {"solved": "yes", "satisfaction": 5})
    found = line(given.head("WATER_AFFAIRS"), department="水务局")
    assert counts(found["answered_in_time"]) == (1, 1)
    assert counts(found["resolved"]) == counts(found["redone"]) == (0, 0)
    assert counts(line(story.head)["resolved"]) == (1, 1)


def test_who_may_look(given):
    story = stories.resolved(given)
    water, other = given.head("WATER_AFFAIRS"), given.clerk("HOUSING")
    for role in ("dispatcher", "inspector", "leader", "admin"):
        report = given.role(role).see("/reports/departments", **around())
        assert {HOUSING, "水务局"} <= {each["department"] for each in report["items"]}
        assert counts(report["total"]["resolved"]) == (1, 1)
        everybody = given.role(role).see("/reports/clerks", **around())["items"]
        assert str(story.clerk.person.id) in {each["person_id"] for each in everybody}
    report = story.head.see("/reports/departments", **around())
    assert [each["department"] for each in report["items"]] == [HOUSING]
    assert report["total"] is None
    own = other.see("/reports/clerks", **around())["items"]
    assert [each["person_id"] for each in own] == [str(other.person.id)]
    of_house = water.see("/reports/clerks", **around())["items"]
    assert {each["department"] for each in of_house} == {"水务局"}
    for phone in (story.clerk, story.contact, given.commissioner(), given.role("service")):
        refused(phone.get("/reports/departments"), 403)
    for phone in (story.contact, given.commissioner(), given.role("unit_admin", unit="321204001")):
        refused(phone.get("/reports/clerks"), 403)
    housing = str(registry.by_code("HOUSING").id)
    for phone in (water, given.clerk("WATER_AFFAIRS")):
        refused(phone.get("/reports/clerks", department_id=housing), 403)
    refused(given.inspector().get("/reports/clerks", department_id="f" * 24), 403)
    one = given.inspector().see("/reports/clerks", department_id=housing, **around())["items"]
    assert {each["department"] for each in one} == {HOUSING}


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"month": "2026-13"}, "month"),
        ({"month": "2026-1"}, "month"),
        ({"month": "1026-01"}, "month"),
        ({"from": "2026-01-01"}, "to"),
        ({"to": "2026-01-01"}, "from"),
        ({"month": "2026-01", "from": "2026-01-01", "to": "2026-01-02"}, "month"),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "to"),
        ({"from": "2026-01-01", "to": "2026-04-03"}, "to"),
        ({"from": "yesterday", "to": "2026-04-03"}, "from"),
        ({"year": "2026"}, "year"),
        ({"ids": "perhaps"}, "ids"),
    ],
)
def test_spans_that_make_no_sense(query, wrong, given):
    for path in ("/reports/departments", "/reports/clerks"):
        error = refused(given.inspector().get(path, **query), 422)
        assert wrong in error["errors"]


def test_a_month_begins_and_ends_at_midnight_here(given):
    report = given.inspector().see("/reports/departments", month="2026-02")
    assert report["start"] == "2026-02-01T00:00:00.000+08:00"
    assert report["end"] == "2026-03-01T00:00:00.000+08:00"
    assert (report["month"], report["frozen_at"]) == ("2026-02", None)
    days = given.inspector().see(
        "/reports/departments", **{"from": "2026-01-01", "to": "2026-04-02"}
    )
    assert (days["start"][:10], days["end"][:10], days["month"]) == (
        "2026-01-01",
        "2026-04-03",
        None,
    )
    present = given.inspector().see("/reports/departments")
    assert present["month"] == f"{local(clock.now()):%Y-%m}"


def test_it_goes_by_indexes(given):
    concluded(given)
    with watching("tickets", "issues", "history") as watched:
        given.inspector().see("/reports/departments", **around())
        given.head("HOUSING").see("/reports/clerks", **around())
        assert watched.without_index() == []
        assert watched.seen() > 20
