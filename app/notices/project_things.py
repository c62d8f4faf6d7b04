"""Who is told of what happens to the milestones of a project, which climb the ladder, and its approvals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.foundation.db import Row
from app.foundation.district import pack
from app.notices.ledger import Tell, commissioner, contacts, inspectors, leader, unit_admins
from app.people.finding import People, once, with_role
from app.projects.approvals.documents import Approval
from app.projects.milestones.documents import Milestone
from config.terms import Rung

RUNG = "milestone.rung_"
CLOCK = "resolve"
"""The clock of the ladder that a milestone climbs."""


def responsible(row: Row, project: Row) -> People:
    """Who answers for the milestone by now."""
    found = Milestone.rows().find_one({"_id": row.get("thing_id")}, {"responsible": 1}) or {}
    return once([found.get("responsible")])


def leaders(row: Row, project: Row) -> People:
    """The leader whom the project is linked to, else all."""
    return leader(row, project) or with_role("leader")


def clerks(row: Row, project: Row) -> People:
    """The clerks of the department that the approval is with, its heads where it has none."""
    found = Approval.rows().find_one({"_id": row.get("thing_id")}, {"department": 1}) or {}
    here = {"department": found.get("department")}
    return with_role("clerk", **here) or with_role("head", **here)


def applicants(row: Row, project: Row) -> People:
    """The enterprise and who serves it: those who act on what a department decides."""
    return once(contacts(row, project), commissioner(row, project), unit_admins(row, project))


_LISTENERS: Mapping[str, Tell] = {
    "worker": responsible,
    "head": unit_admins,
    "unit": unit_admins,
    "inspector": inspectors,
    "leader": leaders,
}
TELL: Mapping[str, Tell] = {
    "milestone.assigned": responsible,
    "milestone.moved": responsible,
    "milestone.put_off": responsible,
    "approval.submitted": clerks,
    "approval.returned": applicants,
    "approval.granted": applicants,
    "approval.refused": applicants,
}


def tell_of(event: str) -> Tell:
    """Whom the event is for; a rung is for those whom the pack names. Raises KeyError for another event."""
    if not event.startswith(RUNG):
        return TELL[event]
    rungs = {each.code: each for each in _rungs()}
    tells = [_LISTENERS[each] for each in rungs[event.removeprefix(RUNG)].tells]
    return lambda row, project: once(*(tell(row, project) for tell in tells))


def events() -> frozenset[str]:
    """Every event of this kind in this district."""
    return frozenset({*TELL, *(f"{RUNG}{each.code}" for each in _rungs())})


def params(row: Row) -> dict[str, Any]:
    """What fills the words besides: the `item`, the day it is `due`, how far `over` it is, told `late`."""
    documents = {"milestone": Milestone, "approval": Approval}
    if row.get("thing") not in documents:
        return {}
    thing = documents[row["thing"]].rows().find_one({"_id": row["thing_id"]}) or {}
    data = row.get("data") or {}
    return {
        "item": thing.get("name", ""),
        "due": data.get("due") or thing.get("due_on") or "",
        "over": data.get("over", 0),
        "late": bool(data.get("late", False)),
    }


def _rungs() -> list[Rung]:
    return [each for each in pack().ladder.rungs if each.clock == CLOCK]
