"""Stages over HTTP: stated, corrected, looked at by others, taken back, and asked for as of any day."""

from __future__ import annotations

import pytest

from app.foundation import duties, history
from app.photos.documents import Photo
from app.projects.documents import Project
from app.projects.stages.documents import StageEntry
from tests.issues.halfway import fails_whole, post
from tests.support.factories import client_id

UNIT = "321204002"


class Story:
    """A project of a unit whose admin enters what happens, and an inspector who looks on."""

    def __init__(self, given):
        self.given = given
        self.firm = given.enterprise(unit=UNIT, founded_on="2020-05-01")
        self.project = given.project(self.firm, stage="reserve")
        self.keeper = given.role("unit_admin", unit=UNIT)
        self.inspector = given.inspector()
        self.path = f"/projects/{self.project.id}/stages"

    def body(self, stage, on, kind="actual", **more):
        return {"client_id": client_id(), "stage": stage, "kind": kind, "on": on, **more}

    def state(self, *args, **more):
        return self.keeper.do(self.path, self.body(*args, **more))

    def refused(self, *args, status=422, **more):
        answer = self.keeper.post(self.path, self.body(*args, **more))
        assert answer.status_code == status, answer.json
        return answer.json["errors"]

    def line(self, **query):
        return self.keeper.see(self.path, **query)

    def stands(self):
        row = Project.rows().find_one({"_id": self.project.id})
        return row["stage"], row["course"]


def stage_of(line, stage, phase=0):
    found = next(each for each in line["phases"] if each["phase"] == phase)
    return next(each for each in found["stages"] if each["stage"] == stage)


@pytest.fixture
def story(given, the_time):
    the_time.is_("2026-11-24 10:00")
    return Story(given)


class TestStating:
    def test_what_happens_moves_the_project(self, story):
        made = story.state("filed", "2026-03-01", note="备案证已出")
        assert (made["stage_name"], made["note"], made["by"]) == (
            "备案",
            "备案证已出",
            story.keeper.person.name,
        )
        assert (made["project_stage"], made["course"]) == ("filed", "going")
        assert [each["code"] for each in made["warnings"]] == ["stage.without.filed"]
        assert story.stands() == ("filed", "going")
        [row] = history.of("project", story.project.id, internal=True)
        assert (row["action"], row["from"], row["to"]) == ("stage", "reserve", "filed")
        [duty] = duties.rows().find({"kind": "projects.restand"})
        assert duty["payload"]["projects"] == [story.project.id]

    def test_a_plan_moves_nothing_and_is_shown(self, story):
        story.state("started", "2027-01-15", "planned")
        assert story.stands() == ("reserve", "going")
        line = story.line()
        assert stage_of(line, "started")["planned"]["on"] == "2027-01-15"
        assert stage_of(line, "started")["actual"] is None
        assert line["stage"] is None

    def test_a_reported_and_a_recognised_start_are_two_days(self, story):
        story.state("started", "2026-05-01")
        story.state("started", "2026-06-01", "recognised")
        started = stage_of(story.line(), "started")
        assert (started["actual"]["on"], started["recognised"]["on"]) == (
            "2026-05-01",
            "2026-06-01",
        )

    def test_the_same_again_is_the_same_entry(self, story):
        body = story.body("suspended", "2026-03-01")
        first = story.keeper.post(story.path, body)
        again = story.keeper.post(story.path, body)
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json["id"] == first.json["id"]
        other = story.keeper.post(story.path, {**body, "on": "2026-03-02"})
        assert (other.status_code, other.json["code"]) == (409, "client_id.conflict")

    def test_what_is_stated_already_is_not_entered_twice(self, story):
        story.state("filed", "2026-03-01")
        answer = story.keeper.post(story.path, story.body("filed", "2026-03-01"))
        assert answer.status_code == 200
        assert StageEntry.rows().count_documents({}) == 1

    def test_suspended_and_resumed_twice(self, story):
        for stage, on in (
            ("suspended", "2026-03-01"),
            ("resumed", "2026-04-01"),
            ("suspended", "2026-06-01"),
        ):
            story.state(stage, on)
        assert story.stands() == ("reserve", "suspended")
        line = story.line()
        assert line["suspended_since"] == "2026-06-01"
        assert line["phases"][0]["suspensions"] == [
            {"since": "2026-03-01", "until": "2026-04-01"},
            {"since": "2026-06-01", "until": None},
        ]

    def test_what_cannot_be_is_refused_with_the_reason(self, story):
        assert story.refused("filed", "2026-11-25")["on"] == ["实际发生的日期不能晚于今天"]
        assert "2020-05-01" in story.refused("filed", "2020-04-30")["on"][0]
        assert "kind" in story.refused("filed", "2026-01-01", "recognised")
        assert "stage" in story.refused("resumed", "2026-01-01")
        story.state("exited", "2026-06-01")
        assert "2026-06-01" in story.refused("completed", "2026-07-01")["stage"][0]
        assert story.stands() == ("reserve", "exited")

    def test_signing_waits_for_the_review(self, story):
        assert "预评审" in story.refused("signed", "2026-03-01")["stage"][0]
        story.state("signed", "2027-03-01", "planned")

    def test_only_who_keeps_the_ledger_may(self, story, given):
        body = story.body("filed", "2026-03-01")
        assert story.inspector.post(story.path, body).status_code == 403
        elsewhere = given.role("unit_admin", unit="321204101")
        assert elsewhere.post(story.path, body).status_code == 404
        assert given.contact(given.enterprise()).get(story.path).status_code == 404


