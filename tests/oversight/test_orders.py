"""Orders: from a leader's line to closed; each step is one person's, once, and nothing else is allowed."""

from __future__ import annotations

import pytest

from app.foundation import duties, history
from app.oversight import orders_states as states
from app.oversight.orders import Order
from app.people.documents import Person
from tests.issues import stories as issue_stories
from tests.issues.pressing_stories import events, told
from tests.issues.test_races import at_once, pressing
from tests.issues.test_work import refused
from tests.oversight.order_stories import (
    BACK,
    LINE,
    REPLY,
    UNIT,
    again,
    begun,
    department,
    picture,
)
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.support.time import said

LADDER = ["yellow", "red", "supervision", "leader"]
WHY = "要看效果"


@pytest.fixture
def story(given, the_time):
    """A Tuesday."""
    the_time.is_("2026-11-24 10:00")
    return begun(given)


def test_from_a_leaders_line_to_closed(story):
    leader, owner = story.leader, story.commissioner
    made = story.instruct()
    assert (made["text"], made["state"], made["owner_id"]) == (
        LINE,
        "issued",
        str(owner.person.id),
    )
    assert said(made["due_at"]) == "2026-12-01 17:30"
    run_due()
    assert [LINE in text for text in told(owner, "instruction.issued")] == [True]
    path = f"/orders/{made['id']}"
    assert owner.see(path)["actions"] == ["acknowledge", "reply", "ask_extension"]
    assert owner.do(f"{path}/acknowledge")["state"] == "acknowledged"
    photo = picture(owner)
    replied = owner.do(f"{path}/reply", {**REPLY, "photo_ids": [photo]})
    assert [each["photo_ids"] for each in replied["replies"]] == [[photo]]
    assert leader.get(f"/photos/{photo}").status_code == 200
    sent = leader.do(f"{path}/send-back", BACK)
    assert (sent["state"], said(sent["due_at"])) == ("sent_back", "2026-12-11 17:30")
    owner.do(f"{path}/reply", REPLY)
    assert leader.do(f"{path}/accept", {"text": "可以"})["state"] == "accepted"
    closed = leader.do(f"{path}/close", {"text": "办结"})
    assert (closed["state"], closed["text"], closed["actions"]) == ("closed", LINE, [])
    run_due()
    assert [each["action"] for each in closed["history"]] == [
        *("issue", "acknowledge", "reply", "send_back", "reply", "accept", "close")
    ]
    assert events(leader)[:2] == ["instruction.replied"] * 2
    assert {"instruction.sent_back", "instruction.closed"} <= set(events(owner))
    assert duties.rows().count_documents({"kind": "orders.climb", "state": "due"}) == 0


def bodies():
    day = {"due_on": "2026-12-20"}
    return {
        "acknowledge": {},
        "reply": REPLY,
        "send_back": BACK,
        "accept": {},
        "close": {},
        "ask_extension": {**day, "reason": WHY},
        "decide_extension": {"granted": True},
        "hand_over": {"reason": WHY},
        "withdraw": {"reason": WHY},
    }


@pytest.mark.parametrize("state", states.STATES)
def test_the_table_is_what_the_steps_do(story, state):
    """From each state each action leads where the table says, and nowhere else."""
    other = story.given.commissioner()
    inspector = story.given.inspector()
    for action, body in bodies().items():
        key = story.instruct()["id"]
        asked = {"due_at": Order.get(key).due_at, "granted": None, "reason": WHY}
        by = {"by": story.commissioner.person.id, "by_name": "人员"}
        said_ = {**by, "at": asked["due_at"], "text": ""}
        pending = [{**asked, **said_}] if action == "decide_extension" else []
        Order.rows().update_one(
            {"_id": Order.get(key).id}, {"$set": {"state": state, "extensions": pending}}
        )
        own = action in ("acknowledge", "reply", "ask_extension")
        phone = story.commissioner if own else inspector
        whom = {"owner_id": str(other.person.id)} if action == "hand_over" else {}
        answer = phone.post(f"/orders/{key}/{action.replace('_', '-')}", {**body, **whom})
        then = states.ACTIONS[action].get(state)
        if then is None:
            refused(answer, 409, "order.transition_not_allowed")
            assert Order.get(key).version == 1
        else:
            assert (answer.status_code, answer.json["state"]) == (200, then), action


