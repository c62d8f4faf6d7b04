from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from app.foundation import db, history
from app.foundation.history import SYSTEM, Actor
from app.foundation.reasons import Reason
from tests.support.factories import at

NOW = at("2026-11-24T09:00:00+08:00")
CLERK = Actor(ObjectId(), "王经办", "clerk")


@pytest.fixture(autouse=True)
def empty(clean: None) -> None:
    """No history yet."""


def actions(thing: ObjectId, *, internal: bool = True) -> list[str]:
    return [row["action"] for row in history.of("issue", thing, internal=internal)]


def test_a_row_says_who_did_what_why_when_from_and_to():
    thing, part = ObjectId(), ObjectId()
    key = history.append(
        "issue",
        thing,
        "answer",
        by=CLERK,
        now=NOW,
        part_id=part,
        before="accepted",
        after="answered",
        text="已发放",
        reasons=[Reason("routing.lead", {"department": "住建局"})],
        data={"photos": [part]},
    )
    [row] = history.of("issue", thing, internal=False)
    assert row == {
        "_id": key,
        "thing": "issue",
        "thing_id": thing,
        "part_id": part,
        "action": "answer",
        "by": CLERK.id,
        "by_name": "王经办",
        "role": "clerk",
        "at": NOW,
        "from": "accepted",
        "to": "answered",
        "text": "已发放",
        "internal": False,
        "reasons": [{"code": "routing.lead", "params": {"department": "住建局"}}],
        "data": {"photos": [part]},
    }


def test_rows_come_in_the_order_of_time_then_of_writing():
    thing = ObjectId()
    for action, seconds in [("c", 2), ("a", 0), ("b1", 1), ("b2", 1), ("b3", 1)]:
        history.append("issue", thing, action, by=SYSTEM, now=NOW + timedelta(seconds=seconds))
    assert actions(thing) == ["a", "b1", "b2", "b3", "c"]


def test_internal_rows_only_when_asked_for():
    thing = ObjectId()
    history.append("issue", thing, "open", by=SYSTEM, now=NOW)
    history.append("issue", thing, "note", by=CLERK, now=NOW, internal=True)
    assert actions(thing, internal=True) == ["open", "note"]
    assert actions(thing, internal=False) == ["open"]


def test_each_thing_has_its_own():
    thing = ObjectId()
    history.append("issue", thing, "open", by=SYSTEM, now=NOW)
    history.append("photo", thing, "take", by=SYSTEM, now=NOW)
    history.append("issue", ObjectId(), "open", by=SYSTEM, now=NOW)
    assert actions(thing) == ["open"]


def test_a_row_goes_with_its_transaction():
    thing = ObjectId()

    def work() -> None:
        history.append("issue", thing, "open", by=SYSTEM, now=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        db.transaction(work)
    assert actions(thing) == []
