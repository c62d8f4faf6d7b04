"""The course of an issue: the same whether read from its own row or from all its rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bson import ObjectId

from app.departments import registry
from app.foundation.db import Row
from app.issues.documents import Issue
from app.learning.courses import Course, is_plain, plain, read
from app.learning.reading import OF_ISSUE, with_steps
from tests.issues import stories, work_stories
from tests.learning.setting import (
    COMPLAINT,
    HELD_BACK,
    answer,
    give_back,
    place,
    release,
    use_rules,
)
from tests.support.duties import run_due

ROADS = {
    "name": "道路先派交通",
    "when": {"words": {"any": ["桩机"]}},
    "then": {"assisting": ["TRANSPORT"], "priority": 2},
}


def course_of(issue: str | ObjectId) -> Course:
    [case] = with_steps([row_of(issue)])
    return read(*case)


def row_of(issue: str | ObjectId) -> Row:
    return Issue.rows().find_one({"_id": ObjectId(issue)}, OF_ISSUE)


def department(code: str) -> ObjectId:
    return registry.by_code(code).id


def concluded(given):
    """Closed for good, after two answers that did not help."""
    story = work_stories.reopened_twice(given)
    words = {"reason": "客观条件不具备", "basis": "《城乡规划法》第四十条"}
    story.head.do(story.on_issue("conclude"), words)
    given.inspector().do(story.on_issue("conclude"), words)
    return story


def invited(given):
    story = stories.accepted(given)
    where = {"department_id": str(department("WATER_AFFAIRS")), "text": "请看排水"}
    story.clerk.do(story.on_ticket("invite"), where)
    return story


def assisted_by_rule(given):
    use_rules(given, ROADS)
    return stories.accepted(given)


def held_back(given):
    use_rules(given, HELD_BACK)
    story = stories.submitted(given, text="窗口收了红包")
    run_due()
    return story


def withdrawn_from_the_desk(given):
    story = stories.dispatching(given)
    story.contact.do(story.on_issue("withdraw"), {"reason": "已自行解决"})
    return story


PLAIN = (
    stories.dispatched,
    stories.answered,
    stories.reopened,
    stories.withdrawn,
    stories.dispatching,
    withdrawn_from_the_desk,
    concluded,
    invited,
    assisted_by_rule,
    held_back,
)


@pytest.mark.parametrize("tell", PLAIN, ids=lambda tell: tell.__name__)
def test_a_plain_issue_tells_all_by_itself(tell, given):
    story = tell(given)
    row = row_of(story.issue)
    assert is_plain(row)
    whole = course_of(story.issue)
    # Its own row does not know these; nothing is counted from them.
    stops = tuple(replace(each, ticket=None, answered_at=None, at=None) for each in whole.stops)
    mine = plain(row)
    alike = tuple(replace(each, at=None) for each in mine.stops)
    assert alike == stops
    rest = {"stops": (), "holder": None}
    assert replace(mine, **rest) == replace(whole, **rest)
    assert not whole.wrong


def test_returned_and_answered_elsewhere(given):
    story = stories.returned(given)
    assert not is_plain(row_of(story.issue))
    place(given, story, "LAND")
    answer(given.clerk("NATURAL_RESOURCES"))
    found = course_of(story.issue)
    first, second = found.stops
    assert (first.how, first.left, first.reason) == ("route", "return", "not_ours")
    assert (second.how, second.department) == ("place", department("NATURAL_RESOURCES"))
    assert second.answered_at
    assert found.holder == second
    assert (found.category, found.ended_as) == ("PERMIT", "LAND")
    assert found.wrong
    assert found.answered
    assert found.by_machine
    [wait] = found.waits
    assert wait.since <= wait.until
    assert found.decided.department == department("HOUSING")
    assert found.decided.category == "PERMIT"
    assert found.decided.rulebook.startswith("pack:")


def test_kept_after_a_ruling(given):
    story = stories.returned(given)
    ruling = {"ruling": "yours", "reason": "属你局职责"}
    given.dispatcher().do(story.on_ticket("rule"), ruling)
    found = course_of(story.issue)
    [stop] = found.stops
    assert (stop.left, stop.ruled, found.holder) == ("return", "yours", stop)
    assert found.waits[0].until
    assert found.wrong


def test_handed_on_twice(given):
    story = work_stories.transferred(given)
    [water] = work_stories.live_tickets(story)
    on = {"department_id": str(department("TRANSPORT")), "reason": "道路排水归交通"}
    given.clerk("WATER_AFFAIRS").do(f"/tickets/{water['id']}/transfer", on)
    found = course_of(story.issue)
    assert [(each.left, each.to) for each in found.stops] == [
        ("transfer", department("WATER_AFFAIRS")),
        ("transfer", department("TRANSPORT")),
        (None, None),
    ]
    assert [each.how for each in found.stops] == ["route", "transfer", "transfer"]
    assert found.holder.department == department("TRANSPORT")
    assert found.waits == ()


def test_an_assisting_ticket_that_goes_back_is_no_wrong_turn(given):
    story = invited(given)
    water = given.clerk("WATER_AFFAIRS")
    run_due()
    [ticket] = water.see("/tickets", box="department")["items"]
    back = {"reason_code": "not_ours", "reason": "无需协办"}
    water.do(f"/tickets/{ticket['id']}/return", back)
    found = course_of(story.issue)
    assert len(found.stops) == 1
    assert not found.wrong
    assert found.waits == ()


def test_the_desk_waits_until_it_places(given):
    story = stories.dispatching(given)
    assert course_of(story.issue).waits[0].until is None
    give = {"department_id": str(department("TRANSPORT"))}
    place(given, story, "OTHER", **give)
    found = course_of(story.issue)
    assert found.waits[0].until is not None
    assert not found.by_machine
    assert (found.category, found.department) == ("OTHER", department("TRANSPORT"))
    assert not found.wrong


def test_back_at_the_same_department_is_a_wrong_turn_too(given):
    story = stories.dispatched(given)
    give_back(story, "missing_facts")
    place(given, story, "PERMIT")
    found = course_of(story.issue)
    assert [each.department for each in found.stops] == [department("HOUSING")] * 2
    assert found.wrong


def test_released_and_routed_anew(given):
    use_rules(given, HELD_BACK)
    story = stories.submitted(given, text=COMPLAINT)
    run_due()
    release(given)
    run_due()
    answer(story.clerk)
    found = course_of(story.issue)
    desk, housing = found.stops
    assert (desk.department, desk.left) == (department("RESTRICTED_DESK"), "release")
    assert (housing.department, housing.how) == (department("HOUSING"), "route")
    assert found.restricted
    assert found.wrong
    assert found.holder == housing


def test_restricted_by_hand(given):
    story = stories.dispatched(given)
    why = {"restriction": "department", "reason": "反映窗口作风"}
    given.dispatcher().post(story.on_issue("restrict"), why)
    found = course_of(story.issue)
    assert [each.how for each in found.stops] == ["route", "restrict"]
    assert found.holder.department == department("RESTRICTED_DESK")
    assert found.restricted
    assert found.wrong
