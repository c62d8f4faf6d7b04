"""The one transaction, on a real replica set."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mongoengine
import pytest
from bson import ObjectId
from mongoengine import StringField
from pymongo import MongoClient, monitoring
from pymongo.errors import DuplicateKeyError

from app.foundation import db
from app.foundation.db import after_commit, transaction
from app.foundation.documents import Document
from app.foundation.errors import NotFound


class Stone(Document):
    """Something to be stored."""

    name: str = StringField(required=True)
    meta = {"collection": "test_stones"}


class Boom(Exception):
    pass


@pytest.fixture(autouse=True)
def stones(clean: None) -> None:
    Stone.rows().insert_one({"name": "first"})
    Stone.rows().delete_many({})


@pytest.fixture
def elsewhere(servers) -> Iterator[Callable[[], list[str]]]:
    """What another process sees: another client, away from the session of this context."""
    with MongoClient(servers.mongodb_uri) as client, ThreadPoolExecutor(1) as pool:
        rows = client.get_default_database().test_stones
        yield lambda: pool.submit(lambda: sorted(row["name"] for row in rows.find())).result()


def names() -> list[str]:
    return sorted(row["name"] for row in Stone.rows().find())


def write_each_way() -> None:
    Stone(name="inserted").insert()
    Stone(name="saved").save()
    changed = Stone(name="to be changed").save()
    changed.name = "changed"
    changed.save()
    Stone.rows().insert_one({"name": "bare"})
    Stone.objects(name="inserted").update(set__name="updated")
    Stone(name="gone").save().delete()


def test_a_commit_is_there_for_others(elsewhere):
    transaction(write_each_way)
    assert elsewhere() == ["bare", "changed", "saved", "updated"]


@pytest.mark.parametrize("error", [Boom, ValueError, KeyboardInterrupt])
def test_an_error_rolls_back_what_was_written_in_any_way(error, elsewhere):
    def work() -> None:
        write_each_way()
        assert names() == ["bare", "changed", "saved", "updated"]
        raise error

    with pytest.raises(error):
        transaction(work)
    assert elsewhere() == []


def test_what_is_not_committed_is_not_seen_by_others(elsewhere):
    def work() -> list[str]:
        write_each_way()
        assert Stone.objects(name="saved").count() == 1
        return elsewhere()

    assert transaction(work) == []
    assert len(elsewhere()) == 4


def test_other_threads_do_not_join(elsewhere):
    """The session belongs to the context: what another thread writes stays when ours rolls back."""

    def work() -> None:
        Stone(name="ours").insert()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: Stone(name="theirs").insert()).result()
        raise Boom

    with pytest.raises(Boom):
        transaction(work)
    assert elsewhere() == ["theirs"]


def test_it_gives_what_the_work_gave():
    assert transaction(lambda: 42) == 42


def test_the_next_one_is_a_transaction_of_its_own(elsewhere):
    def broken() -> None:
        Stone(name="first").insert()
        raise Boom

    with pytest.raises(Boom):
        transaction(broken)
    transaction(lambda: Stone(name="second").insert())
    Stone(name="third").insert()
    assert elsewhere() == ["second", "third"]


class TestNested:
    def test_an_inner_one_joins(self, elsewhere):
        def outer() -> None:
            transaction(lambda: Stone(name="inner").insert())
            assert elsewhere() == []
            Stone(name="outer").insert()

        transaction(outer)
        assert elsewhere() == ["inner", "outer"]

    def test_an_outer_error_takes_the_inner_work_back(self, elsewhere):
        def outer() -> None:
            transaction(lambda: Stone(name="inner").insert())
            raise Boom

        with pytest.raises(Boom):
            transaction(outer)
        assert elsewhere() == []

    def test_what_the_inner_one_wants_after_the_commit_waits_for_the_outer(self, elsewhere):
        seen: list[list[str]] = []

        def inner() -> None:
            Stone(name="inner").insert()
            after_commit(lambda: seen.append(elsewhere()))

        def outer() -> None:
            transaction(inner)
            Stone(name="outer").insert()
            assert seen == []

        transaction(outer)
        assert seen == [["inner", "outer"]]


class TestAfterCommit:
    def test_it_runs_at_once_outside(self):
        ran: list[int] = []
        after_commit(lambda: ran.append(1))
        assert ran == [1]

    def test_it_runs_in_order_when_all_is_written(self, elsewhere):
        ran: list[tuple[int, list[str]]] = []

        def work() -> None:
            after_commit(lambda: ran.append((1, elsewhere())))
            after_commit(lambda: ran.append((2, elsewhere())))
            Stone(name="one").insert()
            assert ran == []

        transaction(work)
        assert ran == [(1, ["one"]), (2, ["one"])]

    def test_it_does_not_run_after_a_rollback(self):
        ran: list[int] = []

        def work() -> None:
            after_commit(lambda: ran.append(1))
            raise Boom

        with pytest.raises(Boom):
            transaction(work)
        transaction(lambda: None)
        assert ran == []

    def test_what_it_does_is_not_part_of_the_transaction(self, elsewhere):
        def later() -> None:
            Stone(name="later").insert()
            raise Boom

        with pytest.raises(Boom):
            transaction(lambda: after_commit(later))
        assert elsewhere() == ["later"]


def test_work_that_met_a_conflict_runs_again_and_speaks_once():
    """Two threads change one row: the loser's work is run again on what the winner left."""
    key = Stone(name="0").insert().id
    both_have_read = threading.Barrier(2, timeout=10)
    runs: list[str] = []
    spoke: list[str] = []

    def add_one(who: str) -> None:
        def work() -> None:
            runs.append(who)
            found = Stone.get(key)
            if runs.count(who) == 1:
                both_have_read.wait()
            after_commit(lambda: spoke.append(who))
            found.name = str(int(found.name) + 1)
            found.save()

        transaction(work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add_one, ["a", "b"]))
    assert len(runs) > 2
    assert sorted(spoke) == ["a", "b"]
    assert Stone.get(key).name == "2"


