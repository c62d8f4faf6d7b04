"""A policy from its draft to money in the bank, and back to its conditions: trips over HTTP."""

from __future__ import annotations

import pytest

from app.enterprises.documents import Enterprise
from app.foundation import duties
from app.issues.documents import Issue
from app.notices.documents import Notice
from app.policies.proposals import gathering
from tests.policies.stories import HOME, OTHER, UNIT, Story, begun, home, policy_body
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.support.phone import Phone, issue_body


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    return begun(given)


def told(phone: Phone) -> list[str]:
    run_due()
    query = {"person": phone.person.id, "event": {"$regex": "^(claim|policy|proposal)"}}
    return [row["event"] for row in Notice.rows().find(query).sort("_id", 1)]


def test_from_draft_to_paid_with_an_objection_on_the_way(story, given, the_time):
    opened = story.open(story.commissioner)
    assert (opened["state"], opened["owner"]["side"]) == ("found", "commissioner")
    assert opened["due_at"].startswith("2026-12-01T17:30")
    matched = story.step(story.contact, "match")
    assert (matched["verdict"]["verdict"], matched["owner"]["side"]) == ("met", "firm")
    account = {"holder": "测试企业", "bank": "农商行", "number": "6222000011112222"}
    the_time.is_("2026-11-26 10:00")
    given_papers = story.papers(story.contact)
    submitted = story.step(story.contact, "submit", **given_papers, account=account)
    assert (submitted["asked"], submitted["on_behalf"]) == ("50.00", False)
    assert submitted["account"] == account
    assert story.commissioner.see(f"/claims/{story.claim}")["account"] is None
    assert story.clerk.see(f"/claims/{story.claim}")["account"] == account

    reviewed = story.step(story.clerk, "review", amount="40.00", text="设备已核")
    assert reviewed["owner"] == {
        "side": "department",
        "name": story.clerk.person.name,
        "person_id": str(story.clerk.person.id),
    }
    publicised = story.step(story.clerk, "publicise")
    assert publicised["notice"] == {"first": "2026-11-26", "last": "2026-12-01", "amount": "40.00"}
    stranger = given.contact(given.enterprise())
    (notice,) = stranger.see("/public-notices")["items"]
    assert set(notice) == {
        *("id", "code", "title", "enterprise", "masked_code", "department"),
        *("amount", "first", "last", "running"),
    }
    code = story.firm.credit_code
    assert notice["masked_code"] == f"{code[:2]}{'*' * 12}{code[-4:]}"
    assert stranger.get(f"/claims/{story.claim}").status_code == 404

    said = {"client_id": client_id(), "text": "设备是旧的", "anonymous": True}
    objection = stranger.do(f"/public-notices/{story.claim}/objections", said)
    assert objection["mine"]
    assert stranger.post(f"/public-notices/{story.claim}/objections", said).status_code == 200
    seen = {
        name: phone.see(f"/claims/{story.claim}")["objection_rows"][0]["by"]
        for name, phone in (("clerk", story.clerk), ("head", story.head))
    }
    assert seen == {"clerk": "匿名", "head": stranger.person.name}
    assert stranger.person.name not in story.contact.get(f"/claims/{story.claim}").text
    assert story.refused(story.head, "approve") == (409, "claim.notice_runs")

    the_time.is_("2026-12-02 09:00")
    assert story.refused(story.head, "approve") == (409, "claim.objection_undecided")
    ruling = {"upheld": False, "text": "发票为今年"}
    assert story.clerk.post(f"/objections/{objection['id']}/decide", ruling).status_code == 403
    decided = story.head.do(f"/objections/{objection['id']}/decide", ruling)
    assert decided["state"] == "dismissed"
    assert story.refused(story.clerk, "approve")[0] == 403
    assert story.refused(story.head, "approve", amount="40.01") == (422, "claim.more_than_shown")
    approved = story.step(story.head, "approve")
    assert (approved["state"], approved["approved"]) == ("approved", "40.00")

    assert story.pay(story.clerk, "15.00", "2026-12-02").json["state"] == "approved"
    assert story.pay(story.clerk, "25.01", "2026-12-02").json["code"] == "claim.more_than_approved"
    the_time.is_("2026-12-04 09:00")
    paid = story.pay(story.clerk, "25.00", "2026-12-04").json
    assert (paid["state"], paid["paid"], paid["actions"]) == ("paid", "40.00", [])
    assert {each["code"]: each["days"] for each in paid["links"]} == {
        "discover": 0,
        "remedy": 2,
        "adjust": 4,
        "pay": 2,
    }
    assert told(story.contact) == [
        *("claim.found", "claim.publicised", "claim.objection_decided"),
        *("claim.approved", "claim.paid", "claim.paid"),
    ]
    assert told(stranger) == ["claim.objection_decided"]
    whole = story.contact.see(f"/enterprises/{story.firm.id}/payouts")
    assert (whole["amount"], whole["total"]) == ("40.00", 2)
    assert whole["years"] == [{"year": "2026", "amount": "40.00"}]


