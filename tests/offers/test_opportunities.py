"""A firm offers what another may use; staff brings them together."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.offers.opportunities.documents import Interest
from app.people.documents import Person
from tests.offers.stories import HOME, OTHER_UNIT, UNIT, Story
from tests.support.duties import run_due
from tests.support.factories import client_id

PHONES = ("13811110000", "13822220000")


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    made = Story(given)
    for phone, number in zip((made.contact, made.stranger), PHONES, strict=True):
        Person.rows().update_one({"_id": phone.person.id}, {"$set": {"phone": number}})
    return made


def events(phone) -> set[str]:
    run_due()
    return {each["event"] for each in phone.see("/notices")["items"]}


def test_from_a_proposal_to_two_firms_that_came_together(story, the_time):
    made = story.opportunity(until="2026-12-31")
    path = f"/opportunities/{made['id']}"
    assert "opportunity.proposed" in events(story.dispatcher)
    assert "opportunity.published" in events(story.contact)
    assert story.stranger.see("/opportunities", open_now=True)["total"] == 1
    interest = story.interest(made)
    mine = f"/interests/{interest['id']}"
    assert "interest.expressed" in events(story.dispatcher)
    # Whose opportunity it is hears of it once it is released.
    assert story.contact.see("/interests")["total"] == 0
    assert story.contact.get(mine).status_code == 404
    assert "interest.expressed" not in events(story.contact)
    follow = {"text": "已通话", "follow_up_on": "2026-11-26"}
    assert story.dispatcher.do(f"{mine}/follow-up", follow)["state"] == "following"
    the_time.is_("2026-11-27 09:01")
    assert {"interest.due", "interest.overdue"} <= events(story.dispatcher)
    assert story.dispatcher.post(f"{path}/close", {}).json["code"] == "opportunity.interest_alive"
    story.dispatcher.do(f"{mine}/release", {})
    assert "interest.released" in events(story.contact)
    told = story.contact.see(mine)
    assert (told["released"], told["notes"], told["actions"]) == (True, [], [])
    story.dispatcher.do(f"{mine}/match", {"text": "签订服务协议"})
    assert "interest.matched" in events(story.stranger)
    assert story.dispatcher.do(f"{path}/close", {})["state"] == "closed"
    [line] = [
        each
        for each in story.dispatcher.see("/opportunities/figures")["items"]
        if each["kind"] == "equipment"
    ]
    assert (line["closed"], line["interests"], line["matched"], line["days"]) == (1, 1, 1, "3.0")


def test_nobody_finds_a_phone_or_what_is_another_firms(story):
    made = story.opportunity()
    interest = story.interest(made)
    story.dispatcher.do(f"/interests/{interest['id']}/follow-up", {"text": "内部情况"})
    third = story.given.contact(story.given.enterprise())
    assert third.see("/interests")["total"] == 0
    assert third.get(f"/interests/{interest['id']}").status_code == 404
    for phone in (third, story.stranger, story.contact, story.commissioner):
        seen = json.dumps(
            [phone.see("/opportunities"), phone.see("/interests")], ensure_ascii=False
        )
        assert not any(number in seen for number in PHONES)
        assert "内部情况" not in seen
    [public] = third.see("/opportunities")["items"]
    assert (public["contact_name"], public["contact_id"], public["staff_name"]) == (None,) * 3
    assert third.get("/opportunities/figures").status_code == 403
    assert (
        story.stranger.post(f"/interests/{interest['id']}/match", {"text": "x"}).status_code == 403
    )


def test_a_draft_is_its_own_sides(story):
    body = {
        "client_id": client_id(),
        "kind": "product",
        "title": "阀门采购",
        "text": "寻求本地配套",
        "enterprise_id": story.key,
    }
    made = story.contact.do("/opportunities", body)
    path = f"/opportunities/{made['id']}"
    town, elsewhere = (story.given.role("unit_admin", unit=each) for each in (UNIT, OTHER_UNIT))
    for phone in (story.stranger, story.clerk, elsewhere):
        assert phone.get(path).status_code == 404
    assert story.contact.post(f"{path}/publish", {}).status_code == 403
    assert (
        story.stranger.post("/opportunities", {**body, "client_id": client_id()}).status_code == 404
    )
    two = {**body, "client_id": client_id(), "unit": UNIT}
    assert story.contact.post("/opportunities", two).json["code"] == "opportunity.one_owner"
    assert town.do(f"{path}/publish", {})["state"] == "published"
    assert story.contact.do(f"{path}/withdraw", {"text": "已采购"})["state"] == "withdrawn"
    assert story.stranger.get(path).status_code == 404


def test_sent_again_and_two_at_once(story):
    made = story.opportunity()
    path = f"/opportunities/{made['id']}/interests"
    body = {"client_id": client_id(), "enterprise_id": str(story.other.id), "text": "想合作"}
    others = [{**body, "client_id": client_id()} for _ in range(2)]
    with ThreadPoolExecutor(2) as both:
        found = list(both.map(lambda said: story.stranger.post(path, said), others))
    assert sorted(each.status_code for each in found) == [201, 409]
    assert Interest.rows().count_documents({}) == 1
    [won] = [said for said, each in zip(others, found, strict=True) if each.status_code == 201]
    assert story.stranger.post(path, won).status_code == 200
    changed = story.stranger.post(path, {**won, "text": "别的"})
    assert (changed.status_code, changed.json["code"]) == (409, "client_id.conflict")
    own = {"client_id": client_id(), "enterprise_id": story.key}
    assert story.contact.post(path, own).json["code"] == "opportunity.own"
    key = f"/interests/{next(each.json['id'] for each in found if each.status_code == 201)}"
    story.dispatcher.do(f"{key}/follow-up", {"text": "已通话"})
    with ThreadPoolExecutor(2) as both:
        ends = list(
            both.map(
                lambda step: story.dispatcher.post(f"{key}/{step}", {"text": "结果"}),
                ("match", "no-match"),
            )
        )
    assert sorted(each.status_code for each in ends) == [200, 409]


def test_who_answers_for_it_knows_it_and_settles_it(story):
    body = {
        "client_id": client_id(),
        "kind": "product",
        "title": "阀门采购",
        "text": "寻求本地配套",
        "enterprise_id": story.key,
        "contact_id": str(story.contact.person.id),
    }
    path = f"/opportunities/{story.contact.do('/opportunities', body)['id']}"
    named = {"person_id": str(story.commissioner.person.id)}
    story.dispatcher.do(f"{path}/publish", named)
    assert "opportunity.published" in events(story.commissioner)
    seen = story.commissioner.see(path)
    assert (seen["contact_name"], seen["actions"]) == (story.contact.person.name, ["close"])
    other = story.given.commissioner()
    assert (other.see(path)["contact_name"], other.see(path)["actions"]) == (None, [])
    assert other.post(f"{path}/close", {}).status_code == 403
    assert story.commissioner.do(f"{path}/close", {})["state"] == "closed"


def test_a_department_learns_who_is_interested_once_it_is_released(story):
    made = story.opportunity(
        by=story.clerk, enterprise_id=None, contact_id=None, department_id=story.home
    )
    head, foreign = story.given.head(HOME), story.given.clerk("HOUSING")
    key = f"/interests/{story.interest(made)['id']}"
    assert head.get(key).status_code == 404
    story.dispatcher.do(f"{key}/release", {})
    assert "interest.released" in events(head)
    assert (head.see(key)["notes"], head.see(key)["actions"]) == ([], [])
    assert head.see("/interests")["total"] == 1
    assert foreign.see("/interests")["total"] == 0
    assert foreign.get(key).status_code == 404


def test_interest_that_was_followed_up_is_looked_at_again(story, the_time):
    key = f"/interests/{story.interest(story.opportunity())['id']}"
    the_time.is_("2026-12-03 10:00")
    followed = story.dispatcher.do(f"{key}/follow-up", {"text": "已通话"})
    assert (followed["follow_up_on"], followed["overdue"]) == ("2026-12-10", False)


@pytest.mark.parametrize("day", ["2026-13-40", "9999-12-31"])
def test_a_day_must_be_one_that_people_live_to_see(story, day):
    body = {
        "client_id": client_id(),
        "kind": "product",
        "title": "阀门采购",
        "text": "寻求本地配套",
        "enterprise_id": story.key,
        "until": day,
    }
    assert story.contact.post("/opportunities", body).status_code == 422


def test_who_went_to_another_firm_left_the_draft_behind(story):
    body = {
        "client_id": client_id(),
        "kind": "product",
        "title": "阀门采购",
        "text": "寻求本地配套",
        "enterprise_id": story.key,
    }
    path = f"/opportunities/{story.contact.do('/opportunities', body)['id']}"
    assert story.contact.get(path).status_code == 200
    Person.rows().update_one(
        {"_id": story.contact.person.id}, {"$set": {"grants.0.enterprise": story.other.id}}
    )
    assert story.contact.get(path).status_code == 404
    assert story.contact.see("/opportunities")["total"] == 0
