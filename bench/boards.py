"""Boards over HTTP: a million issues, 100,000 projects, 500,000 visits, and a hundredth of that before.

Everything is stored as the API stores it; facts and cells are built by the house's own duty. Of units,
departments and people those are asked for that have most. The floor is one indexed find through pymongo,
turn by turn in the same run.

`python -m bench.boards --size 20000` measures fewer: so many issues, a tenth as many projects, half as many
visits. The full one wants about 6 GB of memory, 12 GB of disk and half an hour, most of it for storing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from statistics import median, quantiles
from typing import Any

from bson import ObjectId

from app.boards import folding
from app.boards.documents import BoardCell, Marker
from app.foundation import clock, duties
from app.foundation.documents import Document
from app.issues.documents import Issue, Ticket
from app.people.documents import Grant, Person
from app.projects.documents import Project
from bench.rig import district, figures, ledger
from bench.rig import house as rig
from bench.rig.figures import Figure, at_most
from bench.rig.reads import Reader, reader

SIZE, LESS = 1_000_000, 100
AIM_MS, AIM_GROWTH = 80, 1.5
CHANGES = 200
LEASE = timedelta(seconds=60)


def run(size: int = SIZE, requests: int = 200) -> list[Figure]:
    """Measure a hundredth of `size`, then all of it."""
    least = max(200, size // LESS)
    _, small = _of(least, requests)
    found, large = _of(size, requests)
    growth = [
        at_most(
            f"{board} board, {size} : {least} issues, medians",
            large[board] / small[board],
            "×",
            AIM_GROWTH,
        )
        for board in large
    ]
    return [*found, *growth]


def _of(size: int, requests: int) -> tuple[list[Figure], dict[str, float]]:
    """What boards take with so many issues, and the median of each."""
    with rig.house() as house:
        port = house.serve("wsgi:app")
        [(_, token)] = rig.people(port, [Grant(role="admin")], named="admin")
        ledger.fill(max(50, size // 10))
        district.fill(size, size // 2)
        whose = _busiest()
        begun = time.perf_counter()
        _fold()
        built = time.perf_counter() - begun
        while (Marker.rows().find_one({}) or {})["pending"]:
            _fold()  # all that was stored of late is looked at once more
        with reader(port) as client:
            found, medians = _measured(client, token, whose, size, requests)
        return [
            Figure(f"facts of {size} issues built from nothing", built, "s"),
            Figure(f"a turn of {CHANGES} changes", _turn(), "ms"),
            *found,
        ], medians


def _measured(
    client: Reader, token: str, whose: Mapping[str, str], size: int, requests: int
) -> tuple[list[Figure], dict[str, float]]:
    cell = (BoardCell.rows().find_one({}, {"_id": 1}) or {})["_id"]
    figures_, medians = [], {}
    for board, query in whose.items():
        took: list[float] = []
        floor: list[float] = []
        for n in range(requests + 10):
            shown, _ = client.read(f"/api/v1/boards/{board}{query}", token)
            begun = time.perf_counter()
            BoardCell.rows().find_one({"_id": cell})
            if n >= 10:  # connections are made and caches filled before it counts
                floor.append((time.perf_counter() - begun) * 1000)
                took.append(shown)
        slow, medians[board] = quantiles(took, n=20)[-1], median(took)
        ratio = medians[board] / median(floor)
        figures_ += [
            at_most(f"{board} board, {size} issues, p95", slow, "ms", AIM_MS),
            Figure(f"{board} board, median : find", medians[board], "ms", median(floor), ratio),
        ]
    return figures_, medians


def _busiest() -> dict[str, str]:
    """Of each board whose it is: the query that names who has most."""
    leader, server = _person(Project, "leader"), _person(Project, "commissioner")
    return {
        "district": "",
        "unit": f"?unit={_most(Issue, 'unit')}",
        "department": f"?department_id={_most(Ticket, 'department')}",
        "leader": f"?person_id={leader}",
        "commissioner": f"?person_id={server}",
    }


def _person(kind: type[Document], role: str) -> ObjectId:
    """Who has most of them, now somebody whom the house knows."""
    key = ObjectId(str(_most(kind, role)))
    values = {"name": f"量测{role}", "account": role, "created_at": clock.now()}
    Person(id=key, grants=[Grant(role=role)], **values).save()
    return key


def _most(kind: type[Document], field: str) -> Any:
    pipeline: list[dict[str, Any]] = [
        {"$match": {field: {"$ne": None}}},
        {"$group": {"_id": f"${field}", "n": {"$sum": 1}}},
        {"$sort": {"n": -1}},
        {"$limit": 1},
    ]
    return next(iter(kind.rows().aggregate(pipeline)))["_id"]


def _turn() -> float:
    """Milliseconds of a turn in which some issues have changed."""
    keys = [row["_id"] for row in Issue.rows().find({}, {"_id": 1}).limit(CHANGES)]
    Issue.rows().update_many({"_id": {"$in": keys}}, {"$set": {"urgent": True, "unit": None}})
    begun = time.perf_counter()
    _fold()
    return (time.perf_counter() - begun) * 1000


def _fold() -> None:
    now = clock.now()
    folding.begin(now)
    duties.rows().update_one({"key": folding.FOLD}, {"$set": {"next_at": now}})
    [key] = folding.waiting(now)
    duty = duties.claim(ObjectId(key), now=now, lease=LEASE)
    if duty is None:
        raise RuntimeError("somebody else folds")
    folding.fold(duty, now)


def main(arguments: Sequence[str]) -> None:
    """Measure and print the table."""
    asked = argparse.ArgumentParser(prog="python -m bench.boards", description="Boards.")
    asked.add_argument("--size", type=int, default=SIZE, help="how many issues")
    asked.add_argument("--requests", type=int, default=200, help="of each board")
    given = asked.parse_args(arguments)
    print(figures.table(run(given.size, given.requests)))


if __name__ == "__main__":
    main(sys.argv[1:])
