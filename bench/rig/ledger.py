"""Projects of many years with their stages, plans and figures, stored as the API stores them."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bson import Decimal128, ObjectId
from pymongo import IndexModel
from pymongo.collection import Collection
from pymongo.write_concern import WriteConcern

from app.foundation import amounts, clock, days
from app.foundation.changes import stamped_insert
from app.foundation.db import Row
from app.foundation.district import pack
from app.projects.documents import LEVELS, Project, size_class
from app.projects.figures.documents import FigureEntry, PlanEntry, about_figure, about_plan
from app.projects.rates.documents import PastParticulars, StoredStanding
from app.projects.rates.standing import particulars, row_of, standing_of
from app.projects.stages.documents import StageEntry, about

YEARS = 6
INDUSTRIES = tuple(f"industry{n:02}" for n in range(12))
LEADERS, COMMISSIONERS = 30, 150
FIGURES = 8
"""Of a project that is built or works, months that are stated: about ten entries a project in all."""
_BATCH = 2000
_STEPS = (
    ("signed", 1.0, 0),
    ("filed", 0.85, 60),
    ("started", 0.75, 200),
    ("completed", 0.7, 400),
    ("production", 0.9, 90),
)
"""Each step, how many of those at the step before come to it, and the mean days that takes."""
_EXITS = 0.06


@dataclass(frozen=True, slots=True)
class Made:
    """A project with its entries."""

    project: Row
    stages: list[Row]
    plans: list[Row]
    figures: list[Row]


def fill(size: int, seed: int = 7) -> int:
    """Store `size` projects with entries and standings, not their cells; how many entries that is."""
    kinds = (Project, StageEntry, PlanEntry, FigureEntry, StoredStanding, PastParticulars)
    indexes = {kind: _taken_down(kind.rows()) for kind in kinds}
    now, terms = clock.now(), pack().rates.target
    made = _projects(random.Random(seed), size, now)
    entries = 0
    for start in range(0, size, _BATCH):
        if start % 10_000 == 0:
            print(f"storing projects: {start} of {size}", file=sys.stderr, flush=True)
        batch = [next(made) for _ in range(min(_BATCH, size - start))]
        standings = [
            row_of(standing_of(each.project, each.stages, each.plans, each.figures, now, terms))
            for each in batch
        ]
        past = {"known_at": now, "superseded_at": None}
        rows: dict[Any, list[Row]] = {
            Project: [each.project for each in batch],
            StageEntry: [row for each in batch for row in each.stages],
            PlanEntry: [row for each in batch for row in each.plans],
            FigureEntry: [row for each in batch for row in each.figures],
            StoredStanding: [{**row, "version": 1} for row in standings],
            PastParticulars: [
                {"_id": ObjectId(), "project": row["_id"], **past, **particulars(row)}
                for row in standings
            ],
        }
        for kind, some in rows.items():
            _insert(kind, some)
        entries += sum(len(rows[kind]) for kind in (StageEntry, PlanEntry, FigureEntry))
    for kind, those in indexes.items():
        if those:
            kind.rows().create_indexes(those)
    Project.rows().database.client.admin.command("fsync")
    return entries


def _insert(kind: type[Any], rows: Sequence[Row]) -> None:
    tracked = kind is not PastParticulars
    stamped = [stamped_insert(row) for row in rows] if tracked else list(rows)
    if stamped:
        bare = kind.rows().with_options(write_concern=WriteConcern(1))
        bare.database[bare.name].insert_many(stamped, ordered=False)


def _taken_down(rows: Collection[Row]) -> list[IndexModel]:
    kept = []
    for name, found in rows.index_information().items():
        if name != "_id_":
            options = {k: v for k, v in found.items() if k not in ("v", "key")}
            kept.append(IndexModel(found["key"], name=name, **options))
            rows.drop_index(name)
    return kept


def _projects(luck: random.Random, size: int, now: datetime) -> Iterator[Made]:
    today = days.today(now)
    units = [unit.code for unit in pack().units]
    weights = [1 / (n + 3) for n in range(len(units))]
    leaders = [ObjectId() for _ in range(LEADERS)]
    servers = [ObjectId() for _ in range(COMMISSIONERS)]
    for number in range(size):
        key, worth = ObjectId(), Decimal(round(luck.lognormvariate(9, 1.1)))
        project = {
            "_id": key,
            "code": f"XM{number:06}",
            "name": f"量测项目{number}",
            "enterprise": None,
            "unit": luck.choices(units, weights)[0],
            "industry": luck.choice(INDUSTRIES),
            "level": luck.choices(LEVELS, (1, 4, 20))[0],
            "kind": luck.choice(("new", "expansion")),
            "course": "going",
            "investment": amounts.stored(worth),
            "size_class": size_class(worth),
            "promised_sales": amounts.stored(worth * 2),
            "promised_tax": amounts.stored(worth / 10),
            "land_mu": amounts.stored(Decimal(luck.randint(10, 300))),
            "leader": luck.choice(leaders) if luck.random() < 0.3 else None,
            "commissioner": luck.choice(servers),
            "synthetic": True,
            "created_at": now,
            "version": 1,
        }
        yield _entered(luck, project, worth, today, now)


def _entered(luck: random.Random, project: Row, worth: Decimal, today: date, now: datetime) -> Made:
    key = project["_id"]
    dates = _dates(luck, today)
    project["stage"] = list(dates)[-1]
    stages = [_stage(key, stage, on, "actual", now) for stage, on in dates.items()]
    planned = dates["signed"] + timedelta(300)
    stages.append(_stage(key, "started", planned, "planned", now))
    if luck.random() < _EXITS:
        left = min(today, dates["signed"] + timedelta(luck.randint(100, 900)))
        stages.append(_stage(key, "exited", left, "actual", now, turn=1))
        project["course"] = "exited"
    began = dates.get("started")
    if began is None:
        return Made(project, stages, [], [])
    years = range(began.year, min(dates.get("completed", today).year, began.year + 2) + 1)
    plans = [
        _plan(key, year, amounts.stored((worth / len(years)).quantize(Decimal("0.01"))), now)
        for year in years
    ]
    months = _months(began, today)
    chosen = months[-FIGURES:] if luck.random() < 0.5 else months[:FIGURES]
    return Made(project, stages, plans, [_figure(luck, key, each, worth, now) for each in chosen])


def _dates(luck: random.Random, today: date) -> dict[str, date]:
    found: dict[str, date] = {}
    day = today - timedelta(luck.randint(0, YEARS * 365))
    for stage, share, mean in _STEPS:
        day += timedelta(int(luck.expovariate(1 / mean)) if mean else 0)
        if day > today or luck.random() > share:
            break
        found[stage] = day
    return found or {"signed": day}


def _months(first: date, today: date) -> list[str]:
    count = days.months_between(first.replace(day=1), today)
    return [days.month_of(days.months_later(first.replace(day=1), n)) for n in range(count)]


def _signed(key: str, now: datetime) -> Row:
    """What all entries have."""
    return {
        "_id": ObjectId(),
        "about": key,
        "known_at": now,
        "superseded_at": None,
        "supersedes": None,
        "void": False,
        "by": None,
        "by_name": "量测",
        "role": "service",
        "reason": "",
        "source": "bench",
        "historic": True,
    }


def _stage(key: ObjectId, stage: str, on: date, kind: str, now: datetime, turn: int = 0) -> Row:
    return {
        **_signed(about(key, 0, stage, kind, turn), now),
        **{"project": key, "phase": 0, "stage": stage, "kind": kind, "turn": turn},
        **{"on": on.isoformat(), "photos": [], "evidence_missing": True, "note": ""},
    }


def _plan(key: ObjectId, year: int, amount: Decimal128, now: datetime) -> Row:
    money = {"investment": amount, "first": amount}
    return {**_signed(about_plan(key, year), now), "project": key, "year": year, **money}


def _figure(luck: random.Random, key: ObjectId, month: str, worth: Decimal, now: datetime) -> Row:
    share = Decimal(luck.randint(0, 60)) / 1000
    return {
        **_signed(about_figure("project", key, month), now),
        **{"kind": "project", "subject": key, "month": month, "correction": False},
        "actual_investment": amounts.stored((worth * share).quantize(Decimal("0.01"))),
        "sales": amounts.stored((worth * share * 3).quantize(Decimal("0.01"))),
        "tax": amounts.stored((worth * share / 8).quantize(Decimal("0.01"))),
    }
