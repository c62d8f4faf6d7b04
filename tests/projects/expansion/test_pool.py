"""The pool of expansion intents over HTTP: from the visit that caught one to the project it became."""

from __future__ import annotations

from typing import Any

import pytest

from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.issues.documents import Issue
from app.projects.expansion.documents import Intent
from app.projects.expansion.register import REGISTER
from app.registers.planning import carry_out, plan
from app.registers.stating import batch_of, loaded
from tests.api.shape import refused
from tests.support.duties import run_due
from tests.support.factories import client_id, who
from tests.support.phone import Phone

POOL = "/expansion-intents"
UNIT, OTHER_UNIT = "321204002", "321204001"
MINUTES = {
    "on": "2026-01-05",
    "attended": ["发改委 王某", "资规局 李某"],
    "text": "土地指标由资规局统筹",
    "agreed": [{"what": "出具规划意见", "who": "资规局", "due": "2026-02-01"}],
}


def body(firm: Enterprise, **said: Any) -> dict[str, Any]:
    return {
        "client_id": client_id(),
        "enterprise_id": str(firm.id),
        "direction": "technology",
        "text": "拟新增两条智能化产线",
        **said,
    }


def caught(phone: Phone, firm: Enterprise, **said: Any) -> str:
    return str(phone.do(POOL, body(firm, **said))["id"])


def confirmed(phone: Phone, firm: Enterprise, **said: Any) -> str:
    key = caught(phone, firm, **said)
    phone.do(f"{POOL}/{key}/confirm")
    return key


@pytest.fixture
def server(given) -> Phone:
    return given.commissioner()


@pytest.fixture
def firm(given, server) -> Enterprise:
    return given.enterprise(UNIT, commissioner=server.person.id)


def test_caught_on_a_visit_it_is_its_enterprises_and_ones_own(given, firm):
    visitor = given.commissioner()
    begun = {"client_id": client_id(), "started_at": clock.now().isoformat()}
    visit = visitor.do("/visits", {**begun, "enterprise_id": str(firm.id)})["id"]
    money = {"amount": "12000.50", "funds_needed": "3000", "land_needed_mu": "45.5"}
    said = {**body(firm, **money), "enterprise_id": None, "visit_id": visit}
    made = visitor.do(POOL, said)
    assert (made["state"], made["visit_id"], made["owner_id"]) == (
        "caught",
        visit,
        str(visitor.person.id),
    )
    assert (made["enterprise_id"], made["unit"]) == (str(firm.id), UNIT)
    assert (made["amount"], made["funds_needed"]) == ("12000.50", "3000.00")
    assert made["land_needed_mu"] == "45.500"
    assert made["direction_name"] == "技术变革驱动型"
    assert visitor.post(POOL, said).status_code == 200
    refused(visitor.post(POOL, {**said, "text": "另一回事"}), 409)
    other = given.enterprise()
    refused(visitor.post(POOL, body(other, visit_id=visit)), 422)
    refused(given.commissioner().post(POOL, body(firm, visit_id=visit)), 404)


def test_the_whole_way_to_a_project(given, server, firm):
    key = confirmed(server, firm, amount="8000")
    asked = {"client_id": client_id(), "category": "LAND", "text": "请协调新增用地指标"}
    filed = server.do(f"{POOL}/{key}/coordinate", asked)
    assert server.post(f"{POOL}/{key}/coordinate", asked).status_code == 200
    run_due()
    issue = Issue.get(filed["issue_id"])
    assert (issue.kind, issue.text, issue.enterprise) == ("request", asked["text"], firm.id)
    assert server.see(f"/issues/{issue.id}")["tickets"]
    assert filed["intent"]["issue_ids"] == [str(issue.id)]
    assert filed["intent"]["state"] == "coordinating"

    met = server.do(f"{POOL}/{key}/meet", MINUTES, Idempotency_Key="one meeting")
    server.do(f"{POOL}/{key}/meet", MINUTES, Idempotency_Key="one meeting")
    assert met["meetings"] == server.see(f"{POOL}/{key}")["meetings"]
    assert met["meetings"][0]["agreed"] == MINUTES["agreed"]

    own, others = given.project(firm), given.project()
    refused(server.post(f"{POOL}/{key}/land", {"project_id": str(others.id)}), 422)
    landed = server.do(f"{POOL}/{key}/land", {"project_id": str(own.id)})
    assert (landed["state"], landed["project"], landed["actions"]) == ("landed", own.name, [])
    steps = [row["action"] for row in landed["history"]]
    assert steps == ["create", "confirm", "coordinate", "meet", "land"]
    refused(server.post(f"{POOL}/{key}/drop", {"reason": "x"}), 409)


