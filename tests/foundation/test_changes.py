"""Stamps: every way of writing gives a new one, later than all before; what gives none is refused."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId, Timestamp
from pymongo.errors import OperationFailure

from app.enterprises.documents import Enterprise
from app.foundation import changes, db
from app.foundation.changes import cluster_time, settled
from app.issues.documents import Issue
from app.notices.documents import Notice
from app.photos.documents import Photo
from app.projects.documents import Project
from app.projects.stages.documents import StageEntry
from app.visits.documents import Visit
from migrations import m0003_uploads

BULK = ("writes.py", "restanding.py", "moving.py")
"""What writes in bulk: one stamps each write itself, the others' cells are not tracked."""
TRACKED = (Issue, Visit, Notice, Photo)
ROWS = Notice.rows


def stamps() -> list[Timestamp]:
    found = [row["changed"] for row in ROWS().find().sort("_id", 1)]
    assert all(isinstance(each, Timestamp) and each.time for each in found)
    return found


def row() -> dict[str, Any]:
    return {"_id": ObjectId(), "person": ObjectId(), "row": ObjectId(), "event": "x"}


@pytest.mark.parametrize("inside", [False, True], ids=["alone", "transaction"])
@pytest.mark.parametrize(
    "write",
    [
        lambda rows, key: rows.update_one({"_id": key}, {"$set": {"a": 1}}),
        lambda rows, key: rows.update_many({}, {"$set": {"a": 1}}),
        lambda rows, key: rows.find_one_and_update({"_id": key}, {"$inc": {"a": 1}}),
        lambda rows, key: rows.update_one({"_id": key}, {"$currentDate": {"a": True}}),
        lambda rows, key: rows.update_one({"_id": ObjectId()}, {"$set": {"a": 1}}, upsert=True),
        lambda rows, key: rows.insert_one(row()),
        lambda rows, key: rows.insert_many([row(), row()]),
    ],
)
def test_every_write_stamps_later_than_all_before(write, inside, clean):
    first = row()
    ROWS().insert_one(first)
    ROWS().insert_one(row())
    before = max(stamps())

    def work() -> None:
        write(ROWS(), first["_id"])

    db.transaction(work) if inside else work()
    after = stamps()
    assert max(after) > before
    assert len(set(after)) == len(after)
    assert max(after) <= cluster_time()


def test_a_thousand_at_once_have_a_stamp_each(clean):
    ROWS().insert_many([row() for _ in range(1000)])
    ROWS().update_many({}, {"$set": {"a": 1}})
    assert len(set(stamps())) == 1000


@pytest.mark.parametrize(
    "write",
    [
        lambda rows: rows.replace_one({}, {}),
        lambda rows: rows.find_one_and_replace({}, {}),
        lambda rows: rows.bulk_write([]),
        lambda rows: rows.update_one({}, [{"$set": {"a": 1}}]),
        lambda rows: rows.update_many({}, [{"$set": {"a": 1}}]),
    ],
)
def test_what_cannot_stamp_is_refused(write, app):
    for document in TRACKED:
        with pytest.raises(NotImplementedError):
            write(document.rows())


def test_documents_insert_and_load_with_their_stamp(clean):
    made = Notice(person=ObjectId(), event="x", row=ObjectId(), issue=ObjectId(), created_at=now())
    loaded = Notice.get(made.insert().id)
    assert loaded.changed == stamps()[0]


def now():
    from app.foundation import clock

    return clock.now()


def concrete(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        if not each._meta.get("abstract"):
            yield each
        yield from concrete(each)


def test_everything_tracked_stamps_and_nothing_writes_around_it():
    tracked = set(concrete(changes.Tracked))
    assert tracked >= {*TRACKED, Enterprise, Project, StageEntry}
    for document in tracked:
        assert isinstance(document.rows(), changes.Stamping)
    names = "|".join(document.rows().name for document in tracked)
    around = re.compile(rf"database\(\)(\.|\[\")({names})\b|\.save\(\)|\.modify\(|\.bulk_write\(")
    root = Path(__file__).resolve().parents[2]
    sources = [path for top in ("app", "tasks", "deploy") for path in (root / top).rglob("*.py")]
    found = {
        f"{path}: {match[0]}"
        for path in sources
        if path.name not in BULK
        for match in around.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_no_transaction_lives_longer_than_changes_wait_for_it(clean):
    """mongod's own limit, and the time it takes to look, are what `settled` rests on."""
    assert changes.LATEST_COMMIT >= 60 + 30
    limit = db.client().admin.command({"getParameter": 1, "transactionLifetimeLimitSeconds": 1})
    seconds = limit["transactionLifetimeLimitSeconds"]
    with db.client().start_session() as session:
        session.start_transaction()
        db.database().notices.insert_one(row(), session=session)
        deadline = time.monotonic() + 2.5 * seconds
        while time.monotonic() < deadline:
            time.sleep(0.5)
            try:
                db.database().notices.insert_one(row(), session=session)
            except OperationFailure:
                break
        else:
            pytest.fail("it lives on")
    assert not stamps()


def test_settled_lies_back_by_that_time():
    assert settled(Timestamp(1000, 7)) == Timestamp(1000 - changes.LATEST_COMMIT, 0)
    assert settled(Timestamp(5, 7)) == Timestamp(0, 0)


def test_what_was_there_before_stamps_is_given_one_once(clean):
    for name in m0003_uploads.FEEDS:
        old = {"_id": ObjectId(), "owner": ObjectId(), "client_id": name}
        db.database()[name].insert_one({**old, "row": old["_id"], "number": name})
    for _ in range(2):
        m0003_uploads.apply(db.database())
        found = [db.database()[name].find_one()["changed"] for name in m0003_uploads.FEEDS]
        assert len({*found}) == 4
    m0003_uploads.apply(db.database())
    assert [db.database()[name].find_one()["changed"] for name in m0003_uploads.FEEDS] == found
