"""项目管家、全生命周期、节点责任化、要素保障: what one project is known by."""

from __future__ import annotations

import pytest

from app.projects.documents import Project
from tests.projects.milestones.stories import begun, finished
from tests.projects.rates.entered import figure, plan, restand, stage
from tests.support.duties import run_due
from tests.support.factories import client_id


@pytest.fixture
def story(given, the_time):
    the_time.is_("2026-11-24 10:00")
    return begun(given)


def portrait(story):
    return story.commissioner.see(f"/projects/{story.project.id}/portrait")


@pytest.mark.mechanism("project_steward")
def test_the_portrait_of_a_project_and_the_feed_for_the_platform(given, story):
    plan(story.project.id, 2026, 1000)
    figure(story.project.id, "2026-09", actual_investment=300)
    restand()
    assert portrait(story)["money"]["years"][0]["percent"] == "30.0"
    platform = given.role("service")
    cursor = platform.see("/changes", registers="project_figures")["cursor"]
    body = {"client_id": client_id(), "month": "2026-10", "actual_investment": "200.00"}
    story.commissioner.do(f"/projects/{story.project.id}/figures", body)
    restand()
    assert portrait(story)["money"]["years"][0]["percent"] == "50.0"
    told = platform.see("/changes", registers="project_figures", cursor=cursor)["changes"]
    assert ("2026-10", "200.00") in {
        (each["values"]["month"], each["values"]["actual_investment"]) for each in told
    }


@pytest.mark.mechanism("lifecycle")
def test_the_line_of_a_project_says_where_it_stands(story):
    stage(story.project.id, "signed", "2026-01-10")

    def days() -> tuple[int, str | None]:
        line = story.commissioner.see(f"/projects/{story.project.id}/stages")
        came = [
            each
            for phase in line["phases"]
            for each in phase["stages"]
            if each["actual"] is not None
        ]
        return len(came), line["stage"]

    Project.rows().update_one({"_id": story.project.id}, {"$set": {"stage": "signed"}})
    assert days() == (1, "signed")
    body = {"client_id": client_id(), "stage": "filed", "kind": "actual", "on": "2026-02-01"}
    story.commissioner.do(f"/projects/{story.project.id}/stages", body)
    assert days() == (2, "filed")


@pytest.mark.mechanism("milestone_owner")
def test_every_node_has_a_day_and_one_who_answers_for_it(story, given, the_time):
    key = story.add("M1", due_on="2026-11-25")["id"]
    the_time.is_("2026-11-26 10:00")
    phone = given.phone(story.commissioner.person)

    def open_ones() -> tuple[int, bool]:
        mine = phone.see("/milestones", mine="true")["items"]
        return sum(each["state"] == "open" for each in mine), any(each["overdue"] for each in mine)

    assert open_ones() == (1, True)
    phone.do(f"/milestones/{key}/done", finished(phone, on="2026-11-26"))
    assert open_ones() == (0, False)


@pytest.mark.mechanism("factor_guarantee")
def test_what_a_project_lacks(story):
    def gaps() -> dict[str, int]:
        return {each["category"]: each["count"] for each in portrait(story)["gaps"]}

    about = {"project_id": str(story.project.id), "category": "POWER"}
    assert gaps() == {}
    for count in (1, 2):
        story.commissioner.open_issue(text=f"项目现场第{count}处临时用电没有接通", **about)
        run_due()
        assert gaps() == {"POWER": count}


@pytest.mark.mechanism("parallel_approval")
def test_permits_side_by_side_and_the_longest_path(given, story):
    path = f"/projects/{story.project.id}/approvals"
    chosen = {"items": ["FILING", "LAND_PLANNING", "WORKS_PLANNING", "DRAWINGS"]}
    seen = story.commissioner.do(path, chosen)
    found = {each["item"]: f"/approvals/{each['id']}" for each in seen["items"]}
    assert (seen["can_start"], len(seen["path"])) == (["FILING"], 3)
    today = {"on": "2026-11-24"}
    story.commissioner.do(f"{found['FILING']}/submit", today)
    given.clerk("APPROVAL").do(f"{found['FILING']}/grant", today)
    after = story.commissioner.see(path)
    assert (after["can_start"], len(after["path"])) == (["LAND_PLANNING", "DRAWINGS"], 2)
    assert after["forecast"]["completes_on"] < seen["forecast"]["completes_on"]


def pledge(story, name: str) -> tuple[int, str]:
    items = story.admin.see("/pledges", pledge=name)["items"]
    return next((each["days"], each["state"]) for each in items)


@pytest.mark.mechanism("land_to_start")
def test_days_from_land_to_start_and_from_completion_to_certificate(story):
    for name, on in (("land", "2026-10-01"), ("started", "2026-10-20")):
        stage(story.project.id, name, on)
    restand()
    assert pledge(story, "land_start") == (19, "met")
    stage(story.project.id, "started", "2026-11-20")
    stage(story.project.id, "completed", "2026-11-21")
    stage(story.project.id, "certificate", "2026-11-23")
    restand()
    assert pledge(story, "land_start") == (50, "not")
    assert pledge(story, "completed_certificate") == (2, "met")


@pytest.mark.mechanism("completion_to_production")
def test_days_from_completion_to_production(story):
    stage(story.project.id, "started", "2026-01-05")
    stage(story.project.id, "completed", "2026-11-01")
    restand()
    assert pledge(story, "completed_production") == (23, "open")
    stage(story.project.id, "production", "2026-11-04")
    restand()
    assert pledge(story, "completed_production") == (3, "met")
