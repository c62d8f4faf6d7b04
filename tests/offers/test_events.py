"""An event from its checklist to the leads that came of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from app.calendars import registry
from app.offers.events import templates
from app.offers.events.documents import EventItem
from tests.offers.stories import HOME, OTHER_UNIT, UNIT, Story
from tests.support.duties import run_due
from tests.support.factories import at, client_id


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    made = Story(given)
    made.town = given.role("unit_admin", unit=UNIT)
    return made


def plan(story: Story, **said):
    body = {
        "client_id": client_id(),
        "template": "promotion",
        "title": "苏州招商推介会",
        "on": "2026-12-18",
        "units": [UNIT],
        "enterprise_ids": [story.key],
        "guests": ["某外地企业"],
        **said,
    }
    return story.dispatcher.do("/events", body)


def told(phone) -> list[str]:
    run_due()
    return [each["event"] for each in phone.see("/notices")["items"]]


def test_before_during_and_after(story, the_time):
    made = plan(story)
    items = {each["code"]: each for each in made["items"]}
    assert [each["items"] for each in made["phases"]] == [3, 2, 3]
    assert {code: each["due_on"] for code, each in items.items()} == {
        "B1": "2026-12-04",
        "B2": "2026-12-11",
        "B3": "2026-12-15",
        "D1": "2026-12-18",
        "D2": "2026-12-18",
        "A1": "2026-12-21",
        "A2": "2026-12-25",
        "A3": "2027-01-18",
    }
    assert items["B2"]["responsible_id"] == str(story.town.person.id)
    assert "event.planned" in told(story.town)
    moved = {"on": "2026-12-16", "text": "场地冲突"}
    again = story.dispatcher.do(f"/events/{made['id']}/move", moved)
    assert {each["code"]: each["due_on"] for each in again["items"]}["B2"] == "2026-12-09"
    the_time.is_("2026-12-09 09:01")
    assert "event.due" in told(story.town)
    the_time.is_("2026-12-10 09:01")
    assert "event.overdue" in told(story.town)
    assert "event.overdue" in told(story.dispatcher)
    mine = story.town.see("/event-items", overdue=True)["items"]
    assert [each["code"] for each in mine] == ["B2"]
    story.town.do(f"/event-items/{mine[0]['id']}/done", {"text": "已印制"})
    lead = story.lead(story.dispatcher, f"/events/{made['id']}/leads")
    assert lead["event_id"] == made["id"]
    closing = story.dispatcher.post(f"/events/{made['id']}/close", {"text": "完成"})
    assert closing.json["code"] == "event.items_open"
    for each in items.values():
        if each["code"] != "B2":
            story.dispatcher.do(f"/event-items/{each['id']}/done", {})
    done = story.dispatcher.do(f"/events/{made['id']}/close", {"text": "形成线索 1 条"})
    assert (done["state"], [each["id"] for each in done["leads"]]) == ("closed", [lead["id"]])


def test_who_has_no_part_in_it_sees_nothing(story):
    made = plan(story)
    path = f"/events/{made['id']}"
    elsewhere = story.given.role("unit_admin", unit=OTHER_UNIT)
    for phone in (story.clerk, story.commissioner, elsewhere):
        assert phone.get(path).status_code == 404
        assert phone.see("/events")["total"] == 0
    assert story.contact.get(path).status_code == 404
    assert story.town.see("/events")["total"] == 1
    item = made["items"][0]["id"]
    assert story.commissioner.post(f"/event-items/{item}/done", {}).status_code == 404
    given_to = {"person_id": str(story.commissioner.person.id)}
    story.dispatcher.do(f"/event-items/{item}/assign", given_to)
    assert "event.assigned" in told(story.commissioner)
    assert story.commissioner.see(path)["id"] == made["id"]
    assert story.commissioner.post(f"/event-items/{item}/skip", {"text": "x"}).status_code == 403
    assert story.commissioner.do(f"/event-items/{item}/done", {})["state"] == "done"
    contact = {"person_id": str(story.contact.person.id)}
    other = made["items"][1]["id"]
    assert story.dispatcher.post(f"/event-items/{other}/assign", contact).status_code == 422


def test_sent_again_and_two_at_once(story):
    body = {
        "client_id": client_id(),
        "template": "bank_firm",
        "title": "银企会",
        "on": "2026-12-18",
    }
    codes = [story.dispatcher.post("/events", body).status_code for _ in range(2)]
    assert codes == [201, 200]
    item = EventItem.rows().find_one()
    path = f"/event-items/{item['_id']}"
    with ThreadPoolExecutor(2) as both:
        found = list(
            both.map(
                lambda step: story.dispatcher.post(f"{path}/{step}", {"text": "结果"}),
                ("done", "skip"),
            )
        )
    assert sorted(each.status_code for each in found) == [200, 409]


def test_admins_change_checklists_and_what_is_planned_stays(story):
    made, admin = plan(story), story.given.role("admin")
    path = "/event-templates/promotion"
    item = {"code": "B1", "phase": "before", "name": "定名单", "role": "owner", "days": -5}
    whole = {"name": "招商推介会", "items": [item]}
    assert story.dispatcher.call("PUT", path, json=whole).status_code == 403
    match = {"If-Match": admin.get(path).headers["ETag"]}
    wrong = {**whole, "items": [{**item, "days": 5}]}
    assert admin.call("PUT", path, json=wrong, headers=match).json["code"] == "event.days_of_phase"
    assert admin.call("PUT", path, json=whole, headers=match).status_code == 200
    assert admin.call("PUT", "/event-templates/salon", json=whole).status_code == 201
    assert len(story.dispatcher.see(f"/events/{made['id']}")["items"]) == 8
    assert len(plan(story, title="再办一次")["items"]) == 1


@settings(max_examples=30, deadline=None)
@examples(st.integers(-60, 60), st.dates(date(2026, 11, 24), date(2027, 3, 1)))
def test_an_item_lies_on_its_side_of_the_event(app, offset, on):
    now, calendar = at("2026-11-24T10:00:00+08:00"), registry.current()
    due = date.fromisoformat(templates.due_on(on, offset, now, calendar))
    assert due >= date(2026, 11, 24)
    if offset < 0:
        assert due <= on
    elif offset:
        assert due > on
        assert calendar.is_working_day(due)
    else:
        assert due == on


@pytest.mark.parametrize("day", ["2026-13-40", "9999-12-31"])
def test_an_event_is_on_a_day_that_people_live_to_see(story, day):
    body = {"client_id": client_id(), "template": "bank_firm", "title": "银企会"}
    assert story.dispatcher.post("/events", {**body, "on": day}).status_code == 422
    made = story.dispatcher.do("/events", {**body, "on": "2026-12-18"})
    moved = {"on": day, "text": "改期"}
    assert story.dispatcher.post(f"/events/{made['id']}/move", moved).status_code == 422


def test_no_lead_comes_of_an_event_that_is_over(story):
    made = plan(story)
    path = f"/events/{made['id']}"
    body = {
        "client_id": client_id(),
        "enterprise": story.key,
        "company": "某企业",
        "department": HOME,
    }
    first = story.dispatcher.post(f"{path}/leads", body)
    story.dispatcher.do(f"{path}/cancel", {"text": "改为线上"})
    assert story.dispatcher.post(f"{path}/leads", body).json["id"] == first.json["id"]
    late = story.dispatcher.post(f"{path}/leads", {**body, "client_id": client_id()})
    assert late.status_code == 409
