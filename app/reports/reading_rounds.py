"""What is known of all that somebody serves, in the same few queries for ten places or a thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.serving_documents import ENTERPRISE, PROJECT
from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import pack
from app.issues.documents import Issue
from app.issues.moves import machine_of
from app.people.access import Columns, scope
from app.people.documents import Person
from app.people.who import Who
from app.projects.documents import EXITED, Project
from app.projects.rates.documents import StoredStanding
from app.projects.warnings.documents import OPEN, KeptWarning
from app.reports import quotas
from app.reports.quotas import Quota
from app.visits.documents import ENDED, Visit

ACTION = "rounds.see"
COLUMNS = Columns(owner="commissioner")
_SHOWN = ("name", "unit", "site", "commissioner")
_FIRM = dict.fromkeys((*_SHOWN, "growth_class", "production_on"), 1)
_PROJECT = dict.fromkeys((*_SHOWN, "enterprise"), 1)

Rows = Mapping[ObjectId, Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An enterprise or project (`kind`) that somebody serves, with what makes it pressing.

    `open` counts its open issues without restricted ones, those `overdue` and those `awaiting` a
    confirmation among them; an enterprise's are those of none of the served projects. `production` is the
    local day on which it first produced. `for_whom` names the absent person who serves it.
    """

    kind: str
    id: ObjectId
    name: str
    enterprise: ObjectId | None
    unit: str | None
    point: tuple[float, float] | None
    for_whom: str | None
    production: str | None
    open: int
    overdue: int
    awaiting: int
    red: int
    yellow: int
    last_visit_at: datetime | None
    visited_today: bool
    quota: Quota


