"""Tickets of many years, stored as the API stores them, without playing them."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import IndexModel
from pymongo.collection import Collection
from pymongo.write_concern import WriteConcern

from app.foundation import clock
from app.foundation.db import Row
from app.foundation.district import pack
from app.issues import clocks, search_terms
from app.issues.documents import Ticket
from app.issues.tickets import EXCERPT

YEARS = 5
OPEN_SHARE = 0.05
"""Of all tickets: those of the last months that somebody still has."""
_BATCH = 5000
_OPEN = {
    "dispatched": 20,
    "accepted": 20,
    "in_progress": 25,
    "waiting_enterprise": 7,
    "extension_requested": 3,
    "answered": 25,
}
_ENDED = {"closed": 88, "returned": 4, "transferred": 5, "cancelled": 3}
_HARM = ("管道", "道路", "用电", "用地", "许可证", "贷款", "招工", "验收", "排污", "消防")
_WHERE = ("厂区东门外", "二期厂房", "仓库北侧", "宿舍楼", "变电所旁", "物流园", "研发中心", "门前")
_WHAT = (
    "一直没有办下来",
    "影响设备进场",
    "积水漫到配电房门口",
    "请协调部门现场查看",
    "投产时间要推迟",
)


def fill(size: int, clerks: Mapping[ObjectId, Sequence[ObjectId]], seed: int = 11) -> None:
    """Store `size` tickets of the departments of `clerks`, then make the indexes anew.

    Departments differ as they do in life: the first has a sixth of all, the last very few.
    """
    rows = Ticket.rows()
    bare = rows.with_options(write_concern=WriteConcern(1))
    indexes = _taken_down(rows)
    made = _rows(random.Random(seed), size, clerks)
    for start in range(0, size, _BATCH):
        if start % 100_000 == 0:
            print(f"storing tickets: {start} of {size}", file=sys.stderr, flush=True)
        batch = [next(made) for _ in range(min(_BATCH, size - start))]
        bare.insert_many(batch, ordered=False)
    print(f"making {len(indexes)} indexes", file=sys.stderr, flush=True)
    rows.create_indexes(indexes)
    rows.database.client.admin.command("fsync")  # nothing of it is written while it counts


def weights(count: int) -> list[float]:
    """How much of all tickets each of so many departments has, the largest first."""
    return [1 / (n + 2) for n in range(count)]


def _taken_down(rows: Collection[Row]) -> list[IndexModel]:
    """The indexes of the collection, dropped: to build them at the end is many times faster."""
    kept = []
    for name, found in rows.index_information().items():
        if name != "_id_":
            options = {k: v for k, v in found.items() if k not in ("v", "key")}
            kept.append(IndexModel(found["key"], name=name, **options))
            rows.drop_index(name)
    return kept


def _rows(
    luck: random.Random, size: int, clerks: Mapping[ObjectId, Sequence[ObjectId]]
) -> Iterator[Row]:
    now = clock.now()
    departments, shares = list(clerks), weights(len(clerks))
    categories = [each.code for each in pack().categories]
    units = [each.code for each in pack().units]
    days = clocks.calendar()
    terms = {code: clocks.terms(code, urgent=False) for code in categories}
    timed = {code: clocks.start(now, each, days).of_ticket() for code, each in terms.items()}
    for n in range(size):
        [department] = luck.choices(departments, shares)
        category, is_open = luck.choice(categories), luck.random() < OPEN_SHARE
        age = timedelta(days=luck.expovariate(1 / 12) if is_open else luck.uniform(5, 365 * YEARS))
        row = {
            "_id": ObjectId(),
            "issue": ObjectId(),
            "number": f"{pack().number_prefix}{now - age:%Y%m%d}-{n % 900 + 1:04d}",
            "role": "lead" if luck.random() < 0.85 else "assist",
            "department": department,
            "level": luck.choices((0, 1, 2), (94, 5, 1))[0],
            "category": category,
            "unit": luck.choice(units),
            "urgent": luck.random() < 0.08,
            **timed[category],
            **_words(luck),
        }
        yield _dated(row, luck, now - age, is_open, clerks[department])


def _dated(
    row: Row, luck: random.Random, at: datetime, is_open: bool, clerks: Sequence[ObjectId]
) -> Row:
    states = _OPEN if is_open else _ENDED
    [state] = luck.choices(list(states), list(states.values()))
    accepted = None if state == "dispatched" else at + timedelta(hours=luck.uniform(0.2, 20))
    answered = state in ("answered", "closed")
    due = at + timedelta(days=luck.uniform(1, 20))
    return {
        **row,
        **search_terms.of_ticket(row["number"], row["excerpt"], "量测机械有限公司"),
        "state": state,
        "live": is_open,
        "assignee": luck.choice(clerks) if accepted else None,
        "dispatched_at": at,
        "due_at": due,
        "resolve_by": due,
        "accepted_at": accepted,
        "replied_at": accepted,
        "answered_at": at + timedelta(days=luck.uniform(0.5, 15)) if answered else None,
        "ended_at": None if is_open else at + timedelta(days=luck.uniform(1, 25)),
        "promise_no": 1,
        "origin": {"how": "route"},
        "final": False,
        "provisional": False,
        "climbed": [],
        "held": {},
        "rung": {"code": "red", "due_at": due, "key": f"issues.climb:{row['_id']}:1"},
        "question": {},
        "extension": {},
        "extensions": 0,
        "draft": {},
        "answer": {},
        "rounds": [],
        "version": 3,
    }


def _words(luck: random.Random) -> dict[str, Any]:
    said = (luck.choice(_WHERE), luck.choice(_HARM), luck.choice(_WHAT), luck.choice(_WHAT))
    return {"excerpt": f"{said[0]}{said[1]}{said[2]}，{said[3]}，{luck.randint(1, 99)}号"[:EXCERPT]}
