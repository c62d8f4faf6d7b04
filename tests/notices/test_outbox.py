"""What of the notices leaves the app: a row for each person and channel, once, and not at night."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from app.foundation import db, duties, history
from app.foundation.db import transaction
from app.notices import actions, preferences
from app.notices.documents import Call, Message, Notice
from app.notices.preferences import Preferences
from app.people.documents import Grant, Leave, Person
from tests.foundation.failing import failing_after
from tests.notices.scene import (
    ALL,
    LEASE,
    MORNING,
    NIGHT,
    NOON,
    agree,
    happens,
    outbox,
    scene,
    tell,
    told,
    work_off,
)

WECHAT = {"wechat_openid": "openid-contact", "phone": "13800000000"}
SHOWN = ("person", "channel", "event", "row", "state", "urgent")


@pytest.fixture
def made(given):
    """The contact has WeChat and agreed to one message."""
    made = scene(given, contact=WECHAT)
    agree(made.contact, "issue.answered")
    return made


def due(row: dict) -> dict:
    return duties.rows().find_one({"kind": "notices.send", "subject": row["_id"]})


def goes_on_leave(person: Person, deputy: Person) -> None:
    """Around noon."""
    day = timedelta(days=1)
    times = {"since": NOON - day, "until": NOON + day, "created_at": NOON}
    Leave(person=person.id, deputy=deputy.id, by=person.id, **times).insert()


def test_a_notice_in_the_inbox_and_a_message_on_its_way(made):
    row = tell(made.issue, "issue.answered", text="已发放")
    assert told("issue.answered") == {made.contact.id, made.commissioner.id}
    (message,) = outbox()
    notice = Notice.rows().find_one({"person": made.contact.id})
    assert message["notice"] == notice["_id"]
    assert {name: message[name] for name in SHOWN} == {
        "person": made.contact.id,
        "channel": "wechat",
        "event": "issue.answered",
        "row": row,
        "state": "due",
        "urgent": False,
    }
    assert message["not_before"] == due(message)["due_at"] == NOON


def test_at_night_the_inbox_has_it_and_the_message_waits_for_the_morning(made):
    tell(made.issue, "issue.answered", NIGHT)
    assert Notice.rows().find_one({"person": made.contact.id})["created_at"] == NIGHT
    (message,) = outbox()
    assert message["not_before"] == due(message)["next_at"] == MORNING


def test_what_is_urgent_goes_at_night_and_by_every_channel(given):
    made = scene(given, contact=WECHAT, urgent=True)
    agree(made.contact, "issue.answered")
    tell(made.issue, "issue.answered", NIGHT)
    found = {message["channel"]: message["not_before"] for message in outbox()}
    assert found == {"wechat": NIGHT, "sms": NIGHT}


def test_without_a_credit_or_a_channel_the_inbox_is_all(given):
    made = scene(given, contact={"wechat_openid": "openid-1"})
    tell(made.issue, "issue.answered")
    agree(made.contact, "issue.answered")
    tell(made.issue, "issue.answered", running=())
    assert outbox() == []
    assert Notice.rows().count_documents({"person": made.contact.id}) == 2


def test_delivering_twice_tells_once(made):
    row = happens(made.issue, "issue.answered")
    duty = duties.rows().find_one({"kind": "notices.deliver"})
    for _ in range(2):
        # As if the first worker's end had never been written down.
        duties.rows().update_one({"_id": duty["_id"]}, {"$set": {"state": "due", "next_at": NOON}})
        claimed = duties.claim(duty["_id"], now=NOON, lease=LEASE)
        actions.deliver(claimed, NOON, ALL)
    assert Notice.rows().count_documents({"row": row, "person": made.contact.id}) == 1
    assert len(outbox()) == 1
    assert duties.rows().count_documents({"kind": "notices.send"}) == 1


def test_a_worker_that_lost_its_claim_tells_nobody(made):
    happens(made.issue, "issue.answered")
    (_, key), *_ = [each for each in duties.due(NOON) if each[0] == "notices.deliver"]
    slow = duties.claim(key, now=NOON, lease=LEASE)
    later = NOON + LEASE
    quick = duties.claim(key, now=later, lease=LEASE)
    actions.deliver(quick, later, ALL)
    before = db.database().notices.count_documents({})
    with pytest.raises(duties.LostClaim):
        actions.deliver(slow, later, ALL)
    assert db.database().notices.count_documents({}) == before
    assert len(outbox()) == 1


def test_all_of_it_or_nothing(made):
    """A database that fails after any number of writes leaves the event untold, and owed."""
    happens(made.issue, "issue.answered")
    writes = 0
    while True:
        key = duties.rows().find_one({"kind": "notices.deliver"})["_id"]
        duties.rows().update_one({"_id": key}, {"$set": {"next_at": NOON, "claim": None}})
        duty = duties.claim(key, now=NOON, lease=LEASE)
        try:
            with failing_after(writes):
                actions.deliver(duty, NOON, ALL)
        except Exception:
            assert Notice.rows().count_documents({}) == Message.rows().count_documents({}) == 0
            assert duties.rows().find_one({"_id": key})["state"] == "due"
            writes += 1
        else:
            break
    assert writes >= 5
    assert len(outbox()) == 1


def test_the_database_refuses_a_double_whoever_tries(made):
    tell(made.issue, "issue.answered")
    for kind in (Notice, Message):
        double = {**kind.rows().find_one({"person": made.contact.id}), "_id": ObjectId()}
        with pytest.raises(Exception, match="E11000"):
            db.database()[kind._get_collection_name()].insert_one(double)


def test_a_person_who_did_it_is_not_told(made):
    tell(made.issue, "issue.commented", by=made.contact)
    assert told() == {made.commissioner.id, made.clerk.id}


def test_who_is_away_is_told_and_so_is_the_deputy(made):
    department = made.ticket.department
    role = Grant(role="clerk", department=department)
    deputy = made.given.person(role, wechat_openid="openid-deputy")
    agree(deputy, "ticket.assigned")
    goes_on_leave(made.clerk, deputy)
    tell(made.issue, "ticket.assigned", by=made.head, part_id=made.ticket.id)
    assert told() == {made.clerk.id, deputy.id}
    assert [message["person"] for message in outbox()] == [deputy.id]
    params = [row["params"] for row in Notice.rows().find()]
    assert params[0] == params[1]
    tell(made.issue, "ticket.cancelled", NOON + timedelta(days=2))
    assert told("ticket.cancelled") == {made.clerk.id}


def test_a_deputy_who_is_told_anyway_is_told_once(made):
    goes_on_leave(made.clerk, made.head)
    tell(made.issue, "issue.reminded")
    assert sorted(row["person"] for row in Notice.rows().find()) == [made.clerk.id, made.head.id]


def test_an_anonymous_reporter_stays_hidden(given):
    made = scene(given, anonymous=True)
    tell(made.issue, "issue.withdrawn", by=made.contact, text="已自行解决")
    row = Notice.rows().find_one({"person": made.clerk.id})
    assert row["params"]["person"] == ""
    assert made.contact.name not in str(row)
    tell(made.issue, "issue.commented", by=made.commissioner, text="请看")
    named = Notice.rows().find_one({"person": made.clerk.id, "event": "issue.commented"})
    assert named["params"]["person"] == made.commissioner.name


def test_people_named_by_a_step_of_no_issue_are_told(given):
    admin, named = given.person(Grant(role="admin")), given.person(Grant(role="head"))
    year = ObjectId()

    def owe(event: str, data: dict) -> ObjectId:
        row = history.append("x", year, "step", by=history.SYSTEM, now=NOON, data=data)
        payload = {"event": event, "row": row}
        duties.add("notices.deliver", year, now=NOON, key=f"notices.deliver:{row}", payload=payload)
        return row

    for event, data, meant in (
        ("calendar.unpublished", {"year": 2027}, {admin.id}),
        ("calendar.changed", {}, {admin.id}),
        ("department.reorganised", {"people": [named.id]}, {named.id}),
        ("person.leave", {"people": [named.id]}, {named.id}),
    ):
        transaction(lambda event=event, data=data: owe(event, data))
        assert work_off("notices.deliver", NOON, actions.deliver) == 1
        assert told(event) == meant
        assert "issue" not in Notice.rows().find_one({"event": event})


def test_nobody_is_called_or_written_to_who_was_disabled(made):
    Person.rows().update_one({"_id": made.contact.id}, {"$set": {"active": False}})
    tell(made.issue, "issue.answered")
    assert outbox() == []
    # With nobody left the enterprise itself is to be called.
    assert [row["contact"]["person"] for row in Call.rows().find()] == [None]


def test_the_inbox_never_falls_silent(made):
    preferences.change(made.contact.id, Preferences(muted=("issue.answered",)), 0)
    tell(made.issue, "issue.answered")
    assert outbox() == []
    assert made.contact.id in told("issue.answered")