def test_of_two_at_once_one_wins(story):
    key = story.instruct()["id"]
    path = f"/orders/{key}"
    owner, leader = story.commissioner, story.leader
    reply = pressing(owner, f"{path}/reply", REPLY)
    assert sorted(at_once(reply, reply)) == [200, 409]
    verdicts = pressing(leader, f"{path}/accept", {}), pressing(leader, f"{path}/send-back", BACK)
    assert sorted(at_once(*verdicts)) == [200, 409]
    assert len(Order.get(key).replies) == len(Order.get(key).verdicts) == 1
    rows = history.of("order", Order.get(key).id, internal=True)
    assert [row["version"] for row in rows] == [1, 2, 3]


def test_sent_again_it_is_done_once(story):
    body = story.line()
    first = story.leader.post("/instructions", body)
    again_ = story.leader.post("/instructions", body)
    assert (first.status_code, again_.status_code) == (201, 200)
    assert first.json["id"] == again_.json["id"]
    other = {**body, "text": "另一句"}
    refused(story.leader.post("/instructions", other), 409, "client_id.conflict")
    path = f"/orders/{first.json['id']}/reply"
    for _ in range(2):
        assert len(story.commissioner.do(path, REPLY, Idempotency_Key="r1")["replies"]) == 1


def test_overdue_it_climbs_and_each_hears_in_turn(given, story, the_time):
    inspector, head = given.inspector(), given.head("HOUSING")
    clerk = given.clerk("HOUSING")
    key = story.instruct(owner_id=str(clerk.person.id), due_on="2026-12-03")["id"]
    steps = [
        ("2026-12-02 17:29", 0),
        ("2026-12-02 17:30", 1),
        ("2026-12-03 17:30", 2),
        ("2026-12-04 17:30", 3),
        ("2026-12-08 17:30", 4),
        ("2026-12-30 09:00", 4),
    ]
    for moment, count in steps:
        the_time.is_(moment)
        run_due()
        assert Order.get(key).climbed == LADDER[:count], moment
    people = again(given, clerk, head, story.admin, inspector, story.leader, story.commissioner)
    heard = [[each for each in events(phone) if each.startswith("order.")] for phone in people]
    assert heard == [
        ["order.overdue", "order.due_soon"],
        ["order.overdue"] * 2,
        ["order.overdue"],
        ["order.overdue"] * 2,
        ["order.overdue"],
        [],
    ]
    assert people[4].see("/orders", overdue=True)["total"] == 1


def test_more_time_is_asked_for_and_decided(story):
    key = story.instruct()["id"]
    path, owner, leader = f"/orders/{key}", story.commissioner, story.leader
    ask = {"due_on": "2026-12-10", "reason": "雨天停工"}
    refused(
        owner.post(f"{path}/ask-extension", {**ask, "due_on": "2026-12-01"}), 422, "request.invalid"
    )
    asked = owner.do(f"{path}/ask-extension", ask)
    assert said(asked["due_at"]) == "2026-12-01 17:30"
    refused(owner.post(f"{path}/ask-extension", ask), 409, "order.extension_asked_already")
    refused(owner.post(f"{path}/decide-extension", {"granted": True}), 403, "forbidden")
    granted = leader.do(f"{path}/decide-extension", {"granted": True})
    assert said(granted["due_at"]) == "2026-12-10 17:30"
    again_ = leader.post(f"{path}/decide-extension", {"granted": True})
    refused(again_, 409, "order.no_extension_asked")
    (waiting,) = duties.rows().find({"kind": "orders.climb", "state": "due"})
    assert said(waiting["due_at"].isoformat()) == "2026-12-09 17:30"


