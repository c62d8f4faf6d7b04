"""What is offered to firms: each a number over HTTP that follows the records."""

from __future__ import annotations

import pytest

from app.registers.documents import Term
from tests.offers.stories import Story, term, tool
from tests.support.factories import client_id


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    return Story(given)


@pytest.mark.mechanism("opportunity_list")
def test_the_list_of_opportunities(story):
    made = story.opportunity()

    def line() -> tuple[int, int]:
        found = story.dispatcher.see("/opportunities/figures")["items"]
        own = next(each for each in found if each["kind"] == "equipment")
        return own["published"], own["interests"]

    assert line() == (1, 0)
    story.interest(made)
    assert line() == (1, 1)


@pytest.mark.mechanism("event_checklist")
def test_the_checklist_of_an_event(story, the_time):
    body = {
        "client_id": client_id(),
        "template": "promotion",
        "title": "推介会",
        "on": "2026-12-18",
    }
    made = story.dispatcher.do("/events", body)

    def before() -> tuple[int, int]:
        phase = story.dispatcher.see(f"/events/{made['id']}")["phases"][0]
        return phase["open"], phase["overdue"]

    the_time.is_("2026-12-07 10:00")
    assert before() == (3, 1)
    story.dispatcher.do(f"/event-items/{made['items'][0]['id']}/done", {})
    assert before() == (2, 0)


@pytest.mark.mechanism("four_pools")
def test_how_much_is_in_a_pool(story):
    term("pool", "Q1", "甲库")
    admin = story.given.role("admin")

    def size() -> int:
        return admin.see("/pools")["items"][0]["total"]

    assert size() == 0
    admin.do("/pools/Q1/members", {"client_id": client_id(), "enterprise_id": story.key})
    assert size() == 1


@pytest.mark.mechanism("industry_1_4")
def test_how_many_firms_a_direction_takes_in(story):
    term("industry_1_4", "D1", "某产业方向", attributes={"industries": "C35"})

    def firms() -> int:
        return story.dispatcher.see("/industry-directions")["items"][0]["enterprises"]

    assert firms() == 0
    Term.rows().update_one({"code": "D1"}, {"$set": {"attributes": {"industries": "C34,C35"}}})
    assert firms() == 1


@pytest.mark.mechanism("fund_toolbox")
def test_the_fund_of_the_firms_industry(story):
    made = tool(story.clerk, kind="fund", industries=["C35"])
    path = f"/enterprises/{story.key}/finance-tools"

    def found() -> tuple[str, bool]:
        [match] = story.contact.see(path, amount="500.00")["items"]
        return match["verdict"], match["own_fund"]

    assert found() == ("not_met", False)
    whole = {name: made[name] for name in ("code", "name", "kind", "provider", "department")}
    key = f"/finance-tools/{made['id']}"
    match = {"If-Match": story.clerk.get(key).headers["ETag"]}
    body = {**whole, "industries": ["C34"]}
    assert story.clerk.call("PUT", key, json=body, headers=match).status_code == 200
    assert found() == ("met", True)


@pytest.mark.mechanism("partner_company")
def test_leads_that_name_all_three_parties(story):
    def three() -> tuple[int, int]:
        [line] = story.dispatcher.see("/leads/figures", by="source")["items"]
        return line["leads"], line["three_party"]

    story.lead()
    assert three() == (1, 0)
    story.lead(partner="某堰才公司")
    assert three() == (2, 1)


@pytest.mark.mechanism("equity_finance")
def test_what_was_granted_by_source_of_funds(story):
    term("funding", "F1", "某资金渠道")
    made = tool(story.clerk, funding="F1")

    def granted() -> tuple[str, str, int]:
        [line] = story.dispatcher.see("/finance-tools/figures")["funding"]
        return line["name"], line["amount"], line["introductions"]

    assert granted() == ("某资金渠道", "0.00", 0)
    key = story.introduce(made)["id"]
    story.contact.do(f"/introductions/{key}/accept", {})
    story.clerk.do(f"/introductions/{key}/introduce", {})
    story.clerk.do(f"/introductions/{key}/outcome", {"outcome": "granted", "amount": "480.00"})
    assert granted() == ("某资金渠道", "480.00", 1)