class TestEvidence:
    def test_without_a_photo_it_is_marked_and_with_one_the_photo_knows(self, story, photo_files):
        assert story.state("filed", "2026-03-01")["evidence_missing"] is True
        assert story.state("land", "2027-03-01", "planned")["evidence_missing"] is False
        photo = story.keeper.take_photo(photo_files[0].read_bytes()).json["id"]
        made = story.state("filed", "2026-03-01", photo_ids=[photo])
        assert (made["photo_ids"], made["evidence_missing"]) == ([photo], False)
        [link] = Photo.get(photo).links
        assert (link.thing, link.thing_id) == ("project", story.project.id)
        assert story.given.contact(story.firm).get(f"/photos/{photo}").status_code == 200

    def test_another_day_keeps_the_photos(self, story, photo_files):
        photo = story.keeper.take_photo(photo_files[0].read_bytes()).json["id"]
        story.state("filed", "2026-03-01", photo_ids=[photo])
        made = story.state("filed", "2026-03-05", reason="录入错误")
        assert made["photo_ids"] == [photo]

    def test_the_photos_of_others_are_refused(self, story, photo_files):
        photo = story.inspector.take_photo(photo_files[0].read_bytes()).json["id"]
        assert "photo_ids" in story.refused("filed", "2026-03-01", photo_ids=[photo])


