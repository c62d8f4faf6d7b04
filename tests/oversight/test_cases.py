"""Cases over HTTP: from a fake that was drawn to a case that is heard, circulated, published, withdrawn."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from bson import ObjectId

from app.foundation import history
from app.notices.documents import Notice
from app.oversight.cases_documents import Case
from app.people.documents import Grant
from tests.issues.work_stories import department_of
from tests.oversight import check_stories
from tests.oversight.check_stories import WORDS, Watch
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.support.phone import Phone

STAFF = {"audience": {"kind": "staff"}}


@pytest.fixture
def watch(given, the_time) -> Watch:
    return check_stories.begun(given, the_time)


@pytest.fixture
def checked(watch) -> Watch:
    watch.drawn()
    watch.record()
    return watch


def told(phone: Phone) -> set[str]:
    run_due()
    rows = Notice.rows().find({"person": phone.person.id, "event": {"$regex": "^case"}})
    return {row["event"].removeprefix("case.") for row in rows}


def test_from_a_fake_that_was_drawn_to_a_case_that_is_withdrawn(watch, given):
    outsider, late = given.clerk("ECOLOGY"), given.clerk("WATER_AFFAIRS")
    found_out(watch)
    heard_and_approved(watch)
    assert outsider.get(watch.case).status_code == 404
    watch.step(watch.inspector, "circulate", **STAFF)
    shown = outsider.see(watch.case)
    nothing = (shown["by"], shown["replies"], shown["history"])
    assert (shown["title"], nothing) == ("办结不实", (None, [], []))
    assert {(each["id"], each["name"]) for each in shown["evidence"]} == {(None, "")}
    assert outsider.see("/cases")["total"] == 1
    back = watch.step(watch.leader, "withdraw", text="事实有出入")
    assert (back["state"], back["withdrawal"]["text"]) == ("withdrawn", "事实有出入")
    assert outsider.see(watch.case)["withdrawal"]["text"] == "事实有出入"
    assert given.clerk("ECOLOGY").get(watch.case).status_code == 404
    assert late.see("/cases", state="withdrawn")["total"] == 1
    assert [each["action"] for each in watch.leader.see(watch.case)["history"]] == [
        *("propose", "serve", "reply", "approve", "circulate", "withdraw")
    ]
    assert told(watch.story.head) == {"served", "approved", "circulated", "withdrawn"}
    assert told(watch.leader) == {"proposed", "replied"}


def found_out(watch: Watch) -> None:
    """Drawn, found fake, reopened, proposed as a case."""
    watch.drawn()
    watch.record()
    closure = {"text": "并未解决", "reopen": True}
    found = watch.inspector.do(f"/closures/{watch.story.ticket}/confirm", closure)
    assert found["state"] == "confirmed"
    assert watch.story.contact.see(f"/issues/{watch.story.issue}")["state"] == "reopened"
    found_so = {"kind": "closure", "id": watch.story.ticket, "text": "虚假办结"}
    assert watch.propose(evidence=[*watch.evidence(), found_so])["state"] == "proposed"
    assert watch.story.head.get(watch.case).status_code == 404
    assert watch.refused(watch.leader, "approve") == (409, "case.transition_not_allowed")


def heard_and_approved(watch: Watch) -> None:
    """Served, replied to, and approved, none of it by the wrong person or too early."""
    inspector, leader, head = watch.inspector, watch.leader, watch.story.head
    served = watch.step(inspector, "serve")
    assert served["reply_by"].startswith("2026-12-09T17:30")
    assert head.see(watch.case)["evidence"][0]["name"] == watch.story.number
    assert watch.refused(leader, "approve") == (409, "case.reply_first")
    assert watch.refused(inspector, "reply") == (403, "forbidden")
    assert watch.step(head, "reply", text="已向企业致歉")["replies"][0]["text"] == "已向企业致歉"
    assert watch.refused(inspector, "approve") == (403, "forbidden")
    approved = watch.step(leader, "approve")
    assert approved["appeal_by"].startswith("2026-12-16T17:30")


def test_once_the_time_to_reply_is_over_silence_hinders_nothing(checked, the_time):
    checked.propose()
    checked.step(checked.inspector, "serve")
    the_time.is_("2026-12-09 17:30")
    leader = checked.again(checked.leader)
    assert checked.refused(leader, "approve") == (409, "case.reply_first")
    the_time.is_("2026-12-09 17:31")
    assert told(leader) == {"proposed", "reply_over"}
    assert checked.step(leader, "approve")["state"] == "approved"


def test_never_of_an_enterprise_nor_its_people(checked, given):
    firm = checked.story.enterprise
    contact = Grant(role="contact", enterprise=firm.id)
    clerk = given.clerk("POWER_COMPANY")
    home = clerk.person.grants[0].department
    refused = {
        "enterprise": ("department", firm.id),
        "contact": ("person", checked.story.contact.person.id),
        "both": ("person", given.person(Grant(role="head", department=home), contact).id),
        "company": ("department", home),
        "company clerk": ("person", clerk.person.id),
        "service": ("person", given.role("service").person.id),
        "nobody": ("person", ObjectId()),
    }
    for who, (kind, key) in refused.items():
        said = checked.proposal(subject_kind=kind, subject_id=str(key))
        answer = checked.inspector.post("/cases", said)
        code = "case.unknown_subject" if who == "nobody" else "case.not_of_enterprises"
        assert (answer.status_code, answer.json["code"]) == (422, code), who
    assert Case.rows().count_documents({}) == 0


def test_no_word_names_the_firm_or_its_people(checked):
    names = (checked.story.enterprise.name, checked.story.contact.person.name)
    for name, field in itertools.product(names, ("title", "text", "evidence")):
        text = f"{name}的事没有办"
        said = checked.proposal()
        said[field] = [{**said["evidence"][0], "text": text}] if field == "evidence" else text
        answer = checked.inspector.post("/cases", said)
        assert (answer.status_code, answer.json["code"]) == (422, "case.names_a_firm")


def test_it_rests_on_what_is_settled_only(watch):
    watch.drawn()
    said = watch.proposal()
    assert watch.inspector.post("/cases", said).json["code"] == "case.check_not_recorded"
    closure = [{"kind": "closure", "id": watch.story.ticket, "text": "虚假办结"}]
    answer = watch.inspector.post("/cases", {**said, "evidence": closure})
    assert answer.json["code"] == "case.closure_not_confirmed"


def test_who_proposed_does_not_decide_nor_whom_it_is_about(checked, given):
    leader, other = checked.leader, given.role("leader")
    said = checked.proposal(subject_kind="person", subject_id=str(other.person.id))
    checked.case = f"/cases/{leader.do('/cases', said)['id']}"
    assert checked.refused(leader, "drop") == (403, "case.partial")
    checked.step(leader, "serve")
    checked.step(other, "reply")
    for partial in (leader, other):
        assert checked.refused(partial, "approve") == (403, "case.partial")
        assert "approve" not in partial.see(checked.case)["actions"]
    assert checked.step(given.role("leader"), "drop", text="证据不足")["state"] == "dropped"
    assert told(other) == {"served", "dropped"}


def test_whom_it_is_about_neither_drops_it_before_it_is_served_nor_takes_it_back(checked, given):
    concerned, other = given.role("leader"), checked.leader
    checked.propose(subject_kind="person", subject_id=str(concerned.person.id))
    for action in ("drop", "withdraw"):
        assert checked.refused(concerned, action) == (403, "case.partial")
        assert action not in concerned.see(checked.case)["actions"]
        assert action in other.see(checked.case)["actions"]
    checked.step(checked.inspector, "serve")
    assert checked.refused(concerned, "withdraw") == (403, "case.partial")
    assert checked.step(checked.inspector, "withdraw")["state"] == "withdrawn"


def test_a_leader_who_heads_the_department_does_not_drop_its_case(checked, given):
    home = ObjectId(department_of(checked.story.head))
    both = given.phone(given.person(Grant(role="leader"), Grant(role="head", department=home)))
    checked.propose()
    assert checked.refused(both, "drop") == (403, "case.partial")
    assert checked.step(checked.leader, "drop")["state"] == "dropped"


def test_no_word_names_the_firm_that_was_visited(checked, given):
    firm = checked.story.enterprise
    began = {"started_at": "2026-11-25T09:00:00+08:00", "ended_at": "2026-11-25T10:00:00+08:00"}
    said = {"client_id": client_id(), "enterprise_id": str(firm.id), **began}
    visit = given.commissioner().do("/visits", said)["id"]
    evidence = [{"kind": "visit", "id": visit, "text": f"走访{firm.name}未到场"}]
    answer = checked.inspector.post("/cases", checked.proposal(evidence=evidence))
    assert (answer.status_code, answer.json["code"]) == (422, "case.names_a_firm")


def test_nothing_leaves_the_house_without_the_authoritys_approval(checked, given):
    clerk = checked.story.clerk
    checked.propose(subject_kind="person", subject_id=str(clerk.person.id))
    checked.step(checked.inspector, "serve")
    checked.step(clerk, "reply")
    checked.step(checked.leader, "approve")
    approval = checked.approval()
    early = checked.refused(checked.inspector, "publish", **approval)
    assert early == (409, "case.transition_not_allowed")
    assert checked.step(checked.inspector, "circulate", **STAFF)["public"] is None
    for change, code in (
        ({"photo_ids": []}, "request.invalid"),
        ({"document_no": " "}, "request.invalid"),
        ({"approved_on": "2026-12-03"}, "request.invalid"),
        ({"public_text": f"{clerk.person.name}不作为"}, "case.names_a_person"),
        ({"title": checked.story.enterprise.name}, "case.names_a_firm"),
    ):
        unfit = {"approval": {**approval["approval"], **change}}
        assert checked.refused(checked.inspector, "publish", **unfit) == (422, code)
    done = checked.step(checked.inspector, "publish", **approval)
    assert done["publication"]["document_no"] == "纪通〔2026〕12号"
    assert done["public"] == {
        "kind_name": "负面典型",
        "subject": f"{clerk.person.name[0]}某某",
        "title": "某部门办结不实",
        "text": "答复已解决而未解决",
    }
    outsider = given.clerk("ECOLOGY").see(checked.case)
    assert (outsider["publication"], outsider["state"]) == (None, "published")
    assert checked.step(checked.leader, "withdraw")["public"] is None


def test_an_appeal_holds_everything_until_another_answers_it(watch, given, the_time):
    watch.circulated()
    head, second = watch.story.head, given.role("leader")
    assert watch.refused(given.head("ECOLOGY"), "appeal") == (403, "forbidden")
    watch.step(head, "appeal", text="企业材料不全")
    assert watch.refused(head, "appeal") == (409, "case.appeal_open")
    publish = watch.refused(watch.inspector, "publish", **watch.approval())
    assert publish == (409, "case.appeal_open")
    answer = {"upheld": False}
    assert watch.refused(watch.leader, "answer-appeal", **answer) == (403, "case.partial")
    assert watch.step(second, "answer-appeal", **answer)["state"] == "circulated"
    assert watch.refused(second, "answer-appeal", **answer) == (409, "case.no_appeal")
    assert watch.refused(head, "appeal") == (409, "case.appealed_already")
    deputy = given.head("HOUSING")
    assert deputy.see(watch.case)["history"] == []
    the_time.is_("2026-12-16 17:31")
    late = watch.again(head)
    assert watch.refused(late, "appeal") == (409, "case.appeal_too_late")


def test_an_appeal_that_is_upheld_takes_it_back(watch, given):
    watch.circulated()
    outsider, second = given.clerk("ECOLOGY"), given.role("leader")
    watch.step(watch.story.head, "appeal")
    done = watch.step(second, "answer-appeal", upheld=True, text="查无实据")
    assert (done["state"], done["appeals"][0]["answer"]["upheld"]) == ("withdrawn", True)
    assert outsider.see(watch.case)["withdrawal"]["text"] == "查无实据"
    assert "appeal_upheld" in told(watch.story.head)


def test_the_same_proposal_is_one_and_two_who_decide_at_once_are_one(checked, given):
    said = checked.proposal()
    first, second = (checked.inspector.post("/cases", said) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    other = checked.inspector.post("/cases", {**said, "title": "别的"})
    assert other.json["code"] == "client_id.conflict"
    checked.case = f"/cases/{first.json['id']}"
    checked.step(checked.inspector, "serve")
    checked.step(checked.story.head, "reply")
    sides = [(checked.leader, "approve"), (given.role("leader"), "drop")]
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda each: each[0].post(f"{checked.case}/{each[1]}", WORDS), sides)
    assert sorted(each.status_code for each in answers) == [200, 409]
    rows = history.of("case", ObjectId(first.json["id"]), internal=True)
    assert [row["version"] for row in rows] == [1, 2, 3, 4]
