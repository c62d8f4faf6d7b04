"""A rulebook replayed over 100,000 past issues by one worker with two processes.

The issues have the texts that routing was trained on, over and over: nothing is kept by text, so that does
not help. Each has ended with some department. The time is from asking to the result, after a short replay
that lets both processes load what they need.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bson import ObjectId
from pymongo.write_concern import WriteConcern

from app.departments.documents import Department
from app.foundation import clock, district
from app.foundation.db import Row
from app.foundation.district import pack
from app.issues.documents import Issue, Ticket
from app.learning import replaying, replays
from app.learning.replays import DONE, UNDER_WAY, Asked, Replay
from app.people.who import Held, Who
from bench.rig import house as rig
from bench.rig.figures import Figure, at_most
from config import settings

SIZE = 100_000
AIM_SECONDS = 60
DAYS = 170
_BATCH = 5_000
_BEAT = "celery -A tasks.queue beat --scheduler celery.beat:Scheduler"
_RULE = {
    "name": "电梯归市场监管",
    "when": {"words": {"any": ["电梯", "锅炉", "叉车"]}},
    "then": {"lead": "MARKET_REGULATION"},
}


def run(size: int = SIZE) -> list[Figure]:
    """Store so many issues, replay them, and say how long it took."""
    with rig.house(SWEEP_SECONDS="1") as house:
        _fill(size)
        house.work()
        house.start(_BEAT.split(), "beat")
        admin = Who(ObjectId(), "量测", (Held("admin"),))
        content = {**pack().routing.content, "rules": [*pack().routing.content["rules"], _RULE]}
        _replay(admin, Asked(content, None, 12, 4 * replaying.SLICE))
        begun = time.perf_counter()
        found = _replay(admin, Asked(content, None, 12, size))
        took = time.perf_counter() - begun
    assert found.done == found.total == size
    return [
        at_most(f"replay of {size:,} issues", took, "s", AIM_SECONDS),
        Figure("issues replayed", size / took, "1/s"),
        Figure("of them decided otherwise", size - _same(found), "issues"),
    ]


def _replay(who: Who, asked: Asked) -> Replay:
    made, _ = replays.start(who, str(ObjectId()), asked, clock.now())
    while (found := Replay.get(made.id)).state in UNDER_WAY:
        time.sleep(0.1)
    assert found.state == DONE, found.state
    return found


def _same(found: Replay) -> int:
    return int((found.result or {})["counts"]["same"])


def _texts() -> list[Row]:
    folder = Path(settings.load().district_dir) / "training"
    rows = [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.open()]
    return [row for row in rows if row.get("category")]


def _fill(size: int) -> None:
    luck, texts, now = random.Random(5), _texts(), clock.now()
    departments = {row["code"]: row["_id"] for row in Department.rows().find({"active": True})}
    made = _rows(luck, texts, departments, now)
    for start in range(0, size, _BATCH):
        pairs = [next(made) for _ in range(min(_BATCH, size - start))]
        for kind, at in ((Issue, 0), (Ticket, 1)):
            bare = kind.rows().with_options(write_concern=WriteConcern(1))
            bare.insert_many([pair[at] for pair in pairs], ordered=False)


def _rows(
    luck: random.Random, texts: list[Row], departments: dict[str, ObjectId], now: datetime
) -> Iterator[tuple[Row, Row]]:
    owners = {each.code: each.owner for each in district.pack().categories}
    units = [each.code for each in district.pack().units]
    n = 0
    while True:
        text, n = luck.choice(texts), n + 1
        owner = departments.get(owners[text["category"]])
        at = now - timedelta(seconds=luck.uniform(60, DAYS * 86400))
        issue: dict[str, Any] = {
            "_id": ObjectId(),
            "number": f"{pack().number_prefix}{at:%Y%m%d}-{n:06}",
            "owner": ObjectId(),
            "kind": "request",
            "state": "resolved",
            "text": text["text"],
            "category": text["category"],
            # Half choose nothing, some choose wrongly.
            "chosen_category": luck.choice((None, text["category"], None, luck.choice([*owners]))),
            "unit": luck.choice(units),
            "created_at": at.replace(microsecond=0),
        }
        yield (
            issue,
            {
                "_id": ObjectId(),
                "issue": issue["_id"],
                "role": "lead",
                "state": "closed",
                "live": False,
                "department": owner or luck.choice([*departments.values()]),
                "dispatched_at": at,
            },
        )
