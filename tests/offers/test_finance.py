"""A firm asks for money, and a tool is brought to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from bson import ObjectId

from app.issues.documents import Issue
from app.offers.finance.documents import Introduction
from app.people.documents import Person
from tests.offers.stories import MONEY, UNIT, Story, tool
from tests.support.duties import run_due
from tests.support.factories import client_id


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    return Story(given)


def titles(phone) -> list[str]:
    run_due()
    return [each["event"] for each in phone.see("/notices")["items"]]


def test_from_an_issue_to_a_granted_loan(story, the_time):
    loan = tool(story.clerk, tags=["srdi"])
    fund = tool(story.clerk, code="T2", name="产业基金", kind="fund", industries=["C34"])
    issue = story.contact.open_issue(category="FINANCE", text=MONEY, enterprise_id=story.key)
    run_due()
    found = story.commissioner.see(f"/issues/{issue['id']}/finance-tools")
    assert (found["amount"], found["amount_from"]) == ("500.00", "text")
    assert [each["tool"]["id"] for each in found["items"]] == [fund["id"], loan["id"]]
    assert [each["verdict"] for each in found["items"]] == ["met", "met"]
    reasons = [each["reason"]["text"] for each in found["items"][1]["conditions"]]
    assert "专精特新企业" in reasons[0]
    assert "500.00" in reasons[1]
    much = story.commissioner.see(f"/issues/{issue['id']}/finance-tools", amount="5000.00")
    assert [each["verdict"] for each in much["items"]] == ["not_met", "not_met"]

    made = story.introduce(loan, story.commissioner, issue_id=issue["id"], amount="500.00")
    assert (made["state"], made["follow_up_on"]) == ("proposed", "2026-12-01")
    path = f"/introductions/{made['id']}"
    assert "introduction.proposed" in titles(story.contact)
    assert story.commissioner.post(f"{path}/introduce", {}).status_code == 409
    story.contact.do(f"{path}/accept", {"text": "愿意"})
    story.commissioner.do(f"{path}/introduce", {"follow_up_on": "2026-11-26"})
    the_time.is_("2026-11-26 09:01")
    assert "introduction.due" in titles(story.commissioner)
    the_time.is_("2026-11-27 09:01")
    assert "introduction.overdue" in titles(story.dispatcher)
    bad = {"outcome": "granted", "text": ""}
    assert story.commissioner.post(f"{path}/outcome", bad).status_code == 422
    assert story.commissioner.post(f"{path}/outcome", {"outcome": "refused"}).status_code == 422
    done = story.commissioner.do(f"{path}/outcome", {**bad, "amount": "480.00"})
    assert (done["state"], done["granted"], done["days"]) == ("granted", "480.00", 3)
    assert [each["state"] for each in done["steps"]] == [
        "proposed",
        "accepted",
        "introduced",
        "granted",
    ]
    assert "introduction.granted" in titles(story.contact)
    line = story.dispatcher.see("/finance-tools/figures")["tools"][0]
    assert (line["introductions"], line["success"], line["amount"]) == (1, "100.0", "480.00")
    # It is over: another may be begun.
    assert story.introduce(loan)["state"] == "proposed"


def test_what_is_no_question_of_money_has_no_tools(story):
    issue = story.contact.open_issue(enterprise_id=story.key)
    answer = story.contact.get(f"/issues/{issue['id']}/finance-tools")
    assert (answer.status_code, answer.json["code"]) == (409, "finance.not_about_money")
    assert story.stranger.get(f"/issues/{issue['id']}/finance-tools").status_code == 404


def test_a_contact_asks_for_a_tool_and_the_commissioner_sees_to_it(story):
    made = story.introduce(tool(story.clerk), story.contact)
    assert (made["state"], made["owner_id"]) == ("accepted", str(story.commissioner.person.id))
    assert made["actions"] == []


def test_others_see_nothing_of_it(story):
    loan = tool(story.clerk)
    made = story.introduce(loan, amount="500.00")
    path = f"/introductions/{made['id']}"
    other = story.given.commissioner()
    for phone in (story.stranger, other, story.given.clerk("HOUSING")):
        assert phone.get(path).status_code == 404
        assert phone.see("/introductions")["total"] == 0
        assert phone.post(f"{path}/accept", {}).status_code == 404
    assert story.stranger.get(f"/enterprises/{story.key}/finance-tools").status_code == 404
    assert other.get(f"/enterprises/{story.key}/finance-tools").status_code == 403
    assert story.stranger.get("/finance-tools/figures").status_code == 403
    for phone in (story.contact, story.commissioner, story.clerk, story.dispatcher):
        assert phone.see("/introductions")["total"] == 1
    assert story.clerk.post(f"{path}/accept", {}).status_code == 403
    body = {"client_id": client_id(), "enterprise_id": story.key}
    mine = f"/finance-tools/{loan['id']}/introductions"
    assert story.stranger.post(mine, body).status_code == 404
    town = story.given.role("unit_admin", unit=UNIT)
    assert town.see("/introductions")["total"] == 1


def test_who_knows_more_is_named_to_staff_only(story):
    made = tool(story.clerk, contact=story.clerk.person.account)
    path = f"/finance-tools/{made['id']}"
    assert story.commissioner.see(path)["contact_name"] == story.clerk.person.name
    assert story.contact.see(path)["contact_name"] is None
    answer = story.contact.post("/finance-tools", {"client_id": client_id(), "code": "X"})
    assert answer.status_code in (403, 422)


def test_sent_again_and_sent_at_once(story):
    loan = tool(story.clerk)
    path = f"/finance-tools/{loan['id']}/introductions"
    body = {"client_id": client_id(), "enterprise_id": story.key}
    first = story.clerk.post(path, body)
    again = story.clerk.post(path, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["id"] == again.json["id"]
    other = story.clerk.post(path, {**body, "text": "另一件"})
    assert (other.status_code, other.json["code"]) == (409, "client_id.conflict")
    second = story.clerk.post(path, {**body, "client_id": client_id()})
    assert (second.status_code, second.json["code"]) == (409, "finance.introduced_already")
    key = first.json["id"]
    story.contact.do(f"/introductions/{key}/accept", {})
    story.clerk.do(f"/introductions/{key}/introduce", {})
    outcomes = [{"outcome": "granted", "amount": "1.00"}, {"outcome": "unanswered"}]
    with ThreadPoolExecutor(2) as both:
        found = list(
            both.map(lambda said: story.clerk.post(f"/introductions/{key}/outcome", said), outcomes)
        )
    assert sorted(each.status_code for each in found) == [200, 409]
    row = Introduction.rows().find_one()
    assert len(row["steps"]) == 4
    assert row["slot"] is None


def test_a_tool_is_changed_as_a_whole_and_ends(story, the_time):
    made = tool(story.clerk)
    path = f"/finance-tools/{made['id']}"
    seen = story.clerk.get(path)
    whole = {
        "code": "T1",
        "name": "流动资金贷款",
        "kind": "loan",
        "provider": "某银行",
        "department": "FINANCIAL_REGULATION",
        "until": "2026-11-25",
    }
    assert story.clerk.call("PUT", path, json=whole).status_code == 428
    match = {"If-Match": seen.headers["ETag"]}
    assert story.clerk.call("PUT", path, json=whole, headers=match).status_code == 200
    assert story.clerk.call("PUT", path, json=whole, headers=match).status_code == 412
    assert story.contact.see("/finance-tools", offered=True)["total"] == 1
    the_time.is_("2026-11-25 10:00")
    assert story.contact.see("/finance-tools", offered=True)["total"] == 0
    assert story.contact.see(f"/enterprises/{story.key}/finance-tools")["items"] == []
    body = {"client_id": client_id(), "enterprise_id": story.key}
    answer = story.clerk.post(f"{path}/introductions", body)
    assert answer.json["code"] == "finance.not_offered"
    foreign = story.given.clerk("HOUSING")
    again = {"If-Match": foreign.get(path).headers["ETag"]}
    assert foreign.call("PUT", path, json=whole, headers=again).status_code == 403


def test_an_amount_is_more_than_nothing(story):
    loan = tool(story.clerk)
    body = {"client_id": client_id(), "enterprise_id": story.key, "amount": "-5.00"}
    path = f"/finance-tools/{loan['id']}/introductions"
    assert story.clerk.post(path, body).status_code == 422
    firm = f"/enterprises/{story.key}/finance-tools"
    assert story.commissioner.get(firm, amount="-5.00").status_code == 422
    key = story.introduce(loan, story.contact)["id"]
    story.clerk.do(f"/introductions/{key}/introduce", {})
    for amount in ("-480.00", "0.00"):
        said = {"outcome": "granted", "amount": amount}
        assert story.clerk.post(f"/introductions/{key}/outcome", said).status_code == 422


def test_what_staff_heard_stays_with_staff(story):
    made = story.introduce(tool(story.clerk))
    path = f"/introductions/{made['id']}"
    story.clerk.do(f"{path}/follow-up", {"text": "银行内部顾虑", "follow_up_on": "2026-11-26"})
    assert "银行内部顾虑" in story.commissioner.get(path).get_data(as_text=True)
    seen = story.contact.see(path)
    assert [each["action"] for each in seen["history"]] == ["propose"]
    assert "银行内部顾虑" not in str(story.contact.see("/introductions"))


def test_an_issue_is_named_to_those_who_may_know_of_it(story):
    loan = tool(story.clerk)
    issue = story.given.contact(story.firm).open_issue(
        category="FINANCE", text=MONEY, enterprise_id=story.key
    )
    run_due()
    made = story.introduce(loan, story.commissioner, issue_id=issue["id"])
    Issue.rows().update_one(
        {"_id": ObjectId(issue["id"])}, {"$set": {"restricted": "conduct", "anonymous": True}}
    )
    for phone in (story.contact, story.dispatcher):
        assert phone.see(f"/introductions/{made['id']}")["issue_id"] is None
        assert phone.see("/introductions", issue_id=issue["id"])["total"] == 0
    inspector = story.given.role("inspector")
    assert inspector.see("/introductions", issue_id=issue["id"])["total"] == 1
    assert inspector.see(f"/introductions/{made['id']}")["issue_id"] == issue["id"]
    story.contact.do(f"/introductions/{made['id']}/accept", {})
    run_due()
    found = story.commissioner.see("/notices")["items"]
    told = [each["issue_id"] for each in found if each["event"] == "introduction.accepted"]
    assert told == [None]
    answer = story.dispatcher.post(
        f"/introductions/{made['id']}/assign", {"person_id": str(story.dispatcher.person.id)}
    )
    assert (answer.status_code, answer.json["code"]) == (422, "offers.may_not_know")


def test_who_has_left_is_given_nothing(story):
    Person.rows().update_one({"_id": story.commissioner.person.id}, {"$set": {"active": False}})
    made = story.introduce(tool(story.clerk), story.contact)
    assert made["owner_id"] == str(story.dispatcher.person.id)


def test_a_day_that_was_put_off_and_back_is_not_forgotten(story, the_time):
    made = story.introduce(tool(story.clerk))
    path = f"/introductions/{made['id']}/follow-up"
    for day in ("2026-11-25", "2026-11-30"):
        story.clerk.do(path, {"text": "再联系", "follow_up_on": day})
    the_time.is_("2026-11-25 09:01")
    run_due()
    story.clerk.do(path, {"text": "今天就办", "follow_up_on": "2026-11-25"})
    the_time.is_("2026-11-26 09:01")
    assert "introduction.overdue" in titles(story.dispatcher)
