"""Dictionaries with effective dates: pools and what is in them, directions, terms that end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.foundation import clock
from app.registers.documents import Term
from tests.exchange.files import csv, imported
from tests.offers.stories import UNIT, Story, term, tool
from tests.support.factories import client_id

TIMES = (("3", "2026-04-01"), ("5", ""), ("6", "2026-07-01"))


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    made = Story(given)
    term("pool", "Q1", "甲库", since="2026-01-01")
    term("pool", "Q2", "乙库", until="2026-06-01")
    made.admin = given.role("admin")
    return made


def counts(phone, **query) -> dict[str, int]:
    return {each["code"]: each["total"] for each in phone.see("/pools", **query)["items"]}


def test_what_is_in_a_pool_on_a_day(story):
    project = story.given.project(story.firm)
    lead = story.lead()
    path = "/pools/Q1/members"
    for said in (
        {"project_id": str(project.id), "since": "2026-03-01"},
        {"enterprise_id": story.key, "since": "2026-05-01"},
        {"lead_id": lead["id"]},
    ):
        story.admin.do(path, {"client_id": client_id(), **said})
    assert counts(story.admin) == {"Q1": 3}
    assert counts(story.admin, on="2026-04-01") == {"Q1": 1, "Q2": 0}
    assert counts(story.admin, on="2025-12-31") == {"Q2": 0}
    found = story.admin.see(path, kind="project")["items"]
    assert [(each["name"], each["since"]) for each in found] == [(project.name, "2026-03-01")]
    end = f"/pool-members/{found[0]['id']}/end"
    assert story.admin.do(end, {"until": "2026-11-01"})["until"] == "2026-11-01"
    assert story.admin.post(end, {"until": "2026-11-02"}).json["code"] == "pool.out_already"
    assert counts(story.admin) == {"Q1": 2}
    then = story.admin.see("/pools", on="2026-10-31")["items"][0]
    assert (then["projects"], then["enterprises"], then["leads"]) == (1, 1, 0)
    twice = {"client_id": client_id(), "enterprise_id": story.key, "since": "2026-06-01"}
    assert story.admin.post(path, twice).status_code == 422
    both = {**twice, "project_id": str(project.id)}
    assert story.admin.post(path, both).status_code == 422


def test_what_the_projects_own_row_says_counts_too(story):
    story.given.project(story.firm, pools=["Q1"])
    assert counts(story.admin) == {"Q1": 1}
    [seen] = story.admin.see("/pools/Q1/members")["items"]
    assert (seen["id"], seen["since"]) == (None, None)


def test_units_see_and_fill_their_own(story):
    town = story.given.role("unit_admin", unit=UNIT)
    body = {"client_id": client_id(), "enterprise_id": story.key}
    codes = [town.post("/pools/Q1/members", body).status_code for _ in range(2)]
    assert codes == [201, 200]
    other = {"client_id": client_id(), "enterprise_id": str(story.other.id)}
    assert town.post("/pools/Q1/members", other).status_code in (403, 422)
    story.admin.do("/pools/Q1/members", other)
    assert (counts(town), counts(story.admin)) == ({"Q1": 1}, {"Q1": 2})
    assert story.contact.get("/pools").status_code == 403


def test_a_term_that_ended_is_for_nothing_new_and_old_rows_keep_it(story):
    old = {"client_id": client_id(), "enterprise_id": story.key, "since": "2026-01-01"}
    refused = story.admin.post("/pools/Q2/members", old)
    assert refused.status_code == 422
    assert "乙库" in refused.get_data(as_text=True)
    Term.rows().update_one({"code": "srdi"}, {"$set": {"until": "2026-11-01"}})
    path = f"/enterprises/{story.key}"
    firm = story.admin.get(path)
    names = ("credit_code", "name", "unit", "sector", "tags")
    whole = {name: firm.json[name] for name in names}
    match = {"If-Match": firm.headers["ETag"]}
    kept = story.admin.call("PUT", path, json={**whole, "name": "新名称"}, headers=match)
    assert (kept.status_code, kept.json["tags"]) == (200, ["srdi"])
    again = {"If-Match": story.admin.get(path).headers["ETag"]}
    bare = story.admin.call("PUT", path, json={**whole, "tags": []}, headers=again)
    assert bare.json["tags"] == []
    last = {"If-Match": story.admin.get(path).headers["ETag"]}
    answer = story.admin.call("PUT", path, json=whole, headers=last)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["tags"])


def test_a_direction_takes_in_industries_as_long_as_it_is_valid(story, the_time):
    attributes = {"industries": "C34,C35"}
    term(
        "industry_1_4", "D1", "装备", since="2026-01-01", until="2027-01-01", attributes=attributes
    )
    tool(story.clerk, kind="fund", directions=["D1"])
    [line] = story.admin.see("/industry-directions")["items"]
    assert (line["industries"], line["enterprises"], line["finance_tools"]) == (
        ["C34", "C35"],
        1,
        1,
    )
    path = f"/enterprises/{story.key}/finance-tools"
    [match] = story.commissioner.see(path, amount="500.00")["items"]
    assert (match["verdict"], match["own_fund"]) == ("met", True)
    assert story.commissioner.see("/finance-tools", industry="C35")["total"] == 1
    assert story.commissioner.see("/finance-tools", industry="C39")["total"] == 0
    Term.rows().update_one({"code": "D1"}, {"$set": {"until": clock.now().date().isoformat()}})
    assert story.admin.see("/industry-directions")["items"] == []
    [match] = story.commissioner.see(path, amount="500.00")["items"]
    assert (match["verdict"], match["own_fund"]) == ("not_met", False)


def test_a_file_puts_nothing_into_a_pool_twice(story):
    code = story.firm.credit_code
    lines = [["Q1", code, f"2026-0{month}-01", until] for month, until in TIMES]
    made = imported(
        story.admin,
        "pool_members",
        csv(["pool", "enterprise", "since", "until"], *lines),
        "四库.csv",
    )
    assert [(each["line"], each["field"]) for each in made["problems"]] == [(4, "since")]


def test_two_put_the_same_in_at_once(story):
    bodies = [
        {"client_id": client_id(), "enterprise_id": story.key, "since": f"2026-0{month}-01"}
        for month in (3, 5)
    ]
    with ThreadPoolExecutor(2) as both:
        found = list(both.map(lambda said: story.admin.post("/pools/Q1/members", said), bodies))
    assert sorted(each.status_code for each in found) == [201, 422]
    assert counts(story.admin) == {"Q1": 1}
