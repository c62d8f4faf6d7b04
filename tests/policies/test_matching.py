"""Matching both ways, and who sees what of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bson import Decimal128

from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.policies.documents import Policy
from app.projects.figures.documents import FigureEntry, about_figure
from tests.exchange.files import imported, xlsx
from tests.policies.stories import HOME, OTHER, UNIT, Story, begun, home, policy_body
from tests.support.factories import client_id
from tests.support.phone import Phone

SOLD = {"whose": "enterprise", "measure": "sales", "from": "2026-01", "to": "2026-02"}
GROWN = {
    "code": "HQ-GROW",
    "title": "增长奖励",
    "conditions": {"kind": "figure", **SOLD, "least": "100.00"},
    "amount_rule": {"kind": "percent", "percent": "10", "figure": SOLD, "cap": "30.00"},
    "papers": [],
}


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    return begun(given)


def sold(firm: Enterprise, month: str, sales: str) -> None:
    FigureEntry.insert_row(
        kind="enterprise",
        subject=firm.id,
        month=month,
        sales=Decimal128(sales),
        about=about_figure("enterprise", firm.id, month),
        known_at=clock.now(),
        by_name="人员",
        role="admin",
        source="phone",
    )


def verdicts(phone: Phone, firm: Enterprise) -> dict[str, str]:
    items = phone.see(f"/enterprises/{firm.id}/policies")["items"]
    return {each["code"]: each["verdict"] for each in items}


def test_what_may_i_claim(story):
    story.publish(**GROWN)
    items = story.contact.see(f"/enterprises/{story.firm.id}/policies")["items"]
    met, unknown = items
    assert (met["code"], met["verdict"], met["estimate"]) == ("HQ2026-01", "met", "50.00")
    parts = met["conditions"]["of"]
    assert [(each["verdict"], each["value"]) for each in parts] == [
        *(("met", ["srdi"]), ("met", UNIT), ("met", "2026-01-10"))
    ]
    assert "标签srdi" in parts[0]["reason"]["text"]
    assert (unknown["verdict"], unknown["estimate"]) == ("unknown", None)
    (todo,) = unknown["todo"]
    assert "2026-01、2026-02" in todo["text"]
    sold(story.firm, "2026-01", "60.00")
    sold(story.firm, "2026-02", "180.00")
    known = story.contact.see(f"/enterprises/{story.firm.id}/policies")["items"][0]
    assert (known["verdict"], known["estimate"], known["todo"]) == ("met", "24.00", [])
    assert known["conditions"]["value"] == "240.00"


def test_the_firms_figures_are_shown_to_nobody_who_may_not_see_them(story):
    story.publish(**GROWN)
    sold(story.firm, "2026-01", "60.00")
    sold(story.firm, "2026-02", "180.00")
    for path in (f"/enterprises/{story.firm.id}/policies", f"/policies/{story.policy}/enterprises"):
        told = story.clerk.get(path).text
        assert '"verdict": "met"' in told or '"verdict":"met"' in told
        assert "240" not in told
        assert "24.00" not in told
        assert "240.00" in story.commissioner.get(path).text


def test_who_has_not_claimed_yet(story, given):
    other, young = (
        given.enterprise(unit=UNIT, tags=["srdi"], production_on=day)
        for day in ("2026-03-01", None)
    )
    given.enterprise(unit=UNIT, tags=[], production_on="2026-03-01")
    path = f"/policies/{story.policy}/enterprises"
    listed = story.clerk.see(path, claimed=False)
    assert [each["enterprise_id"] for each in listed["items"]] == [
        *(str(each.id) for each in sorted((story.firm, other), key=lambda one: one.name)),
        str(young.id),
    ]
    assert listed["counts"] == {"met": 2, "unknown": 1, "not_met": 1}
    assert story.clerk.see(path, claimed=False, verdict="unknown")["total"] == 1
    page = story.clerk.see(path, claimed=False, page=2, page_size=2)
    assert [each["verdict"] for each in page["items"]] == ["unknown"]
    (own,) = story.commissioner.see(path, claimed=False)["items"]
    assert own["enterprise_id"] == str(story.firm.id)
    story.open()
    assert story.commissioner.see(path, claimed=False)["total"] == 0
    (claimed,) = story.commissioner.see(path, claimed=True)["items"]
    assert claimed["claim"]["state"] == "found"
    story.step(story.contact, "withdraw")
    assert story.commissioner.see(path, claimed=False)["total"] == 1


def test_a_firm_that_fails_a_condition_does_not_get_on(story):
    Enterprise.rows().update_one({"_id": story.firm.id}, {"$set": {"tags": ["startup"]}})
    story.open()
    answer = story.contact.post(f"/claims/{story.claim}/match")
    assert (answer.status_code, answer.json["code"]) == (409, "claim.not_entitled")
    assert "标签" in answer.json["errors"]["conditions"][0]


def test_nobody_submits_more_than_the_rule_or_without_the_papers(story, given):
    story.open()
    story.step(story.contact, "match")
    assert story.refused(story.contact, "submit") == (422, "claim.papers_missing")
    papers = story.papers(story.contact)
    much = story.refused(story.contact, "submit", **papers, asked="50.01")
    assert much == (422, "claim.more_than_the_rule")
    foreign = story.papers(given.commissioner(), 7)
    assert story.refused(story.contact, "submit", **foreign) == (422, "photo.not_yours")
    done = story.step(story.commissioner, "submit", **story.papers(story.commissioner, 3))
    assert done["on_behalf"]


def test_a_rule_per_unit_needs_the_quantity(story):
    rule = {"kind": "per_unit", "each": "2.00", "unit": "项专利", "cap": "5.00"}
    story.publish(code="HQ-UNIT", amount_rule=rule, papers=[])
    story.open()
    story.step(story.contact, "match")
    assert story.refused(story.contact, "submit") == (422, "claim.quantity_needed")
    assert story.step(story.contact, "submit", quantity=3)["asked"] == "5.00"


def test_each_role_sees_its_own(story, given):
    story.publicised()
    mine = {
        "contact": story.contact,
        "commissioner": story.commissioner,
        "clerk": story.clerk,
        "head": story.head,
        "unit": given.role("unit_admin", unit=UNIT),
        "inspector": given.inspector(),
        "leader": given.role("leader"),
        "admin": given.role("admin"),
    }
    others = {
        "contact": given.contact(given.enterprise()),
        "commissioner": given.commissioner(),
        "clerk": given.clerk(OTHER),
        "unit": given.role("unit_admin", unit="321204004"),
        "dispatcher": given.dispatcher(),
        "service": given.role("service"),
    }
    firm = f"/enterprises/{story.firm.id}"
    for name, phone in mine.items():
        assert phone.get(f"/claims/{story.claim}").status_code == 200, name
        assert phone.see("/claims")["total"] == 1, name
        assert phone.get(f"{firm}/policies").status_code == 200, name
        assert phone.get(f"{firm}/payouts").status_code == 200, name
        expected = 403 if name == "contact" else 200
        assert phone.get(f"/policies/{story.policy}/enterprises").status_code == expected, name
    for name, phone in others.items():
        assert phone.get(f"/claims/{story.claim}").status_code == 404, name
        assert phone.see("/claims")["total"] == 0, name
        assert phone.post(f"/claims/{story.claim}/withdraw").status_code == 404, name
        assert phone.see("/public-notices")["total"] == 1, name
        assert phone.get(f"{firm}/payouts").status_code in (403, 404) or name == "clerk", name
        # A commissioner may ask for whom they serve, a department for its own policies.
        served = {"commissioner": 200}.get(name, 403)
        answer = phone.get(f"/policies/{story.policy}/enterprises")
        assert answer.status_code == served or name == "unit", name
    assert others["commissioner"].see(f"/policies/{story.policy}/enterprises")["total"] == 0
    assert verdicts(others["clerk"], story.firm) == {}
    body = {"client_id": client_id(), "enterprise_id": str(story.firm.id)}
    for name in ("commissioner", "clerk", "dispatcher"):
        opened = others[name].post(f"/policies/{story.policy}/claims", body)
        assert opened.status_code == 403, name


def test_policies_come_as_files_and_go_as_files(story, given):
    admin = given.role("admin")
    names = ("code", "edition", "title", "department", "text", "conditions", "amount_rule")
    rules = [json.dumps(GROWN[name]) for name in ("conditions", "amount_rule")]
    row: list[Any] = ["HQ-FILE", 1, "技改补助", HOME, "文本", *rules]
    done = imported(admin, "policies", xlsx(list(names), row))
    assert done["state"] == "done", done
    made = Policy.rows().find_one({"code": "HQ-FILE"})
    assert (made["state"], str(made["department"])) == ("draft", home())
    assert made["conditions"] == GROWN["conditions"]
    broken = [*row[:5], "{", row[6]]
    refused = imported(admin, "policies", xlsx(list(names), broken))
    assert "JSON" in refused["problems"][0]["text"]
    published = ["HQ2026-01", 1, "改名", *row[3:]]
    refused = imported(admin, "policies", xlsx(list(names), published))
    assert refused["state"] == "refused"
    exported = admin.call("GET", "/registers/policies/export", query_string={"format": "csv"})
    text = exported.get_data().decode("utf-8-sig")
    assert "HQ-FILE" in text
    assert story.contact.get("/registers/policies/export").status_code == 404


def test_a_draft_is_stated_once(story):
    body = policy_body(code="HQ-ONCE")
    first = story.clerk.post("/policies", body)
    again = story.clerk.post("/policies", body)
    assert (first.status_code, again.status_code) == (201, 200)
    other = story.clerk.post("/policies", {**body, "title": "另一个"})
    assert other.json["code"] == "client_id.conflict"
