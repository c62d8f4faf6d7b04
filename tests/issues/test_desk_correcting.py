"""Wrong firm, wrong site: put right, with what it was kept in the history."""

from __future__ import annotations

import pytest

from app.foundation import history
from app.issues.documents import Issue
from app.photos.documents import Photo
from tests.issues import stories
from tests.support.duties import run_due
from tests.support.factories import PHOTOS, client_id
from tests.support.phone import Phone

REASON = {"reason": "企业来电：报错了"}
UNIT, OTHER_UNIT = "321204002", "321204101"


def correct(phone: Phone, story: stories.Story, **fields):
    return phone.do(story.on_issue("correct"), {**REASON, **fields})


def row_of(story: stories.Story, action: str):
    rows = history.of("issue", Issue.get(story.issue).id, internal=True)
    return next(row for row in reversed(rows) if row["action"] == action)


class TestFirm:
    def test_it_belongs_to_the_right_firm_with_its_unit_and_commissioner(self, given):
        serving = given.commissioner()
        story = stories.accepted(given)
        right = given.enterprise(OTHER_UNIT, commissioner=serving.person.id)
        contact = given.contact(right)
        assert contact.get(f"/issues/{story.issue}").status_code == 404
        correct(given.dispatcher(), story, enterprise_id=str(right.id))
        seen = contact.see(f"/issues/{story.issue}")
        assert (seen["enterprise_id"], seen["enterprise"]) == (str(right.id), right.name)
        assert seen["unit"] == OTHER_UNIT
        assert seen["state"] == "dispatched"
        assert serving.get(f"/issues/{story.issue}").status_code == 200
        assert story.contact.get(f"/issues/{story.issue}").status_code == 404

    def test_its_tickets_go_with_it(self, given):
        story = stories.accepted(given)
        former, present = (given.role("unit_admin", unit=unit) for unit in (UNIT, OTHER_UNIT))
        right = given.enterprise(OTHER_UNIT)
        correct(given.dispatcher(), story, enterprise_id=str(right.id))
        assert present.get(f"/tickets/{story.ticket}").status_code == 200
        assert former.get(f"/tickets/{story.ticket}").status_code == 404
        assert story.clerk.see("/tickets", box="mine", q=right.name)["total"] == 1
        assert story.clerk.see("/tickets", box="mine", q=story.enterprise.name)["total"] == 0

    def test_history_keeps_what_it_was_for_departments_only(self, given):
        story = stories.dispatched(given)
        right = given.enterprise(OTHER_UNIT)
        correct(given.dispatcher(), story, enterprise_id=str(right.id))
        row = row_of(story, "correct")
        assert row["data"]["before"]["enterprise"] == story.enterprise.id
        assert row["data"]["after"] == {"enterprise": right.id, "unit": OTHER_UNIT}
        assert row["text"] == REASON["reason"]
        own = story.head.see(f"/issues/{story.issue}")["history"]
        assert [each["code"] for each in own[-1]["reasons"]] == [
            "correct.enterprise",
            "correct.unit",
        ]
        told = given.contact(right).see(f"/issues/{story.issue}")["history"]
        assert "correct" not in [each["action"] for each in told]

    def test_what_its_own_commissioner_opened_stays_theirs(self, given):
        commissioner, serving = given.commissioner(), given.commissioner()
        issue = commissioner.open_issue(enterprise_id=str(given.enterprise().id))
        right = given.enterprise(OTHER_UNIT, commissioner=serving.person.id)
        body = {**REASON, "enterprise_id": str(right.id)}
        given.dispatcher().do(f"/issues/{issue['id']}/correct", body)
        assert Issue.get(issue["id"]).commissioner == commissioner.person.id

    def test_who_followed_it_from_the_wrong_firm_follows_it_no_more(self, given):
        story = stories.dispatched(given)
        story.contact.do(story.on_issue("follow"))
        story.head.do(story.on_issue("follow"))
        correct(given.dispatcher(), story, enterprise_id=str(given.enterprise().id))
        assert Issue.get(story.issue).followers == [story.head.person.id]
        assert story.contact.get(f"/issues/{story.issue}").status_code == 404

    def test_firm_and_project_go_together(self, given):
        story, dispatcher = stories.submitted(given), given.dispatcher()
        project = given.project()
        seen = correct(dispatcher, story, project_id=str(project.id))
        assert seen["enterprise_id"] == str(project.enterprise)
        assert seen["project_id"] == str(project.id)
        seen = correct(dispatcher, story, enterprise_id=str(project.enterprise))
        assert seen["project_id"] is None
        body = {**REASON, "enterprise_id": str(story.enterprise.id), "project_id": str(project.id)}
        answer = dispatcher.post(story.on_issue("correct"), body)
        assert (answer.status_code, answer.json["code"]) == (422, "project.of_another_enterprise")
        answer = dispatcher.post(story.on_issue("correct"), {**REASON, "enterprise_id": "f" * 24})
        assert (answer.status_code, answer.json["code"]) == (422, "reference.unknown")

    def test_its_photos_are_measured_to_the_right_site(self, given):
        enterprise = given.enterprise()
        contact = given.contact(enterprise)
        commissioner = given.commissioner()
        data = PHOTOS[0].read_bytes()
        alone, shared = (contact.take_photo(data).json["id"] for _ in range(2))
        of_visit = commissioner.take_photo(data).json["id"]
        visit = {
            "client_id": client_id(),
            "enterprise_id": str(enterprise.id),
            "started_at": "2026-11-24T09:00:00+08:00",
            "photo_ids": [of_visit],
        }
        commissioner.do("/visits", visit)
        first = contact.open_issue(photo_ids=[shared])
        issue = contact.open_issue(photo_ids=[alone, shared])
        seen = commissioner.open_issue(photo_ids=[of_visit], enterprise_id=str(enterprise.id))
        right = given.enterprise(site={"type": "Point", "coordinates": [120.3, 32.6]})
        for each in (issue, seen):
            body = {**REASON, "enterprise_id": str(right.id)}
            given.dispatcher().do(f"/issues/{each['id']}/correct", body)
        sites = {key: Photo.get(key).site["name"] for key in (alone, shared, of_visit)}
        assert sites == {alone: right.name, shared: enterprise.name, of_visit: enterprise.name}
        assert first["id"] != issue["id"]

    def test_the_position_is_put_right_too(self, given):
        story = stories.submitted(given, position={"latitude": 32.5, "longitude": 120.1})
        seen = correct(given.dispatcher(), story, position={"latitude": 32.6, "longitude": 120.2})
        assert seen["position"]["latitude"] == 32.6
        data = row_of(story, "correct")["data"]
        assert data["before"]["position"]["raw"]["latitude"] == 32.5

    def test_whoever_works_on_it_is_told(self, given):
        story = stories.accepted(given)
        run_due()
        correct(given.dispatcher(), story, enterprise_id=str(given.enterprise().id))
        run_due()
        events = [each["event"] for each in story.clerk.see("/notices")["items"]]
        assert events.count("issue.corrected") == 1


