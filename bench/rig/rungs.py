"""Open tickets that wait for a rung of the ladder: copies of one that was really dispatched."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import IndexModel
from pymongo.collection import Collection
from pymongo.write_concern import WriteConcern

from app.foundation import duties
from app.foundation.db import Row
from app.issues.desk import placing
from app.issues.documents import Issue, Ticket
from app.issues.intake.opening import IssueFacts, open_issue
from app.people import login
from app.people.documents import Grant, Person
from bench.rig import house as rig

LEASE = timedelta(minutes=1)
_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What is stored of one issue that nobody has accepted yet: issue, ticket, duty to climb."""

    issue: Row
    ticket: Row
    duty: Row

    @classmethod
    def made(cls, now: datetime) -> Dispatched:
        """Open an issue and have it routed, in the database that is connected."""
        person = Person(
            name="量测专员", grants=[Grant(role="commissioner")], created_at=now
        ).insert()
        row = Person.rows().find_one({"_id": person.id}) or {}
        who = login.as_who(row["_id"], row["name"], row["grants"])
        text = "厂区东门外的雨水管道淤堵，积水漫到配电房门口"
        facts = IssueFacts(
            client_id=str(ObjectId()),
            kind="problem",
            text=text,
            category="WATER",
            enterprise_id=rig.enterprise(),
        )
        opened, _ = open_issue(who, facts, now)
        waiting = duties.rows().find_one({"kind": "issues.route", "subject": opened.id}) or {}
        duty = duties.claim(waiting["_id"], now=now, lease=LEASE)
        assert duty is not None
        placing.route_issue(duty, now)
        duties.rows().update_many({"kind": "notices.deliver"}, {"$set": {"state": "done"}})
        climb = duties.rows().find_one({"kind": "issues.climb"}) or {}
        ticket = Ticket.rows().find_one({"_id": climb["subject"]}) or {}
        return cls(Issue.rows().find_one({"_id": opened.id}) or {}, ticket, climb)

    def copy(self, at: datetime) -> tuple[Row, Row, Row]:
        """Another one, to be accepted by `at`."""
        issue, ticket, duty = ObjectId(), ObjectId(), ObjectId()
        key = f"issues.climb:{ticket}:1"
        rung = {**self.ticket["rung"], "due_at": at, "key": key}
        times = {"accept_by": at, "due_at": at, "rung": rung}
        owed = {"subject": ticket, "key": key, "due_at": at, "next_at": at, "payload": {"key": key}}
        return (
            {**self.issue, "_id": issue, "number": str(issue), "client_id": str(issue)},
            {**self.ticket, "_id": ticket, "issue": issue, "number": str(issue), **times},
            {**self.duty, "_id": duty, **owed},
        )


def wait(count: int, one: Dispatched, now: datetime) -> None:
    """Store so many that wait for a rung of the days to come."""
    luck = random.Random(count)
    collections = [kind.rows() for kind in (Issue, Ticket)] + [duties.rows()]
    with _without_indexes(collections):
        _store(count, one, lambda: now + timedelta(minutes=luck.uniform(60, 20 * 24 * 60)))
    duties.rows().database.client.admin.command("fsync")  # nothing of it is written while it counts


def fall_due(count: int, one: Dispatched, now: datetime) -> None:
    """Store so many whose rung is due."""
    luck = random.Random(count)
    _store(count, one, lambda: now - timedelta(minutes=luck.uniform(1, 20)))


def _store(count: int, one: Dispatched, at: Callable[[], datetime]) -> None:
    rooms = [
        rows.with_options(write_concern=WriteConcern(1))
        for rows in (Issue.rows(), Ticket.rows(), duties.rows())
    ]
    for start in range(0, count, _BATCH):
        if count > _BATCH and start % 100_000 == 0:
            print(f"storing tickets: {start} of {count}", file=sys.stderr, flush=True)
        made = [one.copy(at()) for _ in range(min(_BATCH, count - start))]
        for room, rows in zip(rooms, zip(*made, strict=True), strict=True):
            room.insert_many(list(rows), ordered=False)


@contextmanager
def _without_indexes(collections: list[Collection[Any]]) -> Iterator[None]:
    """Take the indexes down and build them at the end, which is many times faster."""
    kept = [(rows, list(_taken_down(rows))) for rows in collections]
    yield
    for rows, indexes in kept:
        print(f"making {len(indexes)} indexes of {rows.name}", file=sys.stderr, flush=True)
        rows.create_indexes(indexes)


def _taken_down(rows: Collection[Any]) -> Iterator[IndexModel]:
    for name, found in rows.index_information().items():
        if name != "_id_":
            options = {k: v for k, v in found.items() if k not in ("v", "key")}
            yield IndexModel(found["key"], name=name, **options)
            rows.drop_index(name)
