"""Boxes of tickets among a million: how long a list and its counts take.

The tickets are of five years and all departments of the district, a twentieth of them open; departments
differ in size as they do in life. They are stored as the API stores them and then read over HTTP, one
request after the other, with the shipped gunicorn settings: token, session, person, the box, six counts,
names and steps. Those who ask are clerks and heads, drawn by the weight of their departments, and a
dispatcher, who sees all. The floor is one indexed find of as many tickets through pymongo, turn by turn.

`python -m bench.boxes --size 20000` measures fewer.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median, quantiles
from urllib.parse import quote

from bson import ObjectId

from app.departments.documents import Department
from app.issues.documents import Ticket
from app.people.documents import Grant
from bench.rig import figures, tickets
from bench.rig import house as rig
from bench.rig.figures import Figure, at_most
from bench.rig.reads import Reader, reader

AIM_MS = 60
PAGE = 20
CLERKS_EACH = 8
SIZE = 1_000_000
_API = "/api/v1/tickets"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, for which department."""

    token: str
    department: ObjectId


def run(size: int = SIZE, requests: int = 300, askers: int = 40) -> list[Figure]:
    """Store `size` tickets and measure each kind of list: so many requests of so many clerks and heads."""
    with rig.house() as house:
        port = house.serve("wsgi:app")
        departments = [row["_id"] for row in Department.rows().find({}, {"_id": 1}).sort("code", 1)]
        clerks = {each: [ObjectId() for _ in range(CLERKS_EACH)] for each in departments}
        where = random.Random(5).choices(departments, tickets.weights(len(departments)), k=askers)
        staff = {role: _askers(port, role, where, clerks) for role in ("clerk", "head")}
        [(_, desk)] = rig.people(port, [Grant(role="dispatcher")], named="desk")
        tickets.fill(size, clerks)
        with reader(port) as client:
            return _measured(client, size, requests, staff, Asker(desk, departments[0]))


def _measured(
    client: Reader,
    size: int,
    requests: int,
    staff: Mapping[str, Sequence[Asker]],
    desk: Asker,
) -> list[Figure]:
    own = f"{_API}?box=todo&page_size={PAGE}"
    kinds: list[tuple[str, str, Sequence[Asker], bool]] = [
        ("box=todo of a clerk", own, staff["clerk"], True),
        ("box=todo of a head", own, staff["head"], True),
        ("counts of a clerk", f"{_API}/counts", staff["clerk"], True),
        ("counts of a dispatcher", f"{_API}/counts", [desk], True),
        ("box=done of a clerk", f"{_API}?box=done&sort=dispatched", staff["clerk"], False),
        ("box=overdue of a dispatcher", f"{_API}?box=overdue&sort=urgent", [desk], False),
        ("a number of a dispatcher", f"{_API}?box=done&q=0007", [desk], False),
        (
            "rare words of a clerk",
            f"{_API}?box=done&q={quote('变电所旁招工')}",
            staff["clerk"],
            False,
        ),
        ("common words of a clerk", f"{_API}?box=done&q={quote('推迟')}", staff["clerk"], False),
    ]
    found: list[Figure] = []
    for name, path, askers, aimed in kinds:
        took, floor = _turns(client, path, askers, requests)
        label = f"{name} at {size}"
        slow = quantiles(took, n=20)[-1]
        found.append(
            at_most(f"{label}, p95", slow, "ms", AIM_MS)
            if aimed
            else Figure(f"{label}, p95", slow, "ms")
        )
        ratio = median(took) / median(floor)
        found.append(Figure(f"{label}, median : find", median(took), "ms", median(floor), ratio))
    return found


def _turns(
    client: Reader, path: str, askers: Sequence[Asker], requests: int
) -> tuple[list[float], list[float]]:
    """Times of the list and of its floor, in turn, after a few that fill the caches."""
    luck = random.Random(3)
    took, floor = [], []
    for n in range(requests + 10):
        asker = luck.choice(askers)
        list_ms, _ = client.read(path, asker.token)
        find_ms = _timed(partial(_find, asker.department))
        if n >= 10:
            took.append(list_ms)
            floor.append(find_ms)
    return took, floor


def _find(department: ObjectId) -> None:
    wanted = {"department": department, "state": "dispatched"}
    order = [("urgent", -1), ("due_at", 1), ("_id", 1)]
    list(Ticket.rows().find(wanted, hint="department_by_due").sort(order).limit(PAGE))


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _askers(
    port: int,
    role: str,
    where: Sequence[ObjectId],
    clerks: Mapping[ObjectId, list[ObjectId]],
) -> list[Asker]:
    """Somebody in each of these departments, with tickets of their own."""
    made = rig.people(port, [Grant(role=role, department=each) for each in where], named=role)
    for (person, _), department in zip(made, where, strict=True):
        clerks[department].append(person)
    return [Asker(token, each) for (_, token), each in zip(made, where, strict=True)]


def main(arguments: Sequence[str]) -> None:
    """Measure and print the table."""
    asked = argparse.ArgumentParser(prog="python -m bench.boxes", description="Lists of tickets.")
    asked.add_argument("--size", type=int, default=SIZE, help="how many tickets")
    asked.add_argument("--requests", type=int, default=300, help="of each kind")
    given = asked.parse_args(arguments)
    print(figures.table(run(given.size, given.requests)))


if __name__ == "__main__":
    main(sys.argv[1:])