class TestCorrecting:
    def test_another_day_needs_a_reason_and_supersedes(self, story):
        first = story.state("filed", "2026-03-01")
        assert "2026-03-01" in story.refused("filed", "2026-03-05")["on"][0]
        made = story.state("filed", "2026-03-05", reason="以备案证日期为准")
        assert made["supersedes_id"] == first["id"]
        line = story.line(history=True)
        assert stage_of(line, "filed")["actual"]["on"] == "2026-03-05"
        [past] = line["history"]
        assert (past["on"], past["superseded_at"]) == ("2026-03-01", made["known_at"])

    def test_taking_it_back_takes_the_project_back(self, story):
        story.state("filed", "2026-03-01")
        started = story.state("started", "2026-05-01")
        answer = story.keeper.do(f"/stages/{started['id']}/void", {"reason": "误报"})
        assert answer["superseded_at"] is not None
        assert story.stands() == ("filed", "going")
        line = story.line(history=True)
        assert stage_of(line, "started")["actual"] is None
        assert [(each["void"], each["reason"]) for each in line["history"]] == [
            (False, ""),
            (True, "误报"),
        ]
        again = story.keeper.post(f"/stages/{started['id']}/void", {"reason": "误报"})
        assert (again.status_code, again.json["code"]) == (409, "stage.holds_no_more")

    def test_what_was_taken_back_may_be_stated_anew(self, story):
        made = story.state("filed", "2026-03-01")
        story.keeper.do(f"/stages/{made['id']}/void", {"reason": "误报"})
        story.state("filed", "2026-04-01")
        assert story.stands() == ("filed", "going")
        assert StageEntry.rows().count_documents({"superseded_at": None}) == 1

    def test_a_suspension_that_ended_is_not_taken_back(self, story):
        made = story.state("suspended", "2026-03-01")
        story.state("resumed", "2026-04-01")
        answer = story.keeper.post(f"/stages/{made['id']}/void", {"reason": "误报"})
        assert (answer.status_code, answer.json["code"]) == (409, "stage.needed")

    def test_all_of_it_or_nothing(self, story, hinted):
        body = story.body("filed", "2026-03-01")
        fails_whole(post(story.keeper, story.path, body), 4, hinted)
        [made] = StageEntry.rows().find()
        void = post(story.keeper, f"/stages/{made['_id']}/void", {"reason": "误报"})
        fails_whole(void, 5, hinted)


class TestVerifying:
    def test_somebody_else_looks(self, story):
        made = story.state("filed", "2026-03-01")
        seen = story.inspector.do(f"/stages/{made['id']}/verify")
        assert seen["verified"]["name"] == story.inspector.person.name
        again = story.inspector.post(f"/stages/{made['id']}/verify")
        assert (again.status_code, again.json["code"]) == (409, "stage.verified_already")
        own = story.state("land", "2026-04-01")
        mine = story.keeper.post(f"/stages/{own['id']}/verify")
        assert (mine.status_code, mine.json["code"]) == (403, "stage.own_entry")

    def test_who_looked_has_not_looked_at_another_day(self, story):
        made = story.state("filed", "2026-03-01")
        story.inspector.do(f"/stages/{made['id']}/verify")
        assert story.state("filed", "2026-03-01", note="补充说明")["verified"] is not None
        assert story.state("filed", "2026-03-02", reason="录入错误")["verified"] is None

    def test_a_plan_is_nothing_to_look_at(self, story):
        made = story.state("filed", "2027-03-01", "planned")
        answer = story.inspector.post(f"/stages/{made['id']}/verify")
        assert (answer.status_code, answer.json["code"]) == (409, "stage.nothing_to_verify")


class TestAsOf:
    def test_as_it_was_known_and_as_it_truly_was(self, story, the_time):
        the_time.is_("2026-06-10 09:00")
        story.state("filed", "2026-03-01")
        the_time.is_("2026-08-10 09:00")
        story.state("filed", "2026-05-01", reason="以备案证日期为准")
        story.state("started", "2026-07-01")
        the_time.is_("2026-11-24 10:00")

        known = story.line(as_of="2026-06-10", basis="known")
        assert stage_of(known, "filed")["actual"]["on"] == "2026-03-01"
        assert stage_of(known, "filed")["actual"]["superseded_at"] is None
        assert known["stage"] == "filed"
        assert story.line(as_of="2026-06-09", basis="known")["stage"] is None
        truly = story.line(as_of="2026-04-01", basis="true")
        assert truly["stage"] is None
        assert story.line(as_of="2026-06-10", basis="true")["stage"] == "filed"
        assert story.line(as_of="2026-07-01", basis="true")["stage"] == "started"

    def test_a_day_that_is_none(self, story):
        answer = story.keeper.get(story.path, as_of="2026-02-30")
        assert answer.status_code == 422
        assert "as_of" in answer.json["errors"]
