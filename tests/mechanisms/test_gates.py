"""准入、成长、退出: the gates that a project passes, and what is asked of it there."""

from __future__ import annotations

import pytest
from bson import Decimal128

from app.projects.documents import Project
from app.projects.rates.documents import StoredStanding
from tests.projects.land.test_commitments import commit
from tests.projects.rates.entered import figure, restand, stage
from tests.projects.reviews.test_reviewing import CLEAN, MARKS, Story
from tests.projects.test_growth import grows
from tests.projects.warnings import stories
from tests.projects.warnings.stories import LONG_FILED
from tests.support.factories import client_id

UNIT = "321204002"


@pytest.fixture
def review(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    return Story(given)


def marked(review: Story, key: str, **other: int) -> str:
    for each in review.reviewers:
        each.do(f"/reviews/{key}/score", {"marks": {**MARKS, **other}})
    [total] = {each["total"] for each in review.leader.see(f"/reviews/{key}")["scores"]}
    return total


@pytest.mark.mechanism("pre_review")
def test_a_project_is_scored_before_it_is_signed(review):
    key = review.opened()
    assert marked(review, key) == "79.50"
    assert marked(review, key, scale=40) == "69.50"


@pytest.mark.mechanism("scale_dimensions")
def test_equipment_weighs_as_much_as_size(review):
    key = review.opened()
    assert marked(review, key, equipment=70) == "79.50"
    assert marked(review, key, equipment=90) == "84.50"
    values = {"investment": Decimal128("60000"), "size_class": "gte_500m"}
    large = lambda: review.leader.see("/projects", size_class="gte_500m")["total"]  # noqa: E731
    before = large()
    Project.rows().update_one({"_id": review.project.id}, {"$set": values})
    assert (before, large()) == (0, 1)


@pytest.mark.mechanism("gate_entry")
def test_a_red_line_keeps_a_project_out(review):
    key = review.ready()
    blocked = lambda: len(review.leader.see(f"/reviews/{key}")["obstacles"])  # noqa: E731
    assert blocked() == 0
    hit = {"ecology": {"hit": True, "note": "位于生态管控区"}}
    review.reviewers[1].do(f"/reviews/{key}/red-lines", {"answers": hit})
    assert blocked() == 1
    assert review.decide(key, "pass").status_code == 409
    review.reviewers[1].do(f"/reviews/{key}/red-lines", {"answers": CLEAN})
    assert review.decide(key, "pass").json["state"] == "passed"


@pytest.mark.mechanism("gates_2023")
def test_projects_at_the_gates_of_both_wordings(given, the_time):
    the_time.is_("2026-11-24 10:00")
    story, leader = stories.begun(given, stage="filed"), given.role("leader")

    def at() -> dict[str, dict[str, int]]:
        found = leader.see("/projects/gates")["wordings"]
        return {
            each["code"]: {gate["name"]: gate["projects"] for gate in each["gates"]}
            for each in found
        }

    assert at() == {
        "wording_2023": {"准入关": 0, "进度关": 1, "产出关": 0},
        "wording_now": {"准入关": 0, "成长关": 1, "退出关": 0},
    }
    Project.rows().update_one({"_id": story.project.id}, {"$set": {"stage": "completed"}})
    assert at()["wording_2023"] == {"准入关": 0, "进度关": 0, "产出关": 1}
    story.judged(dates=LONG_FILED)
    body = {"client_id": client_id(), "text": "项目备案后两年未开工"}
    given.inspector().do(f"{story.path}/exit-cases", body)
    assert at()["wording_now"]["退出关"] == 1
    assert leader.see("/projects", gate="exit")["total"] == 1
    assert story.contact.see("/projects", gate="exit")["total"] == 0
    assert leader.get("/projects", gate="no_such").status_code == 422


@pytest.mark.mechanism("gate_growth")
def test_firms_within_two_years_and_what_helps_them_next(given, the_time):
    the_time.is_("2026-11-24 10:00")
    made = grows(
        given,
        "2026-05-01",
        promised_sales=Decimal128("1200"),
        promised_tax=Decimal128("60"),
        sales12=Decimal128("150"),
        tax12=Decimal128("30"),
        last_month="2026-10",
    )
    leader = given.role("leader")

    def grown() -> tuple[str, list[str]]:
        [shown] = leader.see("/growth")["items"]
        return shown["sales_percent"], [each["code"] for each in shown["next"]]

    assert grown() == ("25.0", ["sales_far_behind"])
    more = {"$set": {"sales12": Decimal128("600")}}
    StoredStanding.rows().update_one({"_id": made.id}, more)
    assert grown() == ("100.0", [])


@pytest.mark.mechanism("gate_exit")
def test_a_case_is_served_with_what_it_rests_on(given, the_time):
    the_time.is_("2026-11-24 09:00")
    story, inspector = stories.begun(given, stage="filed"), given.inspector()
    story.judged(dates=LONG_FILED)
    words = {"text": "项目备案后两年未开工"}
    running = lambda: inspector.see("/exit-cases", state="served")["total"]  # noqa: E731
    made = inspector.do(f"{story.path}/exit-cases", {"client_id": client_id(), **words})
    assert running() == 0
    inspector.do(f"/exit-cases/{made['id']}/serve", words)
    assert running() == 1
    evidence = story.contact.see(f"/exit-cases/{made['id']}")["evidence"]
    assert "2024-02-10" in evidence[0]["text"]


@pytest.mark.mechanism("standard_land_commitment")
def test_what_was_promised_with_the_land_beside_what_came_of_it(given, the_time):
    the_time.is_("2026-11-24 10:00")
    firm, keeper = given.enterprise(unit=UNIT), given.role("unit_admin", unit=UNIT)
    project = given.project(firm, land_mu=Decimal128("10"))
    stage(project.id, "started", "2025-01-01")
    stage(project.id, "completed", "2026-03-01")
    figure(project.id, "2026-03", actual_investment=4000)
    assert commit(keeper, project, intensity="450").status_code == 201

    def compared() -> tuple[str, str, str]:
        restand()
        shown = keeper.see(f"/projects/{project.id}/commitments")["comparison"][0]
        return shown["actual"], shown["gap"], shown["met"]

    assert compared() == ("400.00", "-50.00", "no")
    figure(project.id, "2026-04", actual_investment=505)
    assert compared() == ("450.50", "0.50", "yes")
