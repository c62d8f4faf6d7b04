"""Milestones: none without a day and somebody who answers for it; moved with reasons, closed with photos."""

from __future__ import annotations

import pytest
from bson import ObjectId

from app.foundation import clock
from app.foundation.db import transaction
from app.people.documents import Person
from app.photos.documents import Photo
from app.projects.documents import Project
from app.projects.milestones import for_warnings
from app.projects.milestones.documents import Milestone
from tests.issues.test_work import refused
from tests.projects.milestones.stories import WHY, begun, finished, picture
from tests.support.duties import run_due
from tests.support.factories import client_id


@pytest.fixture
def story(given, the_time):
    the_time.is_("2026-11-24 10:00")
    return begun(given)


class TestEntering:
    def test_it_has_a_day_and_somebody_responsible(self, story):
        made = story.add("M1", stage="started")
        assert (made["due_on"], made["state"], made["overdue"]) == ("2026-12-03", "open", False)
        assert made["responsible"] == story.commissioner.person.name
        for missing in ("due_on", "responsible_id"):
            body = story.body("M2")
            del body[missing]
            refused(story.commissioner.post(story.path, body), 422, "request.invalid")
        assert [each["code"] for each in story.commissioner.see(story.path)["items"]] == ["M1"]

    def test_sent_twice_it_is_one(self, story):
        body = story.body("M1")
        first = story.commissioner.do(story.path, body)
        assert story.commissioner.do(story.path, body)["id"] == first["id"]
        refused(
            story.commissioner.post(story.path, story.body("M1")), 409, "register.exists_already"
        )

    def test_nobody_answers_for_what_they_may_not_know_of(self, given, story):
        stranger = given.contact(given.enterprise())
        body = story.body("M1", responsible_id=str(stranger.person.id))
        answer = story.commissioner.post(story.path, body)
        refused(answer, 422, "request.invalid")
        assert "responsible" in answer.json["errors"]
        Person.rows().update_one({"_id": story.admin.person.id}, {"$set": {"active": False}})
        body = story.body("M1", responsible_id=str(story.admin.person.id))
        assert story.commissioner.post(story.path, body).status_code == 422

    def test_another_commissioner_looks_and_does_not_write(self, given, story):
        other = given.commissioner()
        refused(other.post(story.path, story.body("M1")), 403, "forbidden")
        story.add("M1")
        assert len(other.see(story.path)["items"]) == 1

    def test_what_waits_for_itself_is_refused(self, story):
        story.add("M1")
        story.add("M2", depends_on=["M1"])
        answer = story.commissioner.post(story.path, story.body("M3", depends_on=["M9", "M3"]))
        assert "M9" in answer.json["errors"]["depends_on"][0]
        answer = story.commissioner.post(story.path, story.body("M3", depends_on=["M2", "M3"]))
        refused(answer, 422, "request.invalid")
        assert "M3 → M3" in answer.json["errors"]["depends_on"][0]


class TestMoving:
    def test_another_day_needs_a_reason_and_is_history(self, story):
        key = story.add("M1")["id"]
        path = f"/milestones/{key}/move"
        refused(story.commissioner.post(path, {"due_on": "2026-12-10"}), 422, "request.invalid")
        moved = story.commissioner.do(path, {"due_on": "2026-12-10", "reason": WHY})
        assert moved["due_on"] == "2026-12-10"
        step = moved["history"][-1]
        assert (step["action"], step["text"]) == ("change", WHY)
        assert step["due_on"] == ["2026-12-03", "2026-12-10"]

    def test_somebody_else_answers_for_it_and_hears_of_it(self, story):
        key = story.add("M1")["id"]
        body = {"person_id": str(story.admin.person.id), "reason": "属地更便于督促"}
        given_on = story.commissioner.do(f"/milestones/{key}/assign", body)
        assert given_on["responsible_id"] == str(story.admin.person.id)
        run_due()
        notice = story.admin.see("/notices")["items"][0]
        assert notice["event"] == "milestone.assigned"
        assert "节点M1" in notice["text"]
        assert "2026-12-03" in notice["text"]
        assert story.admin.see("/milestones", mine="true")["total"] == 1
        assert story.commissioner.see("/milestones", mine="true")["total"] == 0

    def test_who_only_answers_for_it_does_not_move_it(self, given, story):
        clerk = given.clerk("HOUSING")
        key = story.add("M1", responsible_id=str(clerk.person.id))["id"]
        body = {"due_on": "2026-12-10", "reason": WHY}
        refused(clerk.post(f"/milestones/{key}/move", body), 403, "forbidden")


