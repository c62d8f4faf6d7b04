"""A firm brings another to the district."""

from __future__ import annotations

import json

import pytest

from app.offers.leads.documents import Lead
from tests.offers.stories import HOME, OTHER_UNIT, UNIT, Story
from tests.support.duties import run_due
from tests.support.factories import client_id


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    return Story(given)


def test_from_a_name_to_a_project(story, the_time):
    made = story.lead(partner="某堰才公司")
    path = f"/leads/{made['id']}"
    assert (made["state"], made["three_party"], made["follow_up_on"]) == ("new", True, "2026-12-01")
    assert story.clerk.post(f"{path}/talk", {"text": "面谈"}).status_code == 409
    story.clerk.do(f"{path}/contact", {"text": "已电话联系", "follow_up_on": "2026-11-25"})
    the_time.is_("2026-11-25 09:01")
    run_due()
    assert "lead.due" in {each["event"] for each in story.clerk.see("/notices")["items"]}
    story.clerk.do(f"{path}/talk", {"text": "来访"})
    project = story.given.project(story.firm)
    done = story.clerk.do(f"{path}/sign", {"project_id": str(project.id)})
    assert (done["state"], done["project_id"]) == ("signed", str(project.id))
    run_due()
    assert "lead.signed" in {each["event"] for each in story.contact.see("/notices")["items"]}
    for by, name in (("source", story.firm.name), ("department", "金融")):
        [line] = story.dispatcher.see("/leads/figures", by=by)["items"]
        assert name in line["name"] or by == "department"
        assert (line["leads"], line["by_state"]["signed"], line["three_party"]) == (1, 1, 1)
        assert line["project_ids"] == [str(project.id)]


def test_the_source_sees_its_own_without_phones_and_what_was_heard(story):
    made = story.lead()
    path = f"/leads/{made['id']}"
    story.clerk.do(f"{path}/contact", {"text": "内部判断"})
    seen = story.contact.see(path)
    assert (seen["company"], seen["state"]) == ("某外地企业", "contacted")
    text = json.dumps(seen, ensure_ascii=False)
    assert "13900000000" not in text
    assert "内部判断" not in text
    assert story.clerk.see(path)["contact_phone"] == "13900000000"
    town = story.given.role("unit_admin", unit=UNIT)
    assert town.see("/leads")["total"] == 1
    # Who serves the firm knows of it, and works on it only if it is theirs.
    assert story.commissioner.see(path)["contact_phone"] is None
    for phone in (story.stranger, story.given.clerk("HOUSING"), story.given.commissioner()):
        assert phone.get(path).status_code == 404
        assert phone.see("/leads")["total"] == 0
    assert story.contact.post(f"{path}/drop", {"text": "x"}).status_code == 403
    assert story.contact.get("/leads/figures").status_code == 403
    assert story.contact.get("/registers/leads/export").status_code == 404


def test_sent_again_it_is_the_same(story):
    body = {
        "client_id": client_id(),
        "enterprise": story.key,
        "company": "某企业",
        "department": HOME,
    }
    codes = [story.clerk.post("/leads", body).status_code for _ in range(2)]
    assert codes == [201, 200]
    other = story.clerk.post("/leads", {**body, "company": "另一企业"})
    assert other.json["code"] == "client_id.conflict"
    assert Lead.rows().count_documents({}) == 1


def test_a_firm_brings_in_whom_it_knows_and_its_commissioner_sees_to_it(story):
    body = {"enterprise": story.key, "company": "某外地配套企业", "department": HOME}
    made = story.contact.do("/leads", {**body, "client_id": client_id()}, status=201)
    assert (made["state"], made["owner_id"]) == ("new", str(story.commissioner.person.id))
    run_due()
    assert "lead.assigned" in {
        each["event"] for each in story.commissioner.see("/notices")["items"]
    }
    path = f"/leads/{made['id']}"
    assert story.contact.post(f"{path}/contact", {"text": "x"}).status_code == 403
    story.commissioner.do(f"{path}/contact", {"text": "已电话联系"})
    assert story.contact.see(path)["state"] == "contacted"
    chosen = {**body, "client_id": client_id(), "owner": str(story.clerk.person.id)}
    assert list(story.contact.post("/leads", chosen).json["errors"]) == ["owner"]
    answer = story.stranger.post("/leads", {**body, "client_id": client_id()})
    assert answer.status_code in (403, 422)
    assert Lead.rows().count_documents({}) == 1
    town, elsewhere = (story.given.role("unit_admin", unit=each) for each in (UNIT, OTHER_UNIT))
    # Whoever enters one sees to it; a firm that one may not know of cannot be named.
    assert town.post("/leads", {**body, "client_id": client_id()}).status_code == 201
    assert elsewhere.post("/leads", {**body, "client_id": client_id()}).status_code == 422


def test_the_register_is_taken_out_and_in_again(story):
    made = story.lead()
    file = story.clerk.get("/registers/leads/export", format="csv").get_data(as_text=True)
    assert made["code"] in file
    assert "某外地企业" in file
    whole = {
        "code": made["code"],
        "enterprise": story.key,
        "company": "某外地企业（集团）",
        "department": HOME,
        "found_on": "2026-11-20",
    }
    path = f"/leads/{made['id']}"
    match = {"If-Match": story.clerk.get(path).headers["ETag"]}
    changed = story.clerk.call("PUT", path, json=whole, headers=match)
    assert changed.json["company"] == "某外地企业（集团）"
    assert changed.json["owner_id"] == str(story.clerk.person.id)
    stale = story.clerk.call("PUT", path, json=whole, headers=match)
    assert stale.status_code == 412


def test_a_lead_that_was_spoken_to_is_looked_at_again(story, the_time):
    path = f"/leads/{story.lead()['id']}"
    kept = story.clerk.do(f"{path}/contact", {"text": "已联系"})
    assert kept["follow_up_on"] == "2026-12-01"
    the_time.is_("2026-12-03 10:00")
    again = story.clerk.do(f"{path}/talk", {"text": "来访"})
    assert (again["follow_up_on"], again["overdue"]) == ("2026-12-10", False)
    the_time.is_("2026-12-10 09:01")
    run_due()
    assert "lead.due" in {each["event"] for each in story.clerk.see("/notices")["items"]}
    far = {"text": "x", "follow_up_on": "9999-12-31"}
    assert story.clerk.post(f"{path}/talk", far).status_code == 422
