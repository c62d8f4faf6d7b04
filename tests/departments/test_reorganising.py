"""The day comes: a department has another name, or is gone and another one in its place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.departments import registry, reorganising
from app.departments.documents import AnswerTemplate, Department
from app.foundation import clock, district, duties, history
from app.foundation.errors import Conflict, Invalid
from app.people.documents import Grant, Person
from tests.departments.stories import (
    KIND,
    claimed,
    history_of,
    id_of,
    key,
    on,
    stored,
    tickets_to_move,
    today,
    work_at,
    work_now,
)
from tests.issues.halfway import duty_done, fails_whole
from tests.people.leaves import body
from tests.support.factories import at, client_id

LATER, MIDNIGHT = "2099-01-01", at("2099-01-01T00:00:00+08:00")
TICK = timedelta(milliseconds=1)
TEMPLATE = {"title": "已办结", "text": "已办结", "result": "solved"}


@pytest.fixture
def admin(given):
    return given.role("admin")


def decide(admin, code: str, verb: str, day=LATER, **said) -> None:
    if "successor" in said:
        said = {"successor_id": id_of(said["successor"])}
    admin.do(f"/departments/{stored(code).id}/{verb}", on(day, **said))


def word_of(row) -> dict:
    """What people are told of the row."""
    return duties.rows().find_one({"key": f"notices.deliver:{row['_id']}"})["payload"]


class TestRenaming:
    def test_happens_when_the_day_begins_here(self, admin, given):
        clerk = given.clerk("HOUSING")
        given.clerk("ECOLOGY")
        decide(admin, "HOUSING", "rename", name="城建局")
        assert work_at(MIDNIGHT - TICK) == 0
        assert stored("HOUSING").name == "住建局"
        assert work_at(MIDNIGHT) == 1
        department = stored("HOUSING")
        assert (department.name, department.coming) == ("城建局", [])
        assert department.renamed == [{"name": "住建局", "until": MIDNIGHT}]
        plan, row = history_of("HOUSING")
        assert (row["action"], row["from"], row["to"]) == ("rename", "住建局", "城建局")
        assert (row["by"], row["text"], row["at"]) == (None, "机构改革", MIDNIGHT)
        assert row["data"] == {"plan": plan["_id"], "effective_on": LATER, "people": [key(clerk)]}
        assert word_of(row) == {"event": "department.reorganised", "row": row["_id"]}
        assert tickets_to_move() == []

    def test_by_the_worker_too_and_shown(self, admin, given):
        decide(admin, "HOUSING", "rename", today(), name="城建局")
        assert work_now() == 1
        clerk = given.clerk("HOUSING")
        assert clerk.see("/me")["roles"][0]["department"] == "城建局"
        shown = clerk.see(f"/departments/{id_of('HOUSING')}")
        assert (shown["name"], shown["coming"]) == ("城建局", [])
        assert [each["name"] for each in shown["renamed"]] == ["住建局"]

    def test_the_pack_does_not_undo_it(self, admin):
        decide(admin, "HOUSING", "rename", today(), name="城建局")
        work_now()
        key_before = stored("HOUSING").id
        registry.sync(district.pack())
        assert (stored("HOUSING").name, stored("HOUSING").id) == ("城建局", key_before)
        assert registry.by_code("HOUSING").name == "城建局"

    def test_twice_keeps_both_names(self, admin):
        for name in ("城建局", "建设局"):
            decide(admin, "HOUSING", "rename", today(), name=name)
            work_now()
        assert [each["name"] for each in stored("HOUSING").renamed] == ["住建局", "城建局"]
        assert stored("HOUSING").name == "建设局"


class TestClosing:
    def test_people_templates_and_tickets_go_along(self, admin, given):
        clerk, other = given.clerk("HOUSING"), given.clerk("ECOLOGY")
        mine = {"client_id": client_id(), "department_id": id_of("HOUSING")}
        template = clerk.do("/answer-templates", {**TEMPLATE, **mine})
        gone, successor = stored("HOUSING").id, stored("APPROVAL").id
        decide(admin, "HOUSING", "close", successor="APPROVAL")
        assert work_at(MIDNIGHT - TICK) == 0
        assert work_at(MIDNIGHT) == 1
        department = stored("HOUSING")
        assert (department.active, department.ended_at) == (False, MIDNIGHT)
        assert (department.successor, department.coming) == (successor, [])
        [grant] = Person.get(key(clerk)).grants
        assert (grant.role, grant.department) == ("clerk", successor)
        assert Person.get(key(other)).grants[0].department == stored("ECOLOGY").id
        assert clerk.see(f"/answer-templates/{template['id']}")["department"] == "行政审批局"
        plan, row = history_of("HOUSING")
        assert (row["action"], row["by"]) == ("close", None)
        assert row["data"] == {
            "plan": plan["_id"],
            "effective_on": LATER,
            "successor": successor,
            "people": [key(clerk)],
            "templates": 1,
        }
        assert word_of(row) == {"event": "department.reorganised", "row": row["_id"]}
        [moved] = history.of("person", key(clerk), internal=True)
        assert moved["action"] == "move_grants"
        assert moved["data"]["before"][0]["department"] == gone
        assert moved["data"]["after"][0]["department"] == successor
        [duty] = tickets_to_move()
        assert duty["subject"] == gone
        assert duty["payload"] == {"successor": successor, "row": row["_id"]}

    def test_who_had_the_role_in_both_has_it_once(self, admin, given):
        gone, successor = stored("HOUSING").id, stored("APPROVAL").id
        grants = [
            Grant(role="clerk", department=gone),
            Grant(role="clerk", department=successor),
            Grant(role="head", department=gone),
            Grant(role="inspector"),
        ]
        person = given.person(*grants)
        decide(admin, "HOUSING", "close", today(), successor="APPROVAL")
        work_now()
        held = [(grant.role, grant.department) for grant in Person.get(person.id).grants]
        assert held == [("clerk", successor), ("head", successor), ("inspector", None)]

    def test_somebody_standing_in_still_does(self, admin, given):
        head, clerk = given.head("HOUSING"), given.clerk("HOUSING")
        head.do("/me/leave", body(clerk, since=0))
        decide(admin, "HOUSING", "close", today(), successor="APPROVAL")
        work_now()
        clerk.do(f"/departments/{id_of('APPROVAL')}/review", {"required": True})

    def test_the_pack_does_not_undo_it(self, admin):
        decide(admin, "HOUSING", "close", today(), successor="APPROVAL")
        work_now()
        registry.sync(district.pack())
        assert stored("HOUSING").active is False
        assert registry.by_code("HOUSING").code == "APPROVAL"
        with pytest.raises(Invalid):
            registry.active(stored("HOUSING").id)
        assert registry.names([stored("HOUSING").id])[stored("HOUSING").id] == "住建局"

    def test_it_is_shown_only_to_who_asks(self, admin, given):
        decide(admin, "HOUSING", "close", today(), successor="APPROVAL")
        work_now()
        phone = given.commissioner()
        current = phone.see("/departments", page_size=100)
        assert "HOUSING" not in {each["code"] for each in current["items"]}
        found = phone.see("/departments", page_size=100, ended="true")
        [gone] = [each for each in found["items"] if each["code"] == "HOUSING"]
        assert found["total"] == current["total"] + 1
        assert gone == phone.see(f"/departments/{stored('HOUSING').id}")
        assert (gone["successor"], gone["successor_id"]) == ("行政审批局", id_of("APPROVAL"))
        assert (gone["active"], gone["ended_at"] is None) == (False, False)

    def test_what_is_closed_is_changed_no_more(self, admin):
        decide(admin, "HOUSING", "close", today(), successor="APPROVAL")
        work_now()
        here = f"/departments/{stored('HOUSING').id}"
        for verb, said in (
            ("review", {"required": True}),
            ("rename", on(today(), name="城建局")),
            ("close", on(today(), successor_id=id_of("ECOLOGY"))),
        ):
            answer = admin.post(f"{here}/{verb}", said)
            assert (answer.status_code, answer.json["code"]) == (409, "department.closed")

    def test_one_after_the_other_leads_to_the_last(self, admin, given):
        clerk = given.clerk("HOUSING")
        decide(admin, "HOUSING", "close", LATER, successor="APPROVAL")
        decide(admin, "APPROVAL", "close", today(), successor="ECOLOGY")
        work_now()
        assert work_at(MIDNIGHT) == 1
        last = stored("ECOLOGY").id
        assert stored("HOUSING").successor == last
        assert registry.by_code("HOUSING").id == registry.by_code("APPROVAL").id == last
        assert Person.get(key(clerk)).grants[0].department == last

    def test_what_else_was_coming_is_dropped(self, admin):
        decide(admin, "HOUSING", "rename", "2099-03-01", name="城建局")
        decide(admin, "HOUSING", "close", LATER, successor="APPROVAL")
        assert work_at(MIDNIGHT) == 1
        assert work_at(at("2099-03-01T00:00:00+08:00")) == 1
        assert (stored("HOUSING").name, stored("HOUSING").coming) == ("住建局", [])

    def test_no_successor_left_is_for_a_person_to_see(self, admin):
        decide(admin, "HOUSING", "close", LATER, successor="CUSTOMS")
        Department.rows().update_one({"code": "CUSTOMS"}, {"$set": {"active": False}})
        duty = claimed(MIDNIGHT)
        with pytest.raises(Conflict, match=r"department\.no_successor"):
            reorganising.reorganise(duty, MIDNIGHT)
        assert stored("HOUSING").active is True
        reorganising.give_up(duty, MIDNIGHT)
        assert duties.rows().find_one({"_id": duty.id})["state"] == "failed"


class TestAllOrNothing:
    def test_renaming(self, admin, hinted):
        decide(admin, "HOUSING", "rename", today(), name="城建局")
        fails_whole(reorganised(), 4, hinted)

    def test_closing(self, admin, given, hinted):
        given.clerk("HOUSING")
        given.head("HOUSING")
        decide(admin, "HOUSING", "close", today(), successor="APPROVAL")
        fails_whole(reorganised(), 10, hinted)


def reorganised():
    return duty_done(KIND, lambda duty: reorganising.reorganise(duty, clock.now()))


class TestSync:
    def test_again_and_again_it_is_the_same(self, clean):
        before = list(Department.rows().find().sort("code", 1))
        registry.sync(district.pack())
        assert list(Department.rows().find().sort("code", 1)) == before

    def test_what_the_pack_gave_up_is_gone_and_comes_back_with_it(self, clean):
        pack = district.pack()
        Department(code="OLD_OFFICE", name="老办公室", kind="bureau").insert()
        Department.rows().update_one({"code": "CUSTOMS"}, {"$set": {"active": False}})
        registry.sync(pack)
        assert (stored("OLD_OFFICE").active, stored("CUSTOMS").active) == (False, True)
        with pytest.raises(Invalid):
            registry.by_code("OLD_OFFICE")

    def test_a_new_one_lacks_nothing(self, clean):
        Department.rows().delete_one({"code": "CUSTOMS"})
        registry.sync(district.pack())
        row = Department.rows().find_one({"code": "CUSTOMS"})
        assert row.keys() == Department.rows().find_one({"code": "HOUSING"}).keys()
        assert row["review_answers"] is False

    def test_a_circle_in_what_is_stored_ends(self, clean):
        for code, successor in (("HOUSING", "CUSTOMS"), ("CUSTOMS", "HOUSING")):
            gone = {"active": False, "ended_at": clock.now(), "successor": stored(successor).id}
            Department.rows().update_one({"code": code}, {"$set": gone})
        with pytest.raises(Invalid):
            registry.by_code("HOUSING")


def test_templates_that_move_are_changed_for_whoever_has_read_them(admin, given):
    clerk = given.clerk("HOUSING")
    mine = {"client_id": client_id(), "department_id": id_of("HOUSING")}
    made = clerk.do("/answer-templates", {**TEMPLATE, **mine})
    read = clerk.get(f"/answer-templates/{made['id']}")
    decide(admin, "HOUSING", "close", today(), successor="APPROVAL")
    work_now()
    answer = clerk.call(
        "PUT",
        f"/answer-templates/{made['id']}",
        json={**TEMPLATE, "text": "改"},
        headers={"If-Match": read.headers["ETag"]},
    )
    assert answer.status_code == 412
    assert AnswerTemplate.objects.get().version == 2
