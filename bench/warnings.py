"""Warnings of a whole district judged in one night, by one process.

The standings are stored in bulk as the house stores them, of projects at every stage, with parcels,
milestones and delays that government caused; some are behind. The first night finds all warnings there are
to be opened; the second, a day later, finds what that day brought, as any night does. A night is all of it:
the duty that owes the slices, each slice, units too. The floor is reading all standings once.

`python -m bench.warnings --size 10000` measures fewer.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bson import Decimal128, ObjectId
from pymongo.write_concern import WriteConcern

from app.foundation import clock, days, duties
from app.foundation.db import Row
from app.foundation.district import pack
from app.people.documents import Grant, Person
from app.projects.delays import Delay
from app.projects.documents import Project
from app.projects.land.documents import Parcel
from app.projects.rates.documents import StoredStanding
from app.projects.rates.standing import Standing, Year, row_of
from app.projects.warnings import keeping, nightly
from app.projects.warnings.documents import KeptWarning
from bench.rig import figures
from bench.rig import house as rig
from bench.rig.figures import Figure, at_most

SIZE = 100_000
AIM_SECONDS = 60
_BATCH = 2000
_CENT = Decimal("0.01")
_LEASE = timedelta(minutes=10)
_PATH = ("signed", "filed", "land", "started", "completed", "certificate", "production")


def run(size: int = SIZE) -> list[Figure]:
    """Store so many projects and judge them two nights on end."""
    with rig.house():
        now = clock.now()
        _store(size, now)
        floor = _timed(lambda: sum(1 for _ in StoredStanding.rows().find()))
        first = _timed(lambda: _night(now))
        found = KeptWarning.rows().count_documents({})
        red = KeptWarning.rows().count_documents({"level": "red"})
        second = _timed(lambda: _night(now + timedelta(days=1)))
        more = KeptWarning.rows().count_documents({}) - found
    label = f"warnings of {size} projects"
    return [
        at_most(f"{label}, a night", second, "s", AIM_SECONDS),
        Figure(f"{label}, opened in it", more, "warnings"),
        Figure(f"{label}, a night : reading all", second, "s", floor, second / floor),
        Figure(f"{label}, the first night", first, "s"),
        Figure(f"{label}, opened in it first", found, "warnings"),
        Figure(f"{label}, of them red", red, "warnings"),
    ]


def _night(now: datetime) -> None:
    nightly.begin(now)
    kinds = (nightly.KIND, nightly.JUDGE)
    duties.rows().update_many({"kind": kinds[0], "state": "due"}, {"$set": {"next_at": now}})
    work = dict(zip(kinds, (nightly.judge_all, keeping.judge), strict=True))
    for kind in kinds:
        waiting = {"kind": kind, "state": "due", "next_at": {"$lte": now}}
        for row in list(duties.rows().find(waiting, {"_id": 1})):
            duty = duties.claim(row["_id"], now=now, lease=_LEASE)
            assert duty is not None
            work[kind](duty, now)


def _store(size: int, now: datetime) -> None:
    luck = random.Random(size)
    commissioners = [
        Person(name=f"专员{n}", grants=[Grant(role="commissioner")], created_at=now).insert().id
        for n in range(100)
    ]
    made = _projects(luck, size, commissioners, now)
    for start in range(0, size, _BATCH):
        if start % 20_000 == 0:
            print(f"storing projects: {start} of {size}", file=sys.stderr, flush=True)
        batch = [next(made) for _ in range(min(_BATCH, size - start))]
        for kind, rows in zip(
            (Project, StoredStanding, Parcel, Delay), zip(*batch, strict=True), strict=True
        ):
            bare = kind.rows().with_options(write_concern=WriteConcern(1))
            if some := [row for row in rows if row is not None]:
                bare.insert_many(some, ordered=False)


def _projects(
    luck: random.Random, size: int, commissioners: Sequence[ObjectId], now: datetime
) -> Iterator[tuple[Row, Row, Row | None, Row | None]]:
    """Each a project, its standing, a parcel of its land or none, a delay of it or none."""
    units = [each.code for each in pack().units]
    for n in range(size):
        standing = _standing(luck, n, luck.choice(units), luck.choice(commissioners), now)
        project = {
            "_id": standing.id,
            "code": standing.code,
            "name": standing.name,
            "unit": standing.unit,
            "commissioner": standing.commissioner,
            "stage": "started",
            "course": standing.course,
            "created_at": now,
            "version": 1,
        }
        parcel = _parcel(luck, n, standing) if "land" in standing.dates else None
        delay = _delay(luck, n, standing) if luck.random() < 0.05 else None
        yield project, {**row_of(standing), "version": 1}, parcel, delay


def _standing(
    luck: random.Random, n: int, unit: str, commissioner: ObjectId, now: datetime
) -> Standing:
    """On its way for up to six years, nine of ten as planned."""
    today, behind = days.today(now), luck.random() < 0.1
    dates, at = _way(luck, today, behind)
    ahead = _PATH[len(dates) : len(dates) + 1]
    return Standing(
        id=ObjectId(),
        code=f"XM{n:07d}",
        name=f"量测项目{n}",
        enterprise=None,
        unit=unit,
        industry="equipment",
        level="district",
        kind="new",
        size_class=None,
        leader=None,
        commissioner=commissioner,
        land_mu=None,
        dates=dates,
        planned=dict.fromkeys(ahead, at + timedelta(days=0 if behind else 60)),
        course="going",
        suspended_since=None,
        suspensions=(),
        exited_on=None,
        on_target_on=None,
        zero_months=0,
        last_month=f"{today.year}-10",
        made_at=now,
        **_money(luck, today, behind),
    )


def _way(luck: random.Random, today: date, behind: bool) -> tuple[dict[str, date], date]:
    """The days of the stages that came, and that of the next."""
    at, dates = today - timedelta(days=luck.randrange(30, 2200)), {}
    for stage in _PATH:
        dates[stage] = at
        at += timedelta(days=luck.randrange(40, 140) * (4 if behind else 1))
        if at > today:
            break
    return dates, at


def _money(luck: random.Random, today: date, behind: bool) -> Row:
    total = Decimal(luck.randrange(3_000, 90_000))
    spent = total * luck.randrange(60, 100) / 100
    plan = (total / 4).quantize(_CENT)
    monthly = (plan / 12 * (Decimal("0.3") if behind else Decimal(1))).quantize(_CENT)
    of_year = Year(plan, plan, (monthly,) * 12)
    return {
        "investment": total,
        "promised_sales": total,
        "promised_tax": total / 20,
        "years": {str(today.year - back): of_year for back in (2, 1, 0)},
        "invested": spent,
        "paid_in": spent,
        "sales12": spent * (Decimal("0.4") if behind else Decimal(1)),
        "tax12": spent / 20,
    }


def _parcel(luck: random.Random, n: int, standing: Standing) -> dict[str, Any]:
    start = standing.dates["land"] + timedelta(days=180)
    return {
        "code": f"P{n:07d}",
        "unit": standing.unit,
        "mu": Decimal128("40.000"),
        "state": "used",
        "project": standing.id,
        "contract_start_on": start.isoformat(),
        "developed_percent": luck.randrange(0, 100),
        "changed": None,
    }


def _delay(luck: random.Random, n: int, standing: Standing) -> dict[str, Any]:
    since = standing.dates["signed"] + timedelta(days=luck.randrange(0, 200))
    return {
        "project": standing.id,
        "since": since.isoformat(),
        "until": (since + timedelta(days=luck.randrange(5, 90))).isoformat(),
        "cause": luck.choice(("government", "enterprise")),
        "withdrawn": None,
        "by": standing.commissioner,
        "client_id": str(n),
    }


def _timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main(arguments: Sequence[str]) -> None:
    """Measure and print the table."""
    asked = argparse.ArgumentParser(prog="python -m bench.warnings", description="A night.")
    asked.add_argument("--size", type=int, default=SIZE, help="how many projects")
    print(figures.table(run(asked.parse_args(arguments).size)))


if __name__ == "__main__":
    main(sys.argv[1:])