def test_who_answers_is_found_for_department_unit_and_subject(given, story):
    head = given.head("HOUSING")
    inspector = given.inspector()
    order = {"kind": "inspection", "client_id": client_id(), "text": "专项督办", "working_days": 2}
    made = inspector.do("/orders", {**order, "department_id": department("HOUSING")})
    assert (made["owner_id"], said(made["due_at"])) == (
        str(head.person.id),
        "2026-11-26 17:30",
    )
    about = inspector.do("/orders", {**order, "client_id": client_id(), "about_unit": UNIT})
    assert about["owner_id"] == str(story.admin.person.id)
    nobody = {**order, "client_id": client_id(), "department_id": department("WATER_AFFAIRS")}
    answer = inspector.post("/orders", nobody)
    refused(answer, 422, "request.invalid")
    assert "department_id" in answer.json["errors"]
    refused(inspector.post("/orders", {**order, "client_id": client_id()}), 422, "request.invalid")
    contact = {**order, "client_id": client_id(), "owner_id": str(story.contact.person.id)}
    refused(inspector.post("/orders", contact), 422, "request.invalid")
    refused(inspector.post("/instructions", story.line()), 403, "forbidden")
    refused(story.commissioner.post("/orders", order), 403, "forbidden")


def test_handed_over_by_hand_and_when_its_owner_has_left(given, story, the_time):
    first, second = given.head("HOUSING"), given.clerk("HOUSING")
    outsider = given.clerk("WATER_AFFAIRS")
    key = story.instruct(department_id=department("HOUSING"), due_on="2026-12-03")["id"]
    path = f"/orders/{key}/hand-over"
    abroad = first.post(path, {"owner_id": str(outsider.person.id), "reason": WHY})
    refused(abroad, 422, "request.invalid")
    handed = first.do(path, {"owner_id": str(second.person.id), "reason": WHY})
    assert handed["owner_id"] == str(second.person.id)
    Person.rows().update_one({"_id": second.person.id}, {"$set": {"active": False}})
    the_time.is_("2026-12-02 17:30")
    run_due()
    [first] = again(given, first)
    assert first.see(f"/orders/{key}")["owner_id"] == str(first.person.id)
    assert {"order.handed_over", "order.due_soon"} <= set(events(first))


def test_a_deputy_answers_for_who_is_away(given, story):
    deputy = given.commissioner()
    absence = {
        "since": "2026-11-24T10:00:00+08:00",
        "until": "2026-11-27T10:00:00+08:00",
        "deputy_id": str(deputy.person.id),
    }
    key = story.instruct()["id"]
    refused(deputy.get(f"/orders/{key}"), 404, "not_found")
    story.commissioner.do("/me/leave", absence)
    assert deputy.do(f"/orders/{key}/reply", REPLY)["state"] == "replied"
    assert deputy.see("/orders", mine=True)["total"] == 1


def test_what_is_withdrawn_leaves_a_trace(story):
    key = story.instruct()["id"]
    gone = story.leader.do(f"/orders/{key}/withdraw", {"reason": "情况有变"})
    assert (gone["state"], gone["ending"]["text"], gone["text"]) == ("withdrawn", "情况有变", LINE)
    run_due()
    assert "instruction.withdrawn" in events(story.commissioner)


def test_nobody_judges_their_own_reply(given, story):
    inspector, other = given.inspector(), given.inspector()
    key = story.instruct(owner_id=str(inspector.person.id))["id"]
    inspector.do(f"/orders/{key}/reply", REPLY)
    refused(inspector.post(f"/orders/{key}/accept", {}), 403, "order.own_reply")
    assert other.do(f"/orders/{key}/accept", {})["state"] == "accepted"


