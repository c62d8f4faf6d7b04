"""The portrait of a project among 100,000: everything that one call shows, over HTTP.

Some of the projects have what a portrait shows of a busy one: milestones, visits, open issues, approvals,
warnings. Those are asked for in turn, by a leader and by who serves them. The floor is one indexed find of
the project's standing through pymongo, turn by turn.

`python -m bench.portrait --size 5000` measures fewer.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from statistics import median, quantiles
from typing import Any

from bson import ObjectId

from app.departments.documents import Department
from app.foundation import clock, days
from app.foundation.db import Row
from app.foundation.district import pack
from app.issues.documents import Issue
from app.people.documents import Grant
from app.projects.approvals.documents import Approval
from app.projects.documents import Project
from app.projects.forecasts import paces
from app.projects.milestones.documents import Milestone
from app.projects.rates import rebuilding
from app.projects.rates.documents import StoredStanding
from app.visits.documents import Visit
from bench.rig import figures, ledger
from bench.rig import house as rig
from bench.rig.figures import Figure, at_most
from bench.rig.reads import Reader, reader

SIZE, BUSY = 100_000, 200
AIM_MS = 60
VISITS, ISSUES, MILESTONES = 12, 8, 10


def run(size: int = SIZE, requests: int = 300) -> list[Figure]:
    """Store `size` projects, make some busy, and measure their portraits."""
    with rig.house() as house:
        port = house.serve("wsgi:app")
        [(_, leader)] = rig.people(port, [Grant(role="leader")], named="leader")
        [(server, own)] = rig.people(port, [Grant(role="commissioner")], named="server")
        ledger.fill(size)
        rebuilding.rebuild()
        keys = [row["_id"] for row in Project.rows().find({}, {"_id": 1}).limit(BUSY)]
        Project.rows().update_many({"_id": {"$in": keys}}, {"$set": {"commissioner": server}})
        _busy(keys, server)
        paces.remake(clock.now())
        with reader(port) as client:
            return [
                *_measured(client, "of a leader", leader, keys, requests),
                *_measured(client, "of who serves it", own, keys, requests),
            ]


def _measured(
    client: Reader, name: str, token: str, keys: Sequence[ObjectId], requests: int
) -> list[Figure]:
    took: list[float] = []
    floor: list[float] = []
    for n in range(requests + 10):
        key = keys[n % len(keys)]
        shown, _ = client.read(f"/api/v1/projects/{key}/portrait", token)
        begun = time.perf_counter()
        StoredStanding.rows().find_one({"_id": key})
        found = (time.perf_counter() - begun) * 1000
        if n >= 10:  # connections are made and caches filled before it counts
            took.append(shown)
            floor.append(found)
    ratio = median(took) / median(floor)
    return [
        at_most(f"portrait {name}, p95", quantiles(took, n=20)[-1], "ms", AIM_MS),
        Figure(f"portrait {name}, median : find", median(took), "ms", median(floor), ratio),
    ]


def _busy(keys: Sequence[ObjectId], server: ObjectId) -> None:
    """Give each of the projects what a busy one has."""
    now = clock.now()
    department = Department.rows().find_one({}, {"_id": 1}) or {}
    for kind, make in ((Visit, _visits), (Issue, _issues), (Milestone, _milestones)):
        rows = [row for key in keys for row in make(key, server, now)]
        kind.rows().insert_many(rows)
    Approval.rows().insert_many(
        [row for key in keys for row in _approvals(key, department["_id"], now)]
    )


def _visits(project: ObjectId, server: ObjectId, now: Any) -> list[Row]:
    return [
        Visit(
            owner=server,
            client_id=f"{project}{n}",
            fingerprint="bench",
            state="ended",
            project=project,
            started_at=now - timedelta(days=20 * n),
            created_at=now,
            updated_at=now,
        ).to_mongo()
        for n in range(VISITS)
    ]


def _issues(project: ObjectId, server: ObjectId, now: Any) -> list[Row]:
    factors = [each.code for each in pack().categories if each.factor]
    return [
        Issue(
            owner=server,
            client_id=f"{project}{n}",
            fingerprint="bench",
            number=f"B{project}{n}",
            kind="request",
            state="submitted",
            text="工地临时用电还没有接通，变压器报装卡住了",
            category=factors[n % len(factors)],
            project=project,
            commissioner=server,
            created_at=now - timedelta(days=n),
        ).to_mongo()
        for n in range(ISSUES)
    ]


def _milestones(project: ObjectId, server: ObjectId, now: Any) -> list[Row]:
    today = days.today(now)
    return [
        Milestone(
            project=project,
            code=f"N{n}",
            name="完成土建",
            due_on=str(today + timedelta(days=30 * n)),
            responsible=server,
            depends_on=[f"N{n - 1}"] if n else [],
            created_at=now,
        ).to_mongo()
        for n in range(MILESTONES)
    ]


def _approvals(project: ObjectId, department: ObjectId, now: Any) -> list[Row]:
    return [
        Approval(
            project=project,
            item=each.code,
            name=each.name,
            department=department,
            leads_to=each.leads_to,
            since=each.since,
            after=list(each.after),
            clock=asdict(each.clock),
            created_at=now,
        ).to_mongo()
        for each in pack().approvals.items
    ]


def main(arguments: Sequence[str]) -> None:
    """Measure and print the table."""
    asked = argparse.ArgumentParser(prog="python -m bench.portrait", description="Portraits.")
    asked.add_argument("--size", type=int, default=SIZE, help="how many projects")
    asked.add_argument("--requests", type=int, default=300, help="of each reader")
    given = asked.parse_args(arguments)
    print(figures.table(run(given.size, given.requests)))


if __name__ == "__main__":
    main(sys.argv[1:])