def test_refusals_become_a_proposal_and_those_who_raised_it_hear(story, given):
    firms = [story.firm, *(_fitting(given, story) for _ in range(2))]
    contacts = [story.contact, *(given.contact(firm) for firm in firms[1:])]
    for number, (firm, contact) in enumerate(zip(firms, contacts, strict=True)):
        story.open(contact, firm)
        story.step(contact, "match")
        story.step(contact, "submit", **story.papers(contact, number))
        unknown = story.refused(story.clerk, "refuse", reason_codes=["mood"], text="x")
        assert unknown == (422, "claim.unknown_reason")
        refused = story.step(
            story.clerk, "refuse", reason_codes=["not_entitled"], text="设备不在目录"
        )
        assert refused["refusal"]["names"] == ["不符合申报条件"]
        run_due()
        assert story.head.see("/policy-proposals")["total"] == int(number == 2)
    (proposal,) = story.head.see("/policy-proposals")["items"]
    assert (proposal["by_machine"], proposal["count"]) == (True, 3)
    assert {each["kind"] for each in proposal["evidence"]} == {"refusal"}
    (mine,) = contacts[1].see("/policy-proposals")["items"]
    assert mine["evidence"] == []
    path = f"/policy-proposals/{proposal['id']}"
    assert given.contact(given.enterprise()).get(path).status_code == 404

    body = {"client_id": client_id()}
    edition = story.clerk.do(f"/policies/{story.policy}/editions", body)
    ruling = {"adopted": True, "text": "目录已放宽", "edition_id": edition["id"]}
    assert contacts[1].post(f"{path}/decide", ruling).status_code == 403
    decided = story.head.do(f"{path}/decide", ruling)
    assert decided["decision"]["edition_id"] == edition["id"]
    assert story.head.post(f"{path}/decide", ruling).status_code == 409
    assert all(told(each)[-1] == "proposal.adopted" for each in contacts)
    story.open(story.contact)  # what was refused may be claimed again


def _fitting(given, story: Story) -> Enterprise:
    """Another firm that meets the policy."""
    served = story.commissioner.person.id
    return given.enterprise(
        unit=UNIT, tags=["srdi"], production_on="2026-01-10", commissioner=served
    )


def test_complaints_that_name_a_policy_gather_too(story, the_time):
    for text in (
        "专精特新企业设备补助迟迟不到账",
        "HQ2026-01 材料太多",
        "专精特新企业设备补助门槛太高",
    ):
        body = issue_body(category="POLICY", text=text, enterprise_id=str(story.firm.id))
        story.contact.do("/issues", body)
    other = issue_body(category="POLICY", text="别的政策", enterprise_id=str(story.firm.id))
    story.contact.do("/issues", other)
    run_due()
    gathering.begin(the_time.passes(days=1))
    run_due()
    (proposal,) = story.head.see("/policy-proposals", state="open")["items"]
    assert (proposal["group"], proposal["count"]) == ("complaint", 3)
    assert len(proposal["evidence"]) == 3
    Issue.rows().update_one({"text": {"$regex": "迟迟"}}, {"$set": {"restricted": "report"}})
    (proposal,) = story.head.see("/policy-proposals")["items"]
    assert len(proposal["evidence"]) == 2  # what few may see is no more told to others
    gathering.begin(the_time.passes(days=1))
    run_due()
    assert story.given.phone(story.head.person).see("/policy-proposals")["total"] == 1


