"""Issues with their tickets, visits and enterprises of years, stored as the API stores them, not played."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import IndexModel
from pymongo.collection import Collection
from pymongo.write_concern import WriteConcern

from app.departments.documents import Department
from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.foundation.changes import stamped_insert
from app.foundation.db import Row
from app.foundation.district import pack
from app.issues.documents import Issue, Ticket
from app.projects.documents import Project
from app.visits.documents import Visit

YEARS = 3
OPEN_SHARE = 0.03
VISITED = 150
"""Visits of an enterprise in all."""
_BATCH = 5000
_OPEN = ("submitted", "dispatched", "dispatched", "answered", "reopened")
_TICKET_OF = {"submitted": "dispatched", "dispatched": "in_progress", "reopened": "accepted"}
_CLASSES = ("new", "potential", "rising", "above_scale", None)


@dataclass(frozen=True, slots=True)
class _Places:
    """What issues and visits are of."""

    projects: Sequence[Row]
    firms: Sequence[Row]
    departments: Sequence[ObjectId]
    categories: Sequence[str]


def fill(issues: int, visits: int, seed: int = 5) -> None:
    """Store so many issues, each with a ticket, and visits; projects and who serves them are there."""
    luck = random.Random(seed)
    shown = {"unit": 1, "commissioner": 1, "leader": 1}
    projects = list(Project.rows().find({}, shown).limit(20_000))
    places = _Places(
        projects,
        _firms(luck, max(20, visits // VISITED), projects),
        [row["_id"] for row in Department.rows().find({}, {"_id": 1})],
        [each.code for each in pack().categories],
    )
    Enterprise.rows().insert_many([dict(row) for row in places.firms])
    made = _issues(luck, issues, places)
    _store((Issue, Ticket), issues, made)
    _store((Visit,), visits, ((row,) for row in _visits(luck, visits, places)))
    Issue.rows().database.client.admin.command("fsync")


def _store(kinds: Sequence[type[Any]], size: int, rows: Iterator[tuple[Row, ...]]) -> None:
    indexes = {kind: _taken_down(kind.rows()) for kind in kinds}
    for start in range(0, size, _BATCH):
        if start % 100_000 == 0:
            said = f"storing {kinds[0].__name__}: {start} of {size}"
            print(said, file=sys.stderr, flush=True)
        batch = [next(rows) for _ in range(min(_BATCH, size - start))]
        for kind, some in zip(kinds, zip(*batch, strict=True), strict=True):
            bare = kind.rows().with_options(write_concern=WriteConcern(1))
            stamped = [row if kind is Ticket else stamped_insert(row) for row in some]
            bare.database[bare.name].insert_many(stamped, ordered=False)
    for kind, those in indexes.items():
        kind.rows().create_indexes(those)


def _taken_down(rows: Collection[Row]) -> list[IndexModel]:
    """The indexes, dropped: to build them at the end is many times faster."""
    kept = []
    for name, found in rows.index_information().items():
        if name != "_id_":
            options = {k: v for k, v in found.items() if k not in ("v", "key")}
            kept.append(IndexModel(found["key"], name=name, **options))
            rows.drop_index(name)
    return kept


def _firms(luck: random.Random, count: int, projects: Sequence[Row]) -> list[Row]:
    now, units = clock.now(), [unit.code for unit in pack().units]
    return [
        stamped_insert(
            {
                "_id": ObjectId(),
                "credit_code": f"BENCH{n:013}",
                "name": f"量测企业{n}",
                "unit": luck.choice(units),
                "growth_class": luck.choice(_CLASSES),
                "commissioner": luck.choice(projects)["commissioner"],
                "synthetic": True,
                "created_at": now,
                "version": 1,
            }
        )
        for n in range(count)
    ]


def _issues(luck: random.Random, size: int, places: _Places) -> Iterator[tuple[Row, Row]]:
    now = clock.now()
    weights = [1 / (n + 2) for n in range(len(places.departments))]
    for n in range(size):
        is_open = luck.random() < OPEN_SHARE
        age = luck.expovariate(1 / 15) if is_open else luck.uniform(3, 365 * YEARS)
        at = now - timedelta(days=age)
        state = (
            luck.choice(_OPEN) if is_open else luck.choices(("resolved", "withdrawn"), (9, 1))[0]
        )
        due = at + timedelta(days=luck.uniform(2, 30))
        ended = None if is_open else min(now, at + timedelta(days=luck.uniform(0.5, 30)))
        place = luck.choice(places.firms if luck.random() < 0.7 else places.projects)
        issue = {
            "_id": ObjectId(),
            "number": f"B{at:%Y%m%d}-{n:07}",
            "owner": place["commissioner"],
            "client_id": str(n),
            "state": state,
            "text": "工地临时用电还没有接通，变压器报装卡住了",
            "category": luck.choice(places.categories),
            "urgent": luck.random() < 0.05,
            "unit": place["unit"],
            "project": place["_id"] if "leader" in place else None,
            "enterprise": None if "leader" in place else place["_id"],
            "commissioner": place["commissioner"],
            "restricted": "official" if luck.random() < 0.01 else None,
            "promise": {"resolve_by": due},
            "confirm_by": due + timedelta(days=5),
            "created_at": at,
            "ended_at": ended,
            "version": 4,
        }
        [body] = luck.choices(places.departments, weights)
        yield issue, _ticket(luck, issue, body, due)


def _ticket(luck: random.Random, issue: Row, department: ObjectId, due: datetime) -> Row:
    ended, at = issue["ended_at"], issue["created_at"]
    done = {"answered": "answered"} if ended is None else {}
    states = {**_TICKET_OF, **done}
    accepted = at + timedelta(hours=luck.uniform(1, 20))
    return {
        "_id": ObjectId(),
        "issue": issue["_id"],
        "number": issue["number"],
        "role": "lead",
        "state": states.get(issue["state"], "closed"),
        "live": ended is None,
        "department": department,
        "excerpt": issue["text"],
        "category": issue["category"],
        "unit": issue["unit"],
        "restricted": issue["restricted"],
        "withheld": False,
        "dispatched_at": at,
        "accept_by": at + timedelta(hours=16),
        "reply_by": due,
        "resolve_by": due,
        "due_at": due,
        "accepted_at": accepted,
        "answered_at": ended,
        "ended_at": ended,
        "rounds": [],
        "version": 3,
    }


def _visits(luck: random.Random, size: int, places: _Places) -> Iterator[Row]:
    now = clock.now()
    for n in range(size):
        firm = luck.choice(places.firms)
        at = now - timedelta(days=luck.uniform(0.1, 365 * YEARS))
        yield {
            "_id": ObjectId(),
            "owner": firm["commissioner"],
            "client_id": str(n),
            "state": "ended",
            "enterprise": firm["_id"],
            "project": None,
            "unit": firm["unit"],
            "started_at": at,
            "ended_at": at + timedelta(hours=1),
            "created_at": at,
            "updated_at": at,
            "version": 2,
        }