def test_what_broke_off_between_filing_and_linking_is_completed(server, firm):
    key = confirmed(server, firm)
    asked = {"client_id": client_id()}
    first = server.do(f"{POOL}/{key}/coordinate", asked)
    Intent.rows().update_one({}, {"$set": {"issues": [], "state": "confirmed"}})
    again = server.post(f"{POOL}/{key}/coordinate", asked)
    assert again.status_code == 200
    assert again.json["issue_id"] == first["issue_id"]
    assert again.json["intent"]["issue_ids"] == [first["issue_id"]]
    assert Issue.rows().count_documents({}) == 1
    assert Issue.get(first["issue_id"]).text == Intent.get(key).text


def test_dropped_with_a_reason_or_given_to_somebody_else(given, server, firm):
    key = caught(server, firm)
    refused(server.post(f"{POOL}/{key}/drop"), 422)
    other = given.commissioner()
    given_away = server.do(f"{POOL}/{key}/assign", {"person_id": str(other.person.id)})
    assert given_away["owner"] == other.person.name
    dropped = other.do(f"{POOL}/{key}/drop", {"reason": "市场转淡"})
    assert (dropped["state"], dropped["dropped"]) == ("dropped", "市场转淡")
    refused(other.post(f"{POOL}/{key}/assign", {"person_id": str(server.person.id)}), 409)
    refused(server.post(f"{POOL}/{key}/meet", {**MINUTES, "on": "2099-01-01"}), 422)


def test_who_may(given, server, firm):
    key = caught(server, firm)
    nobody, here = given.commissioner(), given.role("unit_admin", unit=UNIT)
    there, inspector = given.role("unit_admin", unit=OTHER_UNIT), given.inspector()
    for phone in (nobody, there):
        refused(phone.get(f"{POOL}/{key}"), 404)
        assert phone.see(POOL)["total"] == 0
    assert inspector.see(f"{POOL}/{key}")["state"] == "caught"
    refused(inspector.post(f"{POOL}/{key}/confirm"), 403)
    refused(given.contact(firm).get(POOL), 403)
    refused(there.post(POOL, body(firm)), 403)
    assert here.do(f"{POOL}/{key}/confirm")["state"] == "confirmed"


def test_the_pool_adds_up_what_is_asked_for(given, server, firm):
    there = given.enterprise(OTHER_UNIT)
    caught(server, firm, amount="100.10")
    confirmed(server, firm, amount="200.20", direction="listing")
    caught(server, firm, direction="listing")
    caught(server, there, amount="1000.00", land_needed_mu="12.345")
    admin = given.role("admin")
    cases: list[tuple[dict[str, str], int, str]] = [
        ({}, 4, "1300.30"),
        ({"direction": "listing"}, 2, "200.20"),
        ({"state": "confirmed"}, 1, "200.20"),
        ({"unit": OTHER_UNIT}, 1, "1000.00"),
        ({"direction": "market"}, 0, "0.00"),
        ({"enterprise_id": str(firm.id), "state": "caught"}, 2, "100.10"),
    ]
    for query, count, amount in cases:
        found = admin.see(POOL, **query)
        assert (found["total"], found["sums"]["amount"]) == (count, amount), query
        assert sum(each["count"] for each in found["by_direction"]) == count
    assert admin.see(POOL)["sums"]["land_needed_mu"] == "12.345"
    assert len(admin.see(POOL, page_size=3)["items"]) == 3


def test_a_register_like_any_other(given, server, firm):
    admin = who(given.role("admin"))
    row = {
        "code": "ZZ-1",
        "enterprise": firm.credit_code,
        "direction": "外资追加投资型",
        "amount": "500",
        "caught_on": "2026年1月5日",
        "owner": server.person.account,
    }
    batch = batch_of(admin, clock.now())
    planned = plan(REGISTER, batch, [loaded(REGISTER, row)])
    assert planned.problems == []
    carry_out(REGISTER, batch, planned)
    made = Intent.objects(code="ZZ-1").first()
    assert (made.direction, made.owner, made.state) == (
        "foreign_capital",
        server.person.id,
        "caught",
    )
    server.do(f"{POOL}/{made.id}/drop", {"reason": "无意向"})
    for change, code in (
        ({"amount": "600"}, "expansion.over"),
        ({"caught_on": "2099-01-01"}, "register.in_the_future"),
    ):
        again = plan(REGISTER, batch, [loaded(REGISTER, {**row, **change})])
        assert code in [each.reason.code for each in again.problems]
    stranger = batch_of(who(given.commissioner()), clock.now())
    theirs = plan(REGISTER, stranger, [loaded(REGISTER, {**row, "amount": "1"})])
    assert "register.not_yours" in [each.reason.code for each in theirs.problems]
