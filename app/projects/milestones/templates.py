"""Laying a template of milestones over a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from app.calendars import registry
from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.entries import STANDING
from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from app.people.documents import Person
from app.people.who import Who
from app.projects.milestones.documents import Milestone
from app.projects.milestones.register import REGISTER, may_be_responsible
from app.projects.queries import see_project
from app.projects.stages.documents import ACTUAL, PLANNED, StageEntry
from app.registers.fields import Value
from app.registers.register import Line
from app.registers.several import state_all
from app.registers.stating import batch_of
from app.sla.calendar import WorkingCalendar
from config.milestone_terms import MilestoneTemplate, Step

Days = Mapping[str, date]


def lay(
    who: Who, project_key: str, *, template: str | None, person_id: str | None, now: datetime
) -> list[Row]:
    """Give the project the milestones of a template, by default that of its kind: those that are new.

    What it has by code already, and what belongs to a stage that it has come to, is left out. Where nobody
    holds the role that a milestone asks for, `person_id` is responsible. Raises NotFound, Forbidden; Invalid
    for an unknown template, and naming the milestones that nobody would answer for.
    """
    project = see_project(who, project_key).to_mongo().to_dict()
    chosen = _chosen(template, project["kind"])
    calendar, today = registry.current(), days.today(now)
    planned, came = _stage_days(project["_id"])
    has = {row["code"]: date.fromisoformat(row["due_on"]) for row in _standing(project["_id"])}
    due = due_days(chosen, planned, has, today, calendar)
    steps = [step for step in chosen.steps if step.code not in has and step.stage not in came]
    people = _responsible(steps, project, person_id)
    there = {*has, *(step.code for step in steps)}
    lines = [
        _line(n, project, step, due[step.code], people[step.code], there)
        for n, step in enumerate(steps, start=1)
    ]
    batch = batch_of(who, now)
    return [draft.after for draft in state_all(REGISTER, batch, lines)]


def due_days(
    template: MilestoneTemplate,
    planned: Days,
    has: Days,
    today: date,
    calendar: WorkingCalendar,
) -> dict[str, date]:
    """When each step of a template is due: by the planned day of its stage, else after its prerequisites.

    `has` are the days of those that a project has already, by code. Never before today, nor before what it
    depends on, and on a working day.
    """
    found: dict[str, date] = dict(has)
    for step in template.steps:
        if step.code in has:
            continue
        earliest = max((found[code] for code in step.depends_on), default=today)
        wanted = earliest + timedelta(days=step.else_days)
        if step.stage in planned:
            wanted = planned[step.stage] + timedelta(days=step.days)
        found[step.code] = calendar.add_working_days(max(wanted, earliest, today), 0)
    return found


def who_is(role: str, project: Mapping[str, Any]) -> ObjectId | None:
    """Who holds a role for a stored project: its commissioner, its leader, an admin of its unit, or any.

    None where nobody does who is here and may know of it.
    """
    if role in ("unit_admin", "admin"):
        unit = {"unit": project["unit"]} if role == "unit_admin" else {}
        held = {"$elemMatch": {"role": role, **unit}}
        row = Person.rows().find_one({"grants": held, "active": True}, sort=[("_id", 1)])
    else:
        row = Person.rows().find_one({"_id": project.get(role)}) if project.get(role) else None
    return row["_id"] if row is not None and may_be_responsible(row, project) else None


def _chosen(code: str | None, kind: str) -> MilestoneTemplate:
    terms = pack().milestones
    found = terms.template(code) if code else terms.template_for(kind)
    if found is None:
        raise Invalid(
            "request.invalid", fields={"template": [Reason("milestone.no_such_template")]}
        )
    return found


def _standing(project: ObjectId) -> list[Row]:
    return list(Milestone.rows().find({"project": project}, {"code": 1, "due_on": 1}))


def _stage_days(project: ObjectId) -> tuple[Days, set[str]]:
    """The planned day of each stage, the earliest of its phases, and the stages that it has come to."""
    planned: dict[str, date] = {}
    came: set[str] = set()
    for row in StageEntry.rows().find({"project": project, **STANDING}).sort("on", -1):
        if row["kind"] == PLANNED:
            planned[row["stage"]] = date.fromisoformat(row["on"])
        elif row["kind"] == ACTUAL:
            came.add(row["stage"])
    return planned, came


def _responsible(
    steps: Sequence[Step], project: Mapping[str, Any], person_id: str | None
) -> dict[str, str]:
    roles = {step.responsible for step in steps}
    held = {role: who_is(role, project) for role in roles}
    found = {step.code: str(held[step.responsible] or person_id or "") for step in steps}
    if missing := [step.name for step in steps if not found[step.code]]:
        names = "、".join(missing)
        raise Invalid("milestone.nobody_responsible", names=names, fields={"person_id": missing})
    return found


def _line(n: int, project: Row, step: Step, due: date, person: str, there: set[str]) -> Line:
    values: dict[str, Value] = {
        "project": str(project["_id"]),
        "code": step.code,
        "name": step.name,
        "due_on": due.isoformat(),
        "responsible": person,
        "stage": step.stage,
        "depends_on": tuple(code for code in step.depends_on if code in there),
    }
    return Line(n, values)
