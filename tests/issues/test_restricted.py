"""What no machine may place: the restricted desk leads it, and whom it complains of learns nothing of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from app.foundation import clock, history
from app.issues.documents import Ticket
from app.notices.documents import Call, Message, Notice
from config.pack import RESTRICTED
from tests.departments.stories import today
from tests.issues import restricted_stories as stories
from tests.issues import stories as plain
from tests.issues.halfway import fails_whole, post
from tests.issues.restricted_stories import RIVAL, RUDE, contradicted, department
from tests.support.duties import run_due

HELD_AT = "2026-01-05T15:00:00+08:00"
REASON = {"reason": "核实后是普通诉求"}


def test_it_goes_to_the_desk_and_says_why_and_how_else(given):
    story = stories.held(given)
    seen = story.contact.see(f"/issues/{story.issue}")
    assert seen["restricted"] == "department"
    (ticket,) = seen["tickets"]
    assert (ticket["role"], ticket["department_id"]) == ("lead", department(RESTRICTED))
    codes = [each["code"] for each in seen["route"]["reasons"]]
    assert {"routing.restricted", "routing.barred"} <= {*codes}
    assert story.stored().barred == [ObjectId(department("HOUSING"))]
    assert contradicted() == []


def test_it_is_restricted_before_anybody_routed_it(given):
    contact = given.contact(given.enterprise())
    issue = contact.open_issue(text=RUDE, category=None)
    assert issue["restricted"] == "department"
    for role in ("dispatcher", "leader", "admin"):
        assert given.role(role).get(f"/issues/{issue['id']}").status_code == 404
    assert given.inspector().get(f"/issues/{issue['id']}").status_code == 200


def test_the_desk_cannot_return_it_and_gives_it_to_none_that_it_bars(given):
    story = stories.accepted(given)
    back = story.clerk.post(
        story.on_ticket("return"), {"reason_code": "not_ours", "reason": "不归我们"}
    )
    assert (back.status_code, back.json["code"]) == (409, "restricted.no_return")
    housing = {"department_id": department("HOUSING")}
    for verb, body in [
        ("transfer", {**housing, "reason": "x"}),
        ("invite", {**housing, "text": "x"}),
    ]:
        refused = story.clerk.post(story.on_ticket(verb), body)
        assert (refused.status_code, refused.json["code"]) == (409, "restricted.barred")
    assert story.barred.get(f"/issues/{story.issue}").status_code == 404


def test_the_steps_that_are_offered_can_be_taken(given):
    story = stories.accepted(given)
    offered = story.clerk.see(story.on_ticket("")[:-1])["actions"]
    assert "release" in offered
    assert "return" not in offered
    ordinary = plain.accepted(given)
    assert "release" not in ordinary.clerk.see(f"/tickets/{ordinary.ticket}")["actions"]
    assert "restrict" in given.dispatcher().see(f"/issues/{ordinary.issue}")["actions"]
    assert "restrict" not in given.inspector().see(f"/issues/{story.issue}")["actions"]


@pytest.mark.parametrize("state", ["submitted", "reopened"])
def test_a_person_restricts_what_waits_or_was_taken_up_again(given, state):
    story = getattr(plain, state)(given)
    body = {"restriction": "report", "reason": "举报同行"}
    inspector = given.inspector()
    assert inspector.post(story.on_issue("restrict"), body).status_code == 204
    run_due()
    seen = inspector.see(f"/issues/{story.issue}")
    assert seen["state"] == {"submitted": "dispatched", "reopened": "reopened"}[state]
    assert seen["tickets"][-1]["department_id"] == department(RESTRICTED)
    assert contradicted() == []


def test_handed_on_to_another_department_it_stays_restricted(given):
    story = stories.accepted(given, RIVAL)
    market = given.clerk("MARKET_REGULATION")
    body = {"department_id": department("MARKET_REGULATION"), "reason": "依职责查处"}
    story.clerk.do(story.on_ticket("transfer"), body)
    new = market.see(f"/issues/{story.issue}")["tickets"][-1]
    assert given.dispatcher().get(f"/issues/{story.issue}").status_code == 404
    objected = market.post(f"/tickets/{new['id']}/object", {"reason": "不归我们"})
    assert (objected.status_code, objected.json["code"]) == (409, "restricted.no_return")
    assert contradicted() == []


@pytest.mark.parametrize("only_named", [False, True])
def test_released_it_is_routed_like_any_other(given, only_named):
    story = stories.accepted(given, category="PERMIT")
    story.clerk.do(story.on_ticket("release"), {**REASON, "only_named": only_named})
    run_due()
    issue = story.stored()
    assert (issue.restricted, issue.released) == (None, True)
    assert Ticket.get(story.ticket).state == "transferred"
    seen = given.dispatcher().see(f"/issues/{story.issue}")
    open_ones = [each["department"] for each in seen["tickets"] if each["ended_at"] is None]
    if only_named:
        assert (issue.state, open_ones) == ("dispatched", ["住建局"])
        assert story.barred.get(f"/issues/{story.issue}").status_code == 200
    else:  # whom it complains of would be the one to deal with it: a person chooses another
        assert (issue.state, open_ones) == ("dispatching", [])
        assert story.barred.get(f"/issues/{story.issue}").status_code == 404
        place = {"category": "PERMIT", "department_id": department("HOUSING")}
        refused = given.dispatcher().post(story.on_issue("place"), place)
        assert (refused.status_code, refused.json["code"]) == (409, "restricted.barred")
        elsewhere = {**place, "department_id": department("APPROVAL")}
        given.dispatcher().do(story.on_issue("place"), elsewhere)
    assert "history.issue.release" not in str(story.contact.see(f"/issues/{story.issue}"))
    run_due()
    assert contradicted() == []


def test_only_the_desk_releases_and_only_what_it_leads(given):
    story = stories.accepted(given, RIVAL)
    assert given.inspector().post(story.on_ticket("release"), REASON).status_code == 403
    market = given.clerk("MARKET_REGULATION")
    body = {"department_id": department("MARKET_REGULATION"), "reason": "依职责查处"}
    story.clerk.do(story.on_ticket("transfer"), body)
    new = market.see(f"/issues/{story.issue}")["tickets"][-1]
    refused = market.post(f"/tickets/{new['id']}/release", REASON)
    assert (refused.status_code, refused.json["code"]) == (409, "restricted.not_to_release")


def test_what_the_law_gives_to_others_names_the_way_there(given):
    story = stories.accepted(given, RIVAL)
    answer = {"text": "举报事项已登记", "result": "not_ours_by_law", "basis": "《行政处罚法》"}
    without = story.clerk.post(story.on_ticket("answer"), {**answer, "basis": ""})
    assert without.status_code == 422
    story.clerk.do(story.on_ticket("answer"), answer)
    shown = story.contact.see(f"/issues/{story.issue}")["tickets"][0]["answer"]
    assert shown["result_name"] == "依法不属本平台办理"
    assert "12315" in shown["way"]


def test_an_ordinary_answer_names_no_way(given):
    story = plain.answered(given)
    assert story.contact.see(f"/issues/{story.issue}")["tickets"][0]["answer"]["way"] is None


def test_a_person_restricts_what_the_rules_missed(given):
    story = plain.accepted(given)
    story.clerk.do(story.on_ticket("note"), {"text": "内部意见", "internal": True})
    dispatcher = given.dispatcher()
    given.inspector().do(story.on_issue("supervise"), {"text": "请说明"})
    run_due()
    body = {
        "restriction": "official",
        "reason": "反映经办人",
        "department_ids": [department("HOUSING")],
    }
    assert dispatcher.post(story.on_issue("restrict"), body).status_code == 204
    run_due()
    for phone in (story.clerk, story.head, dispatcher, given.role("leader")):
        assert phone.get(f"/issues/{story.issue}").status_code == 404
        assert phone.get(f"/tickets/{story.ticket}").status_code == 404
        assert story.number not in str(phone.see("/notices"))
        assert phone.see("/issues")["total"] == 0
    assert dispatcher.see("/supervisions")["total"] == 0
    desk = given.clerk(RESTRICTED)
    tickets = desk.see(f"/issues/{story.issue}")["tickets"]
    assert [each["state"] for each in tickets] == ["cancelled", "dispatched"]
    assert (
        story.contact.see(f"/issues/{story.issue}")["tickets"][-1]["department"] == "信访监督专席"
    )
    rows = [row["action"] for row in history.of("issue", ObjectId(story.issue), internal=True)]
    assert "restrict" in rows
    assert contradicted() == []


def test_what_was_on_its_way_to_those_who_may_not_know_is_stopped(given):
    story = plain.dispatched(given)
    waiting = {"state": "due", "person": story.clerk.person.id}
    notice = Notice.rows().find_one({"person": story.clerk.person.id})
    Message.insert_row(
        notice=notice["_id"],
        person=story.clerk.person.id,
        channel="sms",
        event=notice["event"],
        row=notice["row"],
        not_before=clock.now() + timedelta(hours=1),
        created_at=clock.now(),
    )
    Call.insert_row(
        issue=ObjectId(story.issue),
        number=story.number,
        contact={"name": "张三", "phone": "19900000000"},
        event="issue.answered",
        row=ObjectId(),
        due_at=clock.now(),
        created_at=clock.now(),
    )
    body = {"restriction": "report", "reason": "x", "department_ids": [department("HOUSING")]}
    given.inspector().post(story.on_issue("restrict"), body)
    run_due()
    assert Message.rows().count_documents(waiting) == 0
    for state in ("open", "dropped", "done"):
        assert given.dispatcher().see("/calls", state=state)["total"] == 0


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"restriction": "gossip"}, 422, "restricted.unknown"),
        ({"department_ids": ["f" * 24]}, 422, "department.unknown"),
        ({"department_ids": ["desk"]}, 422, "restricted.not_the_desk"),
    ],
)
def test_a_restriction_that_makes_no_sense(given, changed, status, code):
    story = plain.dispatched(given)
    if changed.get("department_ids") == ["desk"]:
        changed = {"department_ids": [department(RESTRICTED)]}
    body = {"restriction": "report", "reason": "x", "department_ids": [], **changed}
    answer = given.dispatcher().post(story.on_issue("restrict"), body)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_it_is_restricted_once_and_not_when_it_is_answered(given):
    story, other = stories.held(given), plain.answered(given)
    body = {"restriction": "report", "reason": "x"}
    assert given.dispatcher().post(story.on_issue("restrict"), body).status_code == 404
    again = given.inspector().post(story.on_issue("restrict"), body)
    assert (again.status_code, again.json["code"]) == (409, "restricted.not_done")
    late = given.inspector().post(other.on_issue("restrict"), body)
    assert (late.status_code, late.json["code"]) == (409, "issue.transition_not_allowed")


def test_nothing_is_made_of_it_with_other_issues(given):
    other, dispatcher = plain.dispatched(given), given.dispatcher()
    own = dispatcher.open_issue(text=RIVAL, category=None)["id"]
    steps = [
        ("split", {"parts": [{"text": "一"}, {"text": "二"}], "reason": "x"}),
        ("merge", {"into_id": other.issue, "reason": "x"}),
        ("link", {"master_id": other.issue, "reason": "x"}),
        ("meetings", {"held_at": HELD_AT, "attendees": ["张三"], "agreed": "x"}),
    ]
    for verb, body in steps:
        refused = dispatcher.post(f"/issues/{own}/{verb}", body)
        assert (refused.status_code, refused.json["code"]) == (409, "restricted.not_done"), verb
        assert given.dispatcher().post(f"/issues/{own}/{verb}", body).status_code == 404
    for verb, name in (("merge", "into_id"), ("link", "master_id")):
        refused = dispatcher.post(other.on_issue(verb), {name: own, "reason": "x"})
        assert (refused.status_code, refused.json["code"]) == (422, "reference.unknown")


def test_the_ladder_tells_the_desk_and_the_inspectors_alone(given, the_time):
    the_time.is_("2026-11-24 10:00")
    story = stories.held(given)
    inspector, unit = given.inspector(), given.role("unit_admin", unit=story.enterprise.unit)
    others = [given.dispatcher(), given.role("leader"), given.head("HOUSING"), unit, story.barred]
    for day in ("2026-11-27", "2026-12-04", "2026-12-08", "2026-12-10"):
        the_time.is_(f"{day} 17:30")
        run_due()
    for phone in (story.head, inspector):
        told = {each["event"] for each in phone.see("/notices")["items"]}
        assert {"rung.red", "rung.leader"} <= told
    for phone in others:
        about = [each for each in phone.see("/notices")["items"] if each["issue_id"]]
        assert about == []
    assert inspector.see("/supervisions")["total"] == 1
    assert all(phone.see("/supervisions")["total"] == 0 for phone in others[:2])


def test_where_nobody_of_the_desk_is_there_the_inspectors_are_told(given):
    inspector, dispatcher = given.inspector(), given.dispatcher()
    given.contact(given.enterprise()).open_issue(text=RIVAL, category=None)
    run_due()
    assert [each["event"] for each in inspector.see("/notices")["items"]] == ["ticket.dispatched"]
    assert dispatcher.see("/notices")["total"] == 0


def test_what_is_barred_stays_barred_when_it_becomes_part_of_another(given):
    story = stories.accepted(given)
    other = given.clerk("ECOLOGY")
    body = {"department_id": department("ECOLOGY"), "text": "请协助核实"}
    story.clerk.do(story.on_ticket("invite"), body)
    assert other.get(f"/issues/{story.issue}").status_code == 200
    admin = given.role("admin")
    close = {"successor_id": department("ECOLOGY"), "effective_on": "2000-01-01", "reason": "合并"}
    housing = department("HOUSING")
    answer = admin.post(f"/departments/{housing}/close", {**close, "effective_on": str(today())})
    assert answer.status_code == 200, answer.json
    run_due()
    assert other.get(f"/issues/{story.issue}").status_code == 404
    assert story.stored().barred == [ObjectId(housing), ObjectId(department("ECOLOGY"))]
    assert contradicted() == []


def test_a_restriction_by_hand_is_done_whole_or_not_at_all(given, hinted):
    story = plain.accepted(given)
    body = {
        "restriction": "official",
        "reason": "反映经办人",
        "department_ids": [department("HOUSING")],
    }
    act = post(given.dispatcher(), story.on_issue("restrict"), body)
    fails_whole(act, 8, hinted)


def test_a_release_is_done_whole_or_not_at_all(given, hinted):
    story = stories.accepted(given)
    fails_whole(post(story.clerk, story.on_ticket("release"), REASON), 6, hinted)