class TestWhoAndWhen:
    def test_dispatchers_and_inspectors_correct(self, given):
        story = stories.dispatched(given)
        for phone in (story.contact, story.clerk, story.head, given.role("leader")):
            body = {**REASON, "enterprise_id": str(story.enterprise.id)}
            assert phone.post(story.on_issue("correct"), body).status_code == 403
        stranger = given.contact(given.enterprise())
        assert stranger.post(story.on_issue("correct"), REASON).status_code == 404
        correct(given.inspector(), story, enterprise_id=str(given.enterprise().id))

    def test_nothing_to_correct(self, given):
        story, dispatcher = stories.submitted(given), given.dispatcher()
        answer = dispatcher.post(story.on_issue("correct"), REASON)
        assert (answer.status_code, answer.json["code"]) == (422, "correct.nothing")
        body = {**REASON, "enterprise_id": str(story.enterprise.id)}
        answer = dispatcher.post(story.on_issue("correct"), body)
        assert (answer.status_code, answer.json["code"]) == (409, "correct.nothing_new")
        assert (
            dispatcher.post(story.on_issue("correct"), {**body, "reason": " "}).status_code == 422
        )

    @pytest.mark.parametrize("play", [stories.resolved, stories.withdrawn])
    def test_what_has_ended_stays_where_it_belongs(self, play, given):
        story = play(given)
        body = {**REASON, "enterprise_id": str(given.enterprise().id)}
        answer = given.dispatcher().post(story.on_issue("correct"), body)
        assert (answer.status_code, answer.json["code"]) == (409, "correct.ended")
