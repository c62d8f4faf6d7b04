"""What of policies and claims is kept from whom, by whatever way one asks for it."""

from __future__ import annotations

import pytest
from bson import ObjectId

from app.foundation import clock
from app.issues.documents import Issue
from app.notices.documents import Notice
from app.people.documents import Person
from app.policies.documents import Policy
from tests.exchange.files import imported, xlsx
from tests.people.leaves import under_way
from tests.policies.stories import FIXED, HOME, OTHER, Story, begun, policy_body
from tests.policies.test_matching import GROWN, SOLD, sold
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.support.phone import issue_body


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    return begun(given)


def test_drafts_are_no_way_to_ask_for_the_figures_of_a_firm(story, given):
    """Or a clerk would find them to the cent by changing `least` again and again."""
    sold(story.firm, "2026-01", "60.00")
    sold(story.firm, "2026-02", "180.00")
    for condition in (
        {"kind": "figure", **SOLD, "least": "240.00"},
        {"kind": "figure", **SOLD, "least": "240.01"},
        {"kind": "above_scale", "entered": True},
    ):
        code = f"HQ-{client_id()[:8]}"
        made = story.clerk.do("/policies", policy_body(**{**GROWN, "code": code}))
        put = {name: each for name, each in policy_body(**GROWN).items() if name != "client_id"}
        path = f"/policies/{made['id']}"
        body = {**put, "code": code, "conditions": condition, "amount_rule": FIXED}
        changed = story.clerk.call("PUT", path, json=body, headers={"If-Match": "*"})
        assert changed.status_code == 200, changed.json
        found = story.clerk.see(f"{path}/enterprises")
        assert {each["verdict"] for each in found["items"]} == {"unknown"}
        assert (found["counts"]["met"], found["counts"]["not_met"]) == (0, 0)
        inspector = given.inspector().see(f"{path}/enterprises", verdict="unknown")
        assert inspector["total"] == 0 or condition["kind"] == "above_scale"


def test_a_department_cannot_take_the_code_of_anothers_policy(story, given):
    names = ["code", "edition", "title", "department", "text", "conditions", "amount_rule"]
    rule = '{"kind": "fixed", "amount": "1.00"}'
    condition = '{"kind": "above_scale", "entered": true}'
    row = ["HQ2026-01", 2, "别家的", OTHER, "文本", condition, rule]
    done = imported(given.clerk(OTHER), "policies", xlsx(names, row))
    assert done["state"] == "refused", done
    assert [each["field"] for each in done["problems"]] == ["code"]


def test_who_publishes_an_edition_may_end_the_one_before(story, given):
    """Though an admin gave the draft to another department."""
    draft = story.clerk.do(f"/policies/{story.policy}/editions", {"client_id": client_id()})
    stranger = given.head(OTHER)
    key = {"_id": ObjectId(draft["id"])}
    other = given.clerk(OTHER).person.grants[0].department
    Policy.rows().update_one(key, {"$set": {"department": other}})
    assert stranger.post(f"/policies/{draft['id']}/publish").status_code == 403
    assert story.contact.see(f"/policies/{story.policy}")["state"] == "published"


def test_the_papers_of_a_claim_are_for_whom_the_claim_is(story, given):
    whole = story.submitted()
    (photo,) = whole["papers"][0]["photo_ids"]
    mine = (story.contact, story.clerk, story.head, story.commissioner)
    watching = (given.inspector(), given.role("leader"), given.role("admin"))
    for phone in (*mine, *watching):
        assert phone.get(f"/photos/{photo}").status_code == 200
    strangers = (given.commissioner(), given.clerk(OTHER), given.head(OTHER), given.dispatcher())
    for phone in strangers:
        assert phone.get(f"/photos/{photo}").status_code == 404
    assert story.clerk.get(f"/photos/{photo}/original").status_code == 403


def test_who_objected_without_a_name_is_known_to_those_who_decide_alone(story, given):
    story.publicised()
    stranger = given.clerk(OTHER)
    deputy = given.clerk(OTHER)
    said = {"client_id": client_id(), "text": "设备是旧的", "anonymous": True}
    made = stranger.do(f"/public-notices/{story.claim}/objections", said)
    name = stranger.person.name
    assert name not in story.clerk.get(f"/claims/{story.claim}").text
    assert name in story.head.get(f"/claims/{story.claim}").text
    run_due()
    told = list(Notice.rows().find({"event": "claim.objected"}))
    assert told
    assert name not in str(told)
    under_way(stranger, deputy, clock.now())
    assert deputy.see("/me/objections")["total"] == 0
    assert deputy.get(f"/objections/{made['id']}").status_code == 404


def test_the_issue_of_another_firm_is_no_ground_of_a_claim(story, given):
    firm = given.enterprise(commissioner=story.commissioner.person.id)
    body = issue_body(category="POLICY", text="补助", enterprise_id=str(firm.id))
    foreign = story.commissioner.do("/issues", body)["id"]
    own = story.contact.do("/issues", issue_body(category="POLICY", text="补助"))["id"]
    said = {"enterprise_id": str(story.firm.id)}
    path = f"/policies/{story.policy}/claims"
    wrong = story.commissioner.post(path, {**said, "client_id": client_id(), "issue_id": foreign})
    assert (wrong.status_code, wrong.json["code"]) == (422, "claim.issue_of_another")
    Issue.rows().update_one({"_id": ObjectId(own)}, {"$set": {"restricted": "report"}})
    few = story.contact.post(path, {**said, "client_id": client_id(), "issue_id": own})
    assert few.json["code"] == "claim.issue_of_another"


def test_who_left_the_department_hears_no_more_of_its_claims(story, given, the_time):
    story.submitted()
    story.step(story.clerk, "review")
    colleague = given.clerk(HOME)
    Person.rows().update_one({"_id": story.clerk.person.id}, {"$set": {"grants": []}})
    the_time.is_("2026-11-27 17:30")
    run_due()
    heard = {row["person"] for row in Notice.rows().find({"event": "claim.due"})}
    assert story.clerk.person.id not in heard
    assert colleague.person.id in heard


def test_where_the_rule_gives_nothing_there_is_nothing_to_submit(story):
    story.publish(**{**GROWN, "conditions": {"kind": "unit", "values": [story.firm.unit]}})
    for month in ("2026-01", "2026-02"):
        sold(story.firm, month, "0.00")
    story.open()
    story.step(story.contact, "match")
    assert story.refused(story.contact, "submit") == (422, "claim.amount_needed")
