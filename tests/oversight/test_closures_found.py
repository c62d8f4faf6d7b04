"""Doubtful closures over HTTP: what is read of tickets, photos, words and checks; findings of inspectors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from bson import ObjectId

from app.departments import registry
from app.foundation import clock
from app.issues.documents import Issue, Ticket
from app.notices.documents import Notice
from app.oversight import closures_queries
from app.oversight.closures_reading import silences_of
from app.photos.documents import Photo
from tests.issues import stories
from tests.oversight import check_stories
from tests.oversight.check_stories import Watch
from tests.support.duties import run_due
from tests.support.factories import PHOTOS
from tests.support.phone import Phone


@pytest.fixture
def watch(given, the_time) -> Watch:
    return check_stories.begun(given, the_time)


def told(phone: Phone, kind: str) -> set[str]:
    run_due()
    mine = {"person": phone.person.id, "event": {"$regex": f"^{kind}"}}
    return {row["event"] for row in Notice.rows().find(mine)}


def found(phone: Phone, **query: str) -> dict[str, dict[str, list[str]]]:
    """By number of the issue, the signals of each closure with the ids behind them."""
    items = phone.see("/closures/doubtful", **query)["items"]
    return {
        each["number"]: {one["code"]: [row["id"] for row in one["rows"]] for one in each["signals"]}
        for each in items
    }


def test_what_enterprise_and_photos_say_against_it(given, the_time):
    the_time.is_("2026-11-24 10:00")
    inspector = given.inspector()
    story = stories.accepted(given, kind="problem")
    photo = str(story.clerk.take_photo(PHOTOS[0].read_bytes()).json["id"])
    story.clerk.do(story.on_ticket("answer"), {**stories.ANSWER, "photo_ids": [photo]})
    run_due()
    story.contact.do(story.on_issue("confirm"), {"solved": "yes", "satisfaction": 2})
    earlier = {"photo": ObjectId(), "at": clock.now(), "exact": False, "mirrored": False}
    Photo.rows().update_one({"_id": ObjectId(photo)}, {"$set": {"copies": [], "links": []}})
    assert found(inspector) == {story.number: {"low_score": [story.issue]}}
    change = {"$set": {"copies": [earlier], "mock_location": True}}
    Photo.rows().update_one({"_id": ObjectId(photo)}, change)
    assert found(inspector)[story.number] == {
        "low_score": [story.issue],
        "photo_contradicted": [photo],
        "photo_reused": [photo, str(earlier["photo"])],
    }
    assert found(inspector, signal="silence") == {}
    assert found(inspector, since="2026-11-25", until="2026-11-26") == {}


def test_an_answer_without_the_photo_it_needs_and_one_that_was_not_taken(given, the_time):
    the_time.is_("2026-11-24 10:00")
    story = stories.reopened(given, kind="problem")
    signals = found(given.inspector())[story.number]
    assert signals.keys() == {"reopened", "not_confirmed"}
    story.head.do(story.on_ticket("accept"))
    story.head.do(story.on_ticket("answer"), stories.ANSWER)
    assert found(given.inspector())[story.number].keys() == {*signals, "photo_missing"}


def test_a_department_where_silence_is_unusual(clean, the_time):
    now = the_time.is_("2026-11-24 10:00")
    loud, quiet = (registry.by_code(code).id for code in ("HOUSING", "ECOLOGY"))
    rows = [(quiet, n < 6) for n in range(10)] + [(loud, n < 1) for n in range(15)]
    issues = [
        {"_id": ObjectId(), "number": f"N{n}", "outcome": "no_reply" if silent else "solved"}
        for n, (_, silent) in enumerate(rows)
    ]
    Issue.rows().insert_many(
        [{**each, "owner": each["_id"], "client_id": each["number"]} for each in issues]
    )
    ended = {
        "role": "lead",
        "state": "closed",
        "live": False,
        "restricted": None,
        "answered_at": now,
    }
    pairs = zip(rows, issues, strict=True)
    Ticket.rows().insert_many(
        [{**ended, "department": home, "issue": each["_id"]} for (home, _), each in pairs]
    )
    Ticket.rows().update_one(
        {"department": loud}, {"$set": {"answered_at": now - timedelta(days=30)}}
    )
    of = silences_of("2026-11")
    assert [(of[key].silent, of[key].count) for key in (quiet, loud)] == [(6, 10), (0, 14)]
    assert (of[quiet].district_silent, of[quiet].district_count) == (6, 24)


def test_who_sees_the_closure_of_a_restricted_issue(watch, given):
    watch.drawn()
    watch.record()
    unit = watch.story.enterprise.unit
    phones = {
        role: given.role(role, **({"unit": unit} if role == "unit_admin" else {}))
        for role in ("inspector", "leader", "admin", "unit_admin", "dispatcher", "service")
    }
    for role, phone in phones.items():
        watching = role not in ("dispatcher", "service")
        assert phone.see("/closures/doubtful")["total"] == int(watching), role
    for kind, key in ((Issue, watch.story.issue), (Ticket, watch.story.ticket)):
        kind.rows().update_one({"_id": ObjectId(key)}, {"$set": {"restricted": "official"}})
    for role, phone in phones.items():
        status = 200 if role == "inspector" else 404
        assert phone.see("/closures/doubtful")["total"] == int(status == 200), role
        assert phone.get(f"/closures/{watch.story.ticket}").status_code == status, role


def test_doubts_of_a_closure_are_confirmed_and_it_is_taken_up_again(watch, given):
    head, path = watch.story.head, f"/closures/{watch.story.ticket}"
    assert watch.inspector.see("/closures/doubtful")["total"] == 0
    nothing = watch.inspector.post(f"{path}/confirm", {"text": "查实"})
    assert nothing.json["code"] == "closure.nothing_against"
    watch.drawn()
    watch.record()
    [line] = watch.inspector.see("/closures/doubtful", signal="checked")["items"]
    assert line["signals"][0]["rows"][0]["id"] == watch.check.rpartition("/")[2]
    assert head.see("/closures/doubtful")["total"] == 1
    assert given.head("ECOLOGY").see("/closures/doubtful")["total"] == 0
    assert head.post(f"{path}/clear", {"text": "属实"}).status_code == 403
    assert watch.inspector.do(f"{path}/clear", {"text": "已补办"})["state"] == "cleared"
    again = watch.inspector.post(f"{path}/clear", {"text": "已补办"})
    assert again.json["code"] == "closure.decided_already"
    found = watch.inspector.do(f"{path}/confirm", {"text": "并未解决", "reopen": True})
    assert (found["state"], found["ticket_state"]) == ("confirmed", "dispatched")
    assert [each["state"] for each in found["decisions"]] == ["cleared", "confirmed"]
    assert {each["code"] for each in found["signals"]} >= {"reopened", "checked"}
    assert watch.story.contact.see(f"/issues/{watch.story.issue}")["state"] == "reopened"
    assert told(head, "closure") == {"closure.cleared", "closure.confirmed"}


def test_of_others_photos_only_those_learn_who_see_all(given, the_time):
    the_time.is_("2026-11-24 10:00")
    story = stories.accepted(given, kind="problem")
    photo = str(story.clerk.take_photo(PHOTOS[0].read_bytes()).json["id"])
    story.clerk.do(story.on_ticket("answer"), {**stories.ANSWER, "photo_ids": [photo]})
    run_due()
    earlier = {"photo": ObjectId(), "at": clock.now(), "exact": False, "mirrored": False}
    Photo.rows().update_one({"_id": ObjectId(photo)}, {"$set": {"copies": [earlier]}})
    both = [photo, str(earlier["photo"])]
    assert found(given.inspector())[story.number]["photo_reused"] == both
    assert found(story.head)[story.number]["photo_reused"] == [photo]


def test_more_closures_than_can_be_weighed_are_to_be_narrowed(watch, monkeypatch):
    watch.drawn()
    watch.record()
    assert watch.inspector.see("/closures/doubtful")["total"] == 1
    monkeypatch.setattr(closures_queries, "MOST_CLOSURES", 0)
    answer = watch.inspector.get("/closures/doubtful")
    assert (answer.status_code, answer.json["code"]) == (422, "closure.too_many")


def test_two_findings_at_once_are_one(watch):
    watch.drawn()
    watch.record()
    path = f"/closures/{watch.story.ticket}"
    phones = [(watch.inspector, "confirm"), (watch.again(watch.inspector), "clear")]
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda each: each[0].post(f"{path}/{each[1]}", {"text": "查"}), phones)
    codes = sorted(each.status_code for each in answers)
    found = watch.inspector.see(path)["decisions"]
    # One after the other both are right: the second changes what it has seen of the first.
    assert (codes, len(found)) in (([200, 409], 1), ([200, 200], 2))


def test_a_closure_that_cannot_be_reopened_is_not_confirmed_by_half(watch):
    watch.drawn()
    watch.record()
    watch.the_time.is_("2027-01-15 09:00")
    inspector, path = watch.again(watch.inspector), f"/closures/{watch.story.ticket}"
    late = inspector.post(f"{path}/confirm", {"text": "并未解决", "reopen": True})
    assert late.json["code"] == "issue.reopen_too_late"
    assert inspector.see(path)["state"] == "open"
    assert inspector.do(f"{path}/confirm", {"text": "并未解决"})["state"] == "confirmed"