class TestOfAnIssue:
    """The supervision of the issue is the order's execution: there is no second mechanism."""

    def test_the_line_is_a_supervision_and_stands_as_that_does(self, given, story):
        issue = issue_stories.accepted(given)
        made = story.instruct(issue_id=issue.issue)
        order = f"/supervisions/{made['supervision_id']}"
        assert issue.head.see(order)["text"] == LINE
        assert (made["state"], made["department_id"]) == ("issued", department("HOUSING"))
        issue.clerk.do(f"{order}/reply", REPLY)
        seen = story.leader.see(f"/orders/{made['id']}")
        assert (seen["state"], [each["text"] for each in seen["replies"]]) == (
            "replied",
            [REPLY["text"]],
        )
        assert story.leader.see("/orders", state="replied")["total"] == 1
        sent = story.leader.do(f"/orders/{made['id']}/send-back", BACK)
        assert (sent["state"], story.leader.see(order)["state"]) == ("sent_back", "open")
        issue.head.do(f"/orders/{made['id']}/reply", REPLY)
        assert story.leader.do(f"/orders/{made['id']}/accept", {})["state"] == "closed"
        assert story.leader.see(order)["state"] == "closed"
        assert story.leader.see("/orders", open=True)["total"] == 0
        assert story.leader.see("/orders", open=False)["total"] == 1
        of_head = story.leader.see("/orders", department_id=department("HOUSING"))
        assert of_head["total"] == 1
        refused(issue.head.post(f"/orders/{made['id']}/acknowledge"), 409, "order.by_supervision")
        assert duties.rows().count_documents({"kind": "orders.climb"}) == 0

    def test_withdrawn_it_ends_the_supervision(self, given, story):
        issue = issue_stories.accepted(given)
        made = story.instruct(issue_id=issue.issue)
        gone = story.leader.do(f"/orders/{made['id']}/withdraw", {"reason": WHY})
        order = story.leader.see(f"/supervisions/{made['supervision_id']}")
        assert (gone["state"], order["state"]) == ("withdrawn", "closed")

    def test_who_may_not_know_of_a_restricted_issue_learns_nothing(self, given, story):
        issue = issue_stories.accepted(given)
        inspector = given.inspector()
        made = story.instruct(issue_id=issue.issue)
        restrict = {"restriction": "report", "reason": "举报件", "department_ids": []}
        assert inspector.post(f"/issues/{issue.issue}/restrict", restrict).status_code == 204
        for phone in (story.leader, story.commissioner, story.admin, given.role("admin")):
            refused(phone.get(f"/orders/{made['id']}"), 404, "not_found")
            assert phone.see("/orders")["total"] == 0
        assert inspector.see(f"/orders/{made['id']}")["text"] == LINE

    def test_it_names_nobody_else(self, given, story):
        issue = issue_stories.accepted(given)
        owner = str(story.commissioner.person.id)
        body = story.line(issue_id=issue.issue, owner_id=owner)
        answer = story.leader.post("/instructions", body)
        refused(answer, 422, "request.invalid")
        assert list(answer.json["errors"]) == ["owner_id"]


def test_a_portrait_tells_staff_that_there_is_one_and_no_more(given, story):
    story.instruct()
    path = f"/projects/{story.project.id}/portrait"
    for phone, count in (
        (given.commissioner(), 1),
        (given.clerk("HOUSING"), 1),
        (story.contact, None),
        (given.role("service"), None),
    ):
        seen = phone.see(path)
        assert (seen["instructions"], LINE in str(seen)) == (count, False)


def test_who_may_see_an_order(given, story):
    """Role by role: whether they see it singly, and how many their lists hold."""
    head = given.head("HOUSING")
    of_project = story.instruct()["id"]
    of_head = story.instruct(department_id=department("HOUSING"))["id"]
    elsewhere = given.role("unit_admin", unit="321204001")
    expected = [
        (story.leader, 200, 200, 2),
        (given.role("leader"), 200, 200, 2),
        (given.inspector(), 200, 200, 2),
        (given.role("admin"), 200, 200, 2),
        (story.commissioner, 200, 404, 1),
        (given.commissioner(), 404, 404, 0),
        (story.admin, 200, 200, 2),
        (elsewhere, 404, 404, 0),
        (head, 404, 200, 1),
        (given.clerk("HOUSING"), 404, 404, 0),
        (given.head("WATER_AFFAIRS"), 404, 404, 0),
        (given.dispatcher(), 404, 404, 0),
        (story.contact, 404, 404, None),
        (given.role("service"), 404, 404, None),
    ]
    for phone, one, other, count in expected:
        role = phone.person.grants[0].role
        found = phone.get(f"/orders/{of_project}"), phone.get(f"/orders/{of_head}")
        assert [each.status_code for each in found] == [one, other], role
        listed = phone.get("/orders")
        assert (listed.json.get("total") if count is not None else listed.status_code) == (
            403 if count is None else count
        ), role
        assert (LINE in listed.get_data(as_text=True)) == bool(count), role