def test_many_who_count_up_lose_nothing():
    key = Stone(name="0").insert().id

    def add_one(_: int) -> None:
        def work() -> None:
            found = Stone.get(key)
            Stone.rows().update_one({"_id": found.id}, {"$set": {"name": str(int(found.name) + 1)}})

        transaction(work)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(24)))
    assert Stone.get(key).name == "24"


def test_get_says_not_found_for_what_is_no_id():
    for key in (ObjectId(), "nonsense", "", "a" * 24 + "\n"):
        with pytest.raises(NotFound):
            Stone.get(key)


def test_writes_are_on_the_majority_and_in_the_journal(commands):
    Stone(name="at once").insert()
    transaction(lambda: Stone(name="by commit").insert())
    concerns = [(name, found.get("writeConcern")) for name, found in commands]
    durable = {"w": "majority", "j": True}
    assert concerns == [("insert", durable), ("insert", None), ("commitTransaction", durable)]


@pytest.fixture
def commands(servers) -> Iterator[list[tuple[str, Any]]]:
    """What a client that is made now sends to the server."""
    sent: list[tuple[str, Any]] = []

    class Listener(monitoring.CommandListener):
        def started(self, event: monitoring.CommandStartedEvent) -> None:
            sent.append((event.command_name, event.command))

        def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
            pass

        def failed(self, event: monitoring.CommandFailedEvent) -> None:
            pass

    db.disconnect()
    mongoengine.connect(host=servers.mongodb_uri, tz_aware=True, event_listeners=[Listener()])
    try:
        yield sent
    finally:
        db.disconnect()
        db.connect(servers.mongodb_uri)


@pytest.mark.parametrize(
    "options",
    [
        "w=majority",
        "w=1&journal=false",
        "readPreference=secondaryPreferred",
        "readConcernLevel=majority",
    ],
)
def test_concerns_of_the_uri_do_not_break_transactions(options, servers, elsewhere):
    """A driver's usual URI has w=majority, which no statement of a transaction may carry."""
    db.disconnect()
    try:
        db.connect(f"{servers.mongodb_uri}&{options}")
        transaction(write_each_way)
        assert len(elsewhere()) == 4
    finally:
        db.disconnect()
        db.connect(servers.mongodb_uri)


def test_a_duplicate_is_the_drivers_error_whoever_wrote_it():
    key = Stone(name="one").insert().id
    with pytest.raises(DuplicateKeyError):
        transaction(lambda: Stone(id=key, name="two").save(force_insert=True))
    with pytest.raises(DuplicateKeyError):
        transaction(lambda: Stone.rows().insert_one({"_id": key}))
