"""Creating and acting exactly once, however often and however close together it is asked for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from bson import ObjectId
from mongoengine import IntField, ObjectIdField, StringField
from pymongo.errors import DuplicateKeyError

from app.foundation import db
from app.foundation.documents import Document
from app.foundation.errors import Conflict
from app.foundation.replay import act_once, create_once
from tests.support.factories import at

NOW = at("2026-11-24T09:00:00+08:00")
THREADS = 8


class Draft(Document):
    """Something a phone makes."""

    owner: ObjectId = ObjectIdField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    number: int = IntField()
    meta = {"collection": "test_drafts"}


@pytest.fixture(autouse=True)
def drafts(clean: None) -> None:
    Draft.rows().create_index([("owner", 1), ("client_id", 1)], unique=True)
    Draft.rows().create_index("number", unique=True, sparse=True)
    db.database().test_tally.insert_one({"_id": "tally", "count": 0})


def create(owner: ObjectId, print_: str = "same", key: str = "a", **fields) -> tuple[Draft, bool]:
    def make() -> Draft:
        return Draft(owner=owner, client_id=key, fingerprint=print_, **fields).insert()

    def find() -> Draft | None:
        return Draft.objects(owner=owner, client_id=key).first()

    return create_once(make, find, print_)


def count_up() -> None:
    db.database().test_tally.update_one({"_id": "tally"}, {"$inc": {"count": 1}})


def tally() -> int:
    return db.database().test_tally.find_one({"_id": "tally"})["count"]


class TestCreating:
    def test_the_second_time_gives_the_first_thing(self):
        owner = ObjectId()
        first, new = create(owner)
        again, still_new = create(owner)
        assert (new, still_new) == (True, False)
        assert again.id == first.id

    def test_other_content_under_the_same_id_is_a_conflict(self):
        owner = ObjectId()
        create(owner)
        with pytest.raises(Conflict) as caught:
            create(owner, "other")
        assert caught.value.code == "client_id.conflict"
        assert Draft.rows().count_documents({}) == 1

    def test_another_person_may_use_the_same_id(self):
        assert create(ObjectId())[1]
        assert create(ObjectId(), "other")[1]

    def test_those_who_race_make_one(self):
        owner, together = ObjectId(), threading.Barrier(THREADS, timeout=10)

        def race(_: int) -> tuple[ObjectId, bool]:
            together.wait()
            made, new = create(owner)
            return made.id, new

        with ThreadPoolExecutor(THREADS) as pool:
            found = list(pool.map(race, range(THREADS)))
        assert len({key for key, _ in found}) == 1
        assert [new for _, new in found].count(True) == 1
        assert Draft.rows().count_documents({}) == 1

    def test_a_clash_on_something_else_is_not_taken_for_a_replay(self):
        create(ObjectId(), number=1)
        with pytest.raises(DuplicateKeyError):
            create(ObjectId(), number=1)


class TestActing:
    def test_the_second_time_nothing_happens(self):
        person = ObjectId()
        assert act_once(person, "tap", "same", NOW, count_up)
        assert not act_once(person, "tap", "same", NOW, count_up)
        assert tally() == 1

    def test_another_action_under_the_same_key_is_a_conflict(self):
        person = ObjectId()
        act_once(person, "tap", "same", NOW, count_up)
        with pytest.raises(Conflict) as caught:
            act_once(person, "tap", "other", NOW, count_up)
        assert caught.value.code == "idempotency_key.conflict"
        assert tally() == 1

    def test_another_person_or_key_acts_too(self):
        person = ObjectId()
        for who, key in [(person, "one"), (person, "two"), (ObjectId(), "one")]:
            assert act_once(who, key, "same", NOW, count_up)
        assert tally() == 3

    def test_a_refused_action_leaves_the_key_free(self):
        person = ObjectId()

        def refuse() -> None:
            count_up()
            raise Conflict("changed_meanwhile")

        with pytest.raises(Conflict):
            act_once(person, "tap", "same", NOW, refuse)
        assert tally() == 0
        assert act_once(person, "tap", "same", NOW, count_up)

    def test_those_who_race_act_once(self):
        person, together = ObjectId(), threading.Barrier(THREADS, timeout=10)

        def race(_: int) -> bool:
            together.wait()
            return act_once(person, "tap", "same", NOW, count_up)

        with ThreadPoolExecutor(THREADS) as pool:
            did = list(pool.map(race, range(THREADS)))
        assert did.count(True) == 1
        assert tally() == 1

    def test_who_loses_the_race_to_oneself_is_not_told_of_a_conflict(self):
        """The twin's win makes this one's step illegal: that is a replay, not an error."""
        person = ObjectId()

        def overtaken() -> None:
            with ThreadPoolExecutor(1) as pool:
                twin = pool.submit(act_once, person, "tap", "same", NOW, count_up)
                assert twin.result()
            raise Conflict("ticket.transition_not_allowed")

        assert not act_once(person, "tap", "same", NOW, overtaken)
        assert tally() == 1