def places(who: Who, day: date, now: datetime, tag: str | None = None) -> list[Place]:
    """All that `who` serves, for themselves and for the absent whose deputy they are.

    With a `tag` only enterprises that have it, and their projects.
    """
    theirs = scope(who, ACTION, COLUMNS)
    going: Row = {"$and": [theirs, {"course": {"$ne": EXITED}}]}
    marked: Row = {}
    if tag is not None:
        marked = {"tags": tag}
        homes_of = {"_id": {"$in": Project.rows().distinct("enterprise", going)}, **marked}
        going["$and"].append({"enterprise": {"$in": Enterprise.rows().distinct("_id", homes_of)}})
    firms = _by_id(Enterprise.rows().find({"$and": [theirs, marked]}, _FIRM))
    projects = _by_id(Project.rows().find(going, _PROJECT))
    homes = {row.get("enterprise") for row in projects.values()} - {None, *firms}
    others = _by_id(Enterprise.rows().find({"_id": {"$in": [*homes]}}, _FIRM))
    known = _Known(
        firms={**firms, **others},
        produced=_produced(firms, projects),
        issues=_issues(list(firms), list(projects), now),
        warnings=_warnings(list(projects)),
        visits=_visits(list(firms), list(projects), day),
        names=_names(who),
        me=who.id,
    )
    return [
        *(known.of_firm(row) for row in firms.values()),
        *(known.of_project(row) for row in projects.values()),
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read, by enterprise or project."""

    firms: Rows
    produced: Mapping[ObjectId, str]
    issues: Rows
    warnings: Mapping[ObjectId, Mapping[str, int]]
    visits: Rows
    names: Mapping[ObjectId, str]
    me: ObjectId

    def of_firm(self, row: Row) -> Place:
        """An enterprise."""
        first = [day for day in (row.get("production_on"), self.produced.get(row["_id"])) if day]
        wanted = quotas.wanted(row.get("growth_class"))
        return self._place(
            ENTERPRISE,
            row,
            enterprise=row["_id"],
            site=row.get("site"),
            production=min(first, default=None),
            quota=Quota(wanted, self.visits.get(row["_id"], {}).get("month", 0)),
        )

    def of_project(self, row: Row) -> Place:
        """A project; it lies where its enterprise does, unless it says where."""
        home = self.firms.get(row.get("enterprise"), {})  # type: ignore[arg-type]
        return self._place(
            PROJECT,
            row,
            enterprise=row.get("enterprise"),
            site=row.get("site") or home.get("site"),
            production=self.produced.get(row["_id"]),
            quota=Quota(0, 0),
        )

    def _place(
        self,
        kind: str,
        row: Row,
        *,
        enterprise: ObjectId | None,
        site: Row | None,
        production: str | None,
        quota: Quota,
    ) -> Place:
        key: ObjectId = row["_id"]
        issues, visits = self.issues.get(key, {}), self.visits.get(key, {})
        warnings = self.warnings.get(key, {})
        server = row["commissioner"]
        return Place(
            kind=kind,
            id=key,
            name=row["name"],
            enterprise=enterprise,
            unit=row.get("unit"),
            point=(site["coordinates"][1], site["coordinates"][0]) if site else None,
            for_whom=self.names.get(server, "") if server != self.me else None,
            production=production,
            open=issues.get("open", 0),
            overdue=issues.get("overdue", 0),
            awaiting=issues.get("awaiting", 0),
            red=warnings.get("red", 0),
            yellow=warnings.get("yellow", 0),
            last_visit_at=visits.get("last"),
            visited_today=visits.get("today", 0) > 0,
            quota=quota,
        )


def _produced(firms: Rows, projects: Rows) -> dict[ObjectId, str]:
    """The first day of production of each project, and of each enterprise by its projects."""
    of = {"$or": [{"_id": {"$in": [*projects]}}, {"enterprise": {"$in": [*firms]}}]}
    known = {**of, "dates.production": {"$exists": True}}
    found: dict[ObjectId, str] = {}
    for row in StoredStanding.rows().find(known, {"enterprise": 1, "dates.production": 1}):
        day = row["dates"]["production"]
        for key in (row["_id"], row.get("enterprise")):
            if key is not None:
                found[key] = min(day, found.get(key, day))
    return found


def _issues(firms: Sequence[ObjectId], projects: Sequence[ObjectId], now: datetime) -> Rows:
    """Open issues of each: how many, how many of them overdue, how many await a confirmation."""
    unended = {"state": {"$nin": list(machine_of("issue").ended)}, "restricted": None}
    answered: Row = {"$eq": ["$state", "answered"]}
    due = {"$ifNull": ["$promise.resolve_by", now]}
    overdue: Row = {"$and": [{"$not": [answered]}, {"$lt": [due, now]}]}
    found: dict[ObjectId, Row] = {}
    for field, match in (
        (PROJECT, {"project": {"$in": projects}}),
        (ENTERPRISE, {"enterprise": {"$in": firms}, "project": {"$nin": projects}}),
    ):
        counted: Row = {
            "_id": f"${field}",
            "open": {"$sum": 1},
            "overdue": _how_many(overdue),
            "awaiting": _how_many(answered),
        }
        pipeline: list[Row] = [{"$match": {**match, **unended}}, {"$group": counted}]
        found |= _by_id(Issue.rows().aggregate(pipeline))
    return found


def _visits(firms: Sequence[ObjectId], projects: Sequence[ObjectId], day: date) -> Rows:
    """When each was last visited by anybody up to that day, how often in its month, how often on it.

    What counts for the month are visits that are over.
    """
    begin = datetime.combine(day, time(), pack().zone)
    end = begin + timedelta(days=1)
    month = datetime.combine(days.month(days.month_of(day)), time(), pack().zone)
    over: Row = {"$eq": ["$state", ENDED]}
    found: dict[ObjectId, Row] = {}
    for field, keys in ((ENTERPRISE, firms), (PROJECT, projects)):
        counted: Row = {
            "_id": f"${field}",
            "last": {"$max": "$started_at"},
            "month": _how_many({"$and": [{"$gte": ["$started_at", month]}, over]}),
            "today": _how_many({"$gte": ["$started_at", begin]}),
        }
        match = {field: {"$in": keys}, "started_at": {"$lt": end}}
        found |= _by_id(Visit.rows().aggregate([{"$match": match}, {"$group": counted}]))
    return found


def _warnings(projects: Sequence[ObjectId]) -> dict[ObjectId, dict[str, int]]:
    """How many open warnings of each level each project has; one that was acknowledged has its plan."""
    opened: Row = {"project": {"$in": projects}, "state": OPEN}
    levels: Row = {"_id": {"of": "$project", "level": "$level"}, "n": {"$sum": 1}}
    found: dict[ObjectId, dict[str, int]] = defaultdict(dict)
    for row in KeptWarning.rows().aggregate([{"$match": opened}, {"$group": levels}]):
        found[row["_id"]["of"]][row["_id"]["level"]] = row["n"]
    return found


def _names(who: Who) -> dict[ObjectId, str]:
    """The names of the absent that `who` stands in for."""
    rows: Any = Person.rows().find({"_id": {"$in": list(who.standing_for)}}, {"name": 1})
    return {row["_id"]: row["name"] for row in rows}


def _how_many(when: Row) -> Row:
    return {"$sum": {"$cond": [when, 1, 0]}}


def _by_id(rows: Any) -> dict[ObjectId, Row]:
    return {row["_id"]: row for row in rows}
