"""One call shows a project whole: what came, what is planned, what lacks, what it looks like."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.enterprises.documents import Enterprise
from app.foundation import clock, days
from app.photos.documents import Photo
from app.projects.documents import Project
from app.projects.reviews.documents import Review
from tests.support.duties import run_due
from tests.support.factories import client_id

UNIT = "321204002"


class Scene:
    """A project that was signed, filed and started, visited twice, with an issue about power."""

    def __init__(self, given: Any, photo_files: list[Any]) -> None:
        self.commissioner = given.commissioner()
        server = self.commissioner.person.id
        self.firm = given.enterprise(unit=UNIT, commissioner=server)
        self.project = given.project(self.firm, commissioner=server, stage="reserve")
        self.path = f"/projects/{self.project.id}"
        self.today = days.today(clock.now())
        self.passed_review(250)
        self.state("signed", "actual", 200)
        self.state("filed", "actual", 170)
        self.state("started", "actual", 100)
        self.state("production", "planned", -300)
        self.visit(photo_files[0].read_bytes(), 90)
        self.visit(photo_files[1].read_bytes(), 2)
        self.commissioner.open_issue(
            text="项目现场10千伏临时用电一直没接通，变压器报装卡住了，塔吊开不起来",
            category="POWER",
            project_id=str(self.project.id),
        )
        run_due()

    def passed_review(self, days_ago: int) -> None:
        """As it was decided so long ago; that it is decided rightly is shown elsewhere."""
        decided = self.today - timedelta(days=days_ago)
        Review(
            project=self.project.id,
            round=1,
            state="passed",
            by=self.commissioner.person.id,
            by_name="专员",
            client_id=client_id(),
            fingerprint="",
            decided_on=decided.isoformat(),
            valid_until=self.today.isoformat(),
            opened_at=clock.now(),
            updated_at=clock.now(),
        ).insert()

    def state(self, stage: str, kind: str, days_ago: int) -> None:
        on = (self.today - timedelta(days=days_ago)).isoformat()
        body = {"client_id": client_id(), "stage": stage, "kind": kind, "on": on}
        self.commissioner.do(f"{self.path}/stages", body)

    def visit(self, picture: bytes, days_ago: int) -> None:
        photo = self.commissioner.take_photo(picture).json["id"]
        run_due()
        began = clock.now() - timedelta(days=days_ago)
        body = {
            "client_id": client_id(),
            "project_id": str(self.project.id),
            "started_at": began.isoformat(),
            "ended_at": (began + timedelta(minutes=30)).isoformat(),
            "photo_ids": [photo],
        }
        self.commissioner.do("/visits", body)


@pytest.fixture
def scene(given, photo_files):
    return Scene(given, photo_files)


def test_it_is_there_whole(scene, given):
    found = scene.commissioner.see(f"{scene.path}/portrait")
    line = found["stages"]
    assert (line["stage"], line["course"]) == ("started", "going")
    started = next(each for each in line["phases"][0]["stages"] if each["stage"] == "started")
    assert started["actual"]["evidence_missing"] is True
    assert [(each["category"], each["count"]) for each in found["gaps"]] == [("POWER", 1)]
    assert found["gaps"][0]["issue_ids"] == [found["issues"][0]["id"]]
    assert len(found["visits"]) == 2
    assert found["visits"][0]["photos"][0]["thumb"]
    shown = found["before_now"]
    assert shown["before"]["visit_id"] == found["visits"][1]["id"]
    assert shown["now"]["visit_id"] == found["visits"][0]["id"]
    assert (found["money"]["invested"], found["money"]["paid_in"]) == (None, None)
    assert found["warnings"] is not None
    roles = {each["role"] for each in found["people"]}
    assert roles == {"commissioner"}
    codes = [each["code"] for each in found["forecast"]["reasons"]]
    assert codes == ["forecast.since", "forecast.no_pace"]
    assert found["forecast"]["on"] == found["forecast"]["planned"]
    missing = [each["code"] for each in found["completeness"]["missing"]]
    assert "portrait.missing.evidence" in missing
    assert "portrait.missing.visit" not in missing
    assert "portrait.missing.figures" in missing


def test_eyes_that_may_not_see_money_warnings_or_visits_see_the_rest(scene, given):
    contact = given.contact(scene.firm)
    found = contact.see(f"{scene.path}/portrait")
    assert found["warnings"] is None
    assert found["money"] is not None
    assert found["visits"] == []
    clerk = given.clerk("HOUSING").see(f"{scene.path}/portrait")
    assert (clerk["money"], clerk["issues"], clerk["gaps"]) == (None, [], [])
    assert given.contact(given.enterprise()).get(f"{scene.path}/portrait").status_code == 404


def test_a_hidden_photo_is_not_in_it(scene, given):
    [last] = scene.commissioner.see(f"{scene.path}/portrait")["visits"][0]["photos"]
    hidden = {"at": clock.now(), "by": scene.project.id, "by_name": "督查", "reason": "拍错"}
    key = Photo.get(last["id"]).id
    Photo.rows().update_one({"_id": key}, {"$set": {"hidden": hidden}})
    leader = given.role("leader").see(f"{scene.path}/portrait")
    assert last["id"] not in {p["id"] for v in leader["visits"] for p in v["photos"]}


def test_a_restricted_issue_is_no_gap_for_those_who_may_not_know_of_it(scene, given):
    from app.issues.documents import Issue

    Issue.rows().update_many({}, {"$set": {"restricted": "report"}})
    assert given.role("leader").see(f"{scene.path}/portrait")["gaps"] == []
    assert len(given.inspector().see(f"{scene.path}/portrait")["gaps"]) == 1


def test_people_of_the_firm_are_named_without_phones(scene, given):
    contacts = [{"name": "周建国", "phone": "13800001111", "title": "厂长"}]
    Enterprise.rows().update_one({"_id": scene.firm.id}, {"$set": {"contacts": contacts}})
    leader = given.person()
    Project.rows().update_one({"_id": scene.project.id}, {"$set": {"leader": leader.id}})
    found = scene.commissioner.see(f"{scene.path}/portrait")["people"]
    assert {each["role"] for each in found} == {"commissioner", "leader", "contact"}
    assert "13800001111" not in str(found)