class TestFinishing:
    def test_with_a_photo_of_ones_own_which_then_shows_the_project(self, given, story):
        clerk = given.clerk("HOUSING")
        key = story.add("M1", responsible_id=str(clerk.person.id))["id"]
        path = f"/milestones/{key}/done"
        refused(clerk.post(path, finished(clerk, photo_ids=[])), 422, "request.invalid")
        foreign = finished(clerk, photo_ids=[picture(story.commissioner)])
        refused(clerk.post(path, foreign), 422, "photo.not_yours")
        refused(clerk.post(path, finished(clerk, on="2026-11-25")), 422, "request.invalid")
        body = finished(clerk)
        done = clerk.do(path, body)
        assert (done["state"], done["done_on"]) == ("done", "2026-11-24")
        assert done["photo_ids"] == body["photo_ids"]
        (link,) = Photo.get(body["photo_ids"][0]).links
        assert (link.thing, link.thing_id) == ("project", story.project.id)
        refused(clerk.post(path, finished(clerk)), 409, "milestone.ended")

    def test_not_before_what_it_depends_on(self, story):
        first, second = story.add("M1")["id"], story.add("M2", depends_on=["M1"])
        assert second["waits_for"] == ["M1"]
        path = f"/milestones/{second['id']}/done"
        answer = story.commissioner.post(path, finished(story.commissioner))
        refused(answer, 409, "milestone.waits_for")
        assert answer.json["errors"]["depends_on"] == ["M1"]
        assert "节点M1" in answer.json["message"]
        story.commissioner.do(f"/milestones/{first}/done", finished(story.commissioner))
        assert story.commissioner.do(path, finished(story.commissioner))["state"] == "done"

    def test_what_was_cancelled_holds_up_nothing(self, story):
        first, second = story.add("M1")["id"], story.add("M2", depends_on=["M1"])["id"]
        story.commissioner.do(f"/milestones/{first}/cancel", {"reason": "方案调整"})
        path = f"/milestones/{second}/done"
        assert story.commissioner.do(path, finished(story.commissioner))["state"] == "done"

    def test_others_do_not_finish_it(self, given, story):
        key = story.add("M1")["id"]
        clerk = given.clerk("HOUSING")
        refused(clerk.post(f"/milestones/{key}/done", finished(clerk)), 403, "forbidden")
        assert story.admin.do(f"/milestones/{key}/done", finished(story.admin))["state"] == "done"


def test_lists_are_what_one_may_see(given, story):
    contact, stranger = given.contact(given.enterprise()), given.clerk("HOUSING")
    own = given.phone(given.contact(given.enterprise()).person)
    Project.rows().update_one(
        {"_id": story.project.id}, {"$set": {"enterprise": contact.person.grants[0].enterprise}}
    )
    story.add("M1", due_on="2026-11-20")
    story.add("M2")
    assert contact.see("/milestones")["total"] == 2
    assert stranger.see("/milestones", overdue="true")["total"] == 1
    assert own.see("/milestones")["total"] == 0
    assert story.admin.see("/milestones", unit="321204001")["total"] == 0
    key = story.commissioner.see(story.path)["items"][0]["id"]
    assert own.get(f"/milestones/{key}").status_code == 404


class TestFromATemplate:
    def test_each_has_a_day_and_somebody(self, story):
        made = story.commissioner.do(f"{story.path}/from-template")["items"]
        assert [each["code"] for each in made][:3] == ["M01", "M03", "M02"]
        assert all(each["due_on"] >= "2026-11-24" for each in made)
        by_code = {each["code"]: each for each in made}
        assert by_code["M01"]["responsible_id"] == str(story.commissioner.person.id)
        assert by_code["M02"]["responsible_id"] == str(story.admin.person.id)
        assert by_code["M04"]["depends_on"] == ["M02", "M03"]
        again = story.commissioner.do(f"{story.path}/from-template")["items"]
        assert [each["id"] for each in again] == [each["id"] for each in made]

    def test_where_nobody_holds_the_role_somebody_is_named(self, given, story):
        Person.rows().update_one({"_id": story.admin.person.id}, {"$set": {"active": False}})
        answer = story.commissioner.post(f"{story.path}/from-template")
        refused(answer, 422, "milestone.nobody_responsible")
        head = given.head("HOUSING")
        body = {"person_id": str(head.person.id)}
        made = story.commissioner.do(f"{story.path}/from-template", body)["items"]
        assert {each["responsible_id"] for each in made if each["code"] == "M05"} == {
            str(head.person.id)
        }


def test_a_red_warning_owes_one_milestone_to_who_serves_the_project(story):
    warning = {"_id": ObjectId(), "kind": "SLOW"}
    row = Project.rows().find_one({"_id": story.project.id})
    keys = {transaction(lambda: for_warnings.make(row, warning, clock.now())) for _ in range(2)}
    (key,) = keys
    made = Milestone.get(key)
    assert made.name == "处置红色预警：进度迟缓"
    assert (made.responsible, made.due_on) == (story.commissioner.person.id, "2026-12-01")
    Person.rows().update_many({}, {"$set": {"active": False}})
    assert for_warnings.make(row, {"_id": ObjectId(), "kind": "SLOW"}, clock.now()) is None


def test_a_client_id_belongs_to_one(story):
    body = story.body("M1", client_id=client_id())
    story.commissioner.do(story.path, body)
    again = {**body, "name": "别的"}
    refused(story.commissioner.post(story.path, again), 409, "client_id.conflict")
