"""Reading the facts that warnings are judged by, of many projects at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from bson import ObjectId

from app.foundation import amounts, days
from app.foundation.amounts import ZERO
from app.projects import delays
from app.projects.land.documents import Parcel
from app.projects.milestones.documents import OPEN, Milestone
from app.projects.warnings.documents import Falsification
from app.projects.warnings.facts import Facts, Node

_SHARE = Decimal("0.001")


def facts_of(projects: Sequence[ObjectId], today: date) -> Mapping[ObjectId, Facts]:
    """The facts of these projects by a day; those of which there are none are left out."""
    off = delays.by_government(projects, today)
    nodes = _overdue(projects, today)
    land = _land(projects)
    falsified = _falsified(projects)
    return {
        key: Facts(
            off=off.get(key, ()),
            milestones=tuple(nodes.get(key, ())),
            land_start=land.get(key, (None, None))[0],
            developed=land.get(key, (None, None))[1],
            falsified=tuple(falsified.get(key, ())),
        )
        for key in {*off, *nodes, *land, *falsified}
    }


def _overdue(projects: Sequence[ObjectId], today: date) -> dict[ObjectId, list[Node]]:
    """Open milestones past their day, but for those that a warning made: it would feed itself."""
    late = {"state": OPEN, "due_on": {"$lt": today.isoformat()}, "warning": None}
    query = {"project": {"$in": list(projects)}, **late}
    shown = {"project": 1, "name": 1, "due_on": 1, "created_at": 1}
    found: dict[ObjectId, list[Node]] = {}
    for row in Milestone.rows().find(query, shown).sort([("due_on", 1), ("_id", 1)]):
        made, due = days.today(row["created_at"]), date.fromisoformat(row["due_on"])
        found.setdefault(row["project"], []).append(Node(row["name"], min(made, due), due))
    return found


def _land(
    projects: Sequence[ObjectId],
) -> dict[ObjectId, tuple[date | None, Decimal | None]]:
    """The earliest start that a land contract names; the share of all the land that is developed, 0 to 1.

    Land of which that is not known is left out of the share.
    """
    shown = dict.fromkeys(("project", "mu", "contract_start_on", "developed_percent"), 1)
    rows: dict[ObjectId, list[Mapping[str, object]]] = {}
    for row in Parcel.rows().find({"project": {"$in": list(projects)}}, shown):
        rows.setdefault(row["project"], []).append(row)
    found: dict[ObjectId, tuple[date | None, Decimal | None]] = {}
    for project, parcels in rows.items():
        starts = [str(each["contract_start_on"]) for each in parcels if each["contract_start_on"]]
        start = date.fromisoformat(min(starts)) if starts else None
        found[project] = (start, _developed(parcels))
    return found


def _developed(parcels: Sequence[Mapping[str, object]]) -> Decimal | None:
    known = [
        (amounts.read(each["mu"]) or ZERO, int(str(each["developed_percent"])))
        for each in parcels
        if each.get("developed_percent") is not None
    ]
    whole = sum((mu for mu, _ in known), start=ZERO)
    if not whole:
        return None
    return (sum((mu * percent for mu, percent in known), start=ZERO) / whole / 100).quantize(_SHARE)


def _falsified(projects: Sequence[ObjectId]) -> dict[ObjectId, list[date]]:
    query = {"project": {"$in": list(projects)}, "withdrawn": None}
    found: dict[ObjectId, list[date]] = {}
    for row in Falsification.rows().find(query, {"project": 1, "on": 1}).sort("on", 1):
        found.setdefault(row["project"], []).append(date.fromisoformat(row["on"]))
    return found