def test_a_person_may_propose_too(story, given):
    story.submitted()
    story.step(story.clerk, "refuse", reason_codes=["late"], text="超期")
    said = {"client_id": client_id(), "text": "申报期太短", "claim_ids": [story.claim]}
    path = f"/policies/{story.policy}/proposals"
    assert story.commissioner.post(path, said).status_code == 404
    assert story.contact.post(path, {**said, "claim_ids": []}).status_code == 403
    made = story.clerk.do(path, said)
    assert (made["by_machine"], made["evidence"][0]["id"]) == (False, story.claim)
    own = {**said, "client_id": client_id(), "claim_ids": []}
    mine = story.commissioner.do(path, own)
    assert story.commissioner.see("/policy-proposals")["items"] == [mine]
    assert story.commissioner.post(path, own).status_code == 200
    story.head.do(f"/policy-proposals/{mine['id']}/decide", {"adopted": False, "text": "已足够"})
    assert told(story.commissioner)[-1] == "proposal.declined"


def test_what_is_returned_is_completed_and_what_is_objected_to_rightly_is_not_approved(
    story, given, the_time
):
    story.publicised()
    said = {"client_id": client_id(), "text": "重复享受"}
    stranger = given.commissioner()
    objection = stranger.do(f"/public-notices/{story.claim}/objections", said)
    the_time.is_("2026-11-30 09:00")
    story.head.do(f"/objections/{objection['id']}/decide", {"upheld": True, "text": "属实"})
    assert story.refused(story.head, "approve") == (409, "claim.objection_stands")
    returned = story.step(story.clerk, "return", text="请说明")
    assert (returned["state"], returned["reviewed"]) == ("returned", None)
    assert story.step(story.contact, "submit")["papers"] == returned["papers"]
    story.step(story.clerk, "review")
    story.step(story.clerk, "publicise")
    again = {"client_id": client_id(), "text": "仍有疑问"}
    stranger.do(f"/public-notices/{story.claim}/objections", again)
    story.step(story.clerk, "refuse", reason_codes=["twice"], text="已享受")
    states = [each["state"] for each in stranger.see("/me/objections")["items"]]
    assert states == ["lapsed", "upheld"]
    late = {"client_id": client_id(), "text": "迟到"}
    answer = stranger.post(f"/public-notices/{story.claim}/objections", late)
    assert answer.json["code"] == "claim.notice_over"


def test_who_reviewed_it_does_not_approve_it(story, the_time):
    story.submitted()
    story.step(story.head, "review")
    story.step(story.clerk, "publicise")
    the_time.is_("2026-12-01 09:00")
    assert story.refused(story.head, "approve") == (403, "claim.reviewed_by_you")
    other = story.given.head(HOME)
    assert story.step(other, "approve")["state"] == "approved"


