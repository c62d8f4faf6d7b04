"""The mechanisms of policies: each number follows from its records, and changes with one of them."""

from __future__ import annotations

import pytest

from app.enterprises.documents import Enterprise
from app.policies.claims.documents import Claim
from tests.policies.stories import Story, begun
from tests.projects.rates.entered import figure, restand, stage


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    return begun(given)


def paid(story: Story, the_time, amount: str, on: str) -> None:
    """Publicised, approved and so much paid, a week later."""
    story.publicised()
    the_time.is_(f"{on} 09:00")
    story.head, story.clerk = (story.given.phone(p.person) for p in (story.head, story.clerk))
    story.step(story.head, "approve")
    assert story.pay(story.clerk, amount, on).status_code == 201


@pytest.mark.mechanism("policy_chain")
def test_the_chain_tells_the_days_of_each_link(story, the_time):
    paid(story, the_time, "50.00", "2026-12-01")

    def links() -> dict[str, str]:
        (line,) = story.head.see("/claims/figures")["items"]
        return {each["code"]: each["median_days"] for each in line["links"]}

    assert links() == {"discover": "0", "remedy": "0", "adjust": "5", "pay": "0"}
    Claim.rows().update_one({}, {"$set": {"steps.0.days": 4}})
    assert links()["discover"] == "4"


@pytest.mark.mechanism("entitlement")
def test_who_may_claim_and_has_not(story):
    path = f"/policies/{story.policy}/enterprises"
    listed = story.commissioner.see(path, claimed=False, verdict="met")
    assert [each["enterprise_id"] for each in listed["items"]] == [str(story.firm.id)]
    assert (
        story.contact.see(f"/enterprises/{story.firm.id}/policies")["items"][0]["verdict"] == "met"
    )
    Enterprise.rows().update_one({"_id": story.firm.id}, {"$set": {"tags": []}})
    assert story.commissioner.see(path, claimed=False, verdict="met")["total"] == 0
    (mine,) = story.contact.see(f"/enterprises/{story.firm.id}/policies")["items"]
    assert mine["verdict"] == "not_met"


@pytest.mark.mechanism("symmetry_checks")
def test_tax_against_what_was_paid(story, given, the_time):
    project = given.project(story.firm, unit=story.firm.unit)
    stage(project.id, "production", "2026-01-10")
    figure(project.id, "2026-11", tax=100)
    figure(project.id, "2026-12", tax=100)
    paid(story, the_time, "20.00", "2026-12-01")
    restand()
    leader = given.role("leader")

    def symmetry() -> str:
        return leader.see("/projects/metrics")["total"]["payout_symmetry"]["value"]

    assert symmetry() == "10.00"
    story.pay(story.clerk, "30.00", "2026-12-01")
    assert symmetry() == "4.00"