def test_what_was_published_is_changed_by_another_edition_only(story):
    seen = story.clerk.see(f"/policies/{story.policy}")
    changed = policy_body(title="改名")
    del changed["client_id"]
    put = {"json": changed, "headers": {"If-Match": "*"}}
    assert story.clerk.call("PUT", f"/policies/{story.policy}", **put).status_code == 409
    body = {"client_id": client_id()}
    draft = story.clerk.do(f"/policies/{story.policy}/editions", body)
    assert (draft["edition"], draft["state"], draft["conditions"]) == (
        2,
        "draft",
        seen["conditions"],
    )
    assert story.clerk.post(f"/policies/{story.policy}/editions", body).status_code == 200
    second = {"client_id": client_id()}
    assert story.clerk.post(f"/policies/{story.policy}/editions", second).status_code == 409
    assert story.contact.get(f"/policies/{draft['id']}").status_code == 404
    assert story.contact.see("/policies")["total"] == 1
    assert story.given.clerk(OTHER).get(f"/policies/{draft['id']}").status_code == 404
    changed = story.clerk.call("PUT", f"/policies/{draft['id']}", **put)
    assert (changed.status_code, changed.json["title"]) == (200, "改名")
    assert story.clerk.post(f"/policies/{draft['id']}/publish").status_code == 403
    story.open()
    story.head.do(f"/policies/{draft['id']}/publish")
    old = story.contact.see(f"/policies/{story.policy}")
    assert (old["state"], old["replaced_by_id"]) == ("closed", draft["id"])
    story.step(story.contact, "match")  # what is under way goes on
    story.policy = draft["id"]
    body = {"client_id": client_id(), "enterprise_id": str(story.firm.id)}
    again = story.contact.post(f"/policies/{draft['id']}/claims", body)
    assert again.json["code"] == "claim.claimed_already"  # it is the same window


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"conditions": {"kind": "weather"}}, "conditions", "kind"),
        (
            {"conditions": {"kind": "tags", "how": "any", "values": ["moon"]}},
            "conditions",
            "moon",
        ),
        ({"amount_rule": {"kind": "fixed", "amount": "-1"}}, "amount_rule", "amount"),
        ({"until": "2025-01-01"}, "until", "开始"),
    ],
)
def test_what_is_wrong_with_a_policy_is_told_in_words(story, wrong, field, words):
    answer = story.clerk.post("/policies", policy_body(code="HQ2", **wrong))
    assert answer.status_code == 422
    assert words in answer.json["errors"][field][0]


def test_a_late_step_climbs_the_ladder_and_people_hear(story, given, the_time):
    inspector, leader = given.inspector(), given.role("leader")
    story.submitted()
    for moment in ("2026-12-07 17:30", "2026-12-08 17:30", "2026-12-09 17:30", "2026-12-11 17:30"):
        the_time.is_(moment)
        run_due()
    climbed = story.given.phone(story.head.person).see(f"/claims/{story.claim}")
    assert climbed["climbed"] == ["yellow", "red", "supervision", "leader"]
    assert climbed["overdue"]
    assert told(story.clerk)[-2:] == ["claim.due_soon", "claim.due"]
    assert told(story.head) == ["claim.due", "claim.overdue"]
    assert (told(inspector), told(leader)) == (["claim.overdue"] * 2, ["claim.overdue"])
    clerk = story.given.phone(story.clerk.person)
    assert story.step(clerk, "review")["climbed"] == []
    waiting = {"kind": "policies.climb", "state": "due"}
    assert duties.rows().count_documents(waiting) == 1


def test_figures_of_the_chain_open_to_their_claims(story, the_time):
    story.publicised()
    the_time.is_("2026-12-02 09:00")
    head = story.given.phone(story.head.person)
    figures = head.see("/claims/figures", by="policy")
    (line,) = figures["items"]
    assert (line["key"], line["count"], line["states"]) == ("HQ2026-01", 1, {"publicised": 1})
    assert [(each["code"], each["median_days"]) for each in line["links"]] == [
        *(("discover", "0"), ("remedy", "0"), ("adjust", "6"), ("pay", None))
    ]
    assert head.see("/claims", **line["opens"])["total"] == line["count"]
    (home_line,) = head.see("/claims/figures", by="department")["items"]
    assert home_line["opens"] == {"department_id": home()}
    assert story.given.head(OTHER).see("/claims/figures")["total"]["count"] == 0
    assert story.given.phone(story.contact.person).get("/claims/figures").status_code == 403
