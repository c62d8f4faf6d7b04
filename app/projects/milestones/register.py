"""The register of milestones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.calendars import registry
from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.entries import PHONE
from app.foundation.writes import take_turns
from app.people.access import allowed
from app.people.announcing import announce
from app.people.documents import Person
from app.people.login import as_who
from app.projects.documents import Project
from app.projects.graphs import Cyclic, order
from app.projects.milestones import climbing
from app.projects.milestones.documents import DONE, OPEN, Milestone
from app.projects.register import STAGE_CHOICES
from app.projects.ties import COLUMNS, HISTORY, owe_judging, project_ties
from app.registers.fields import Choice, Choices, Day, Field, Ref, Unfit, Value
from app.registers.register import NEW, Batch, Draft, Register, touched
from app.sla.calendar import WorkingCalendar

CODE_LENGTH = 60
_OWED = ("due_on", "responsible")
"""What is moved with a reason only."""
KEPT = (*_OWED, "depends_on", "done_on")
"""What stays once it is done or cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes(Choices):
    """Several codes of whatever stands in the same register."""

    def read(self, text: str) -> Value:
        """The codes, each once. Raises Unfit."""
        parts = [part for part in text.replace("、", ",").replace("，", ",").split(",") if part]
        found = tuple(dict.fromkeys(part.strip() for part in parts))
        if any(len(each) > CODE_LENGTH for each in found):
            raise Unfit("register.too_long", most=CODE_LENGTH)
        return found


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    calendar = registry.current()
    people = _people(drafts)
    for draft in drafts:
        _check_moved(batch, draft)
        _check_person(batch, draft, people)
        _check_done(batch, draft)
    _check_order(drafts)
    for draft in drafts:
        if not draft.line.problems:
            _set_rung(batch, draft, calendar)


def _moved(draft: Draft, names: Sequence[str]) -> list[str]:
    """Which of these a line changes of what is stored."""
    before = draft.before
    return [name for name in names if before and before.get(name) != draft.after.get(name)]


def _check_moved(batch: Batch, draft: Draft) -> None:
    if draft.before is not None and draft.before["state"] != OPEN:
        for name in _moved(draft, KEPT):
            draft.line.blame(name, "milestone.ended")
    elif not batch.reason and not batch.historic:
        for name in _moved(draft, _OWED):
            draft.line.blame(name, "milestone.reason_needed")


def _people(drafts: Sequence[Draft]) -> Mapping[ObjectId, Row]:
    wanted = {d.after["responsible"] for d in drafts if d.after.get("responsible")}
    rows = Person.rows().find({"_id": {"$in": list(wanted)}}, {"name": 1, "grants": 1, "active": 1})
    return {row["_id"]: row for row in rows}


def _check_person(batch: Batch, draft: Draft, people: Mapping[ObjectId, Row]) -> None:
    """Nobody is made responsible who has left, or may not know of the project."""
    project, key = draft.refs.get("project"), draft.after.get("responsible")
    if batch.historic or project is None or key is None:
        return
    if draft.before is not None and not _moved(draft, ("responsible",)):
        return
    if not may_be_responsible(people.get(key), project):
        draft.line.blame("responsible", "milestone.cannot_be_responsible")


def may_be_responsible(person: Row | None, project: Mapping[str, Any]) -> bool:
    """Whether a stored person is here, and may know of the stored project."""
    if person is None or not person.get("active"):
        return False
    who = as_who(person["_id"], person["name"], person.get("grants", []))
    return allowed(who, "project.see", project_ties(project))


def _check_done(batch: Batch, draft: Draft) -> None:
    """History may say that it was done, without evidence; else that is a step of its own."""
    if not draft.line.values.get("done_on") or draft.was("done_on") == draft.will("done_on"):
        return
    if not batch.historic:
        draft.line.blame("done_on", "milestone.evidence_to_close")
    elif str(draft.will("done_on")) > days.today(batch.now).isoformat():
        draft.line.blame("done_on", "register.in_the_future")
    draft.after |= {"state": DONE, "evidence_missing": True}


def _check_order(drafts: Sequence[Draft]) -> None:
    """What is depended on must be there, and nothing may wait for itself in the end."""
    projects = {draft.after.get("project") for draft in drafts}
    after: dict[Any, dict[str, Sequence[str]]] = {}
    for row in Milestone.rows().find({"project": {"$in": list(projects)}}):
        after.setdefault(row["project"], {})[row["code"]] = row["depends_on"]
    for draft in drafts:
        draft.after["depends_on"] = list(draft.after["depends_on"] or ())
        mine = after.setdefault(draft.after.get("project"), {})
        mine[draft.after["code"]] = draft.after["depends_on"]
    rings = {project: _ring(each) for project, each in after.items()}
    for draft in drafts:
        project, code = draft.after.get("project"), draft.after["code"]
        if missing := [each for each in draft.after["depends_on"] if each not in after[project]]:
            codes = "、".join(missing)
            draft.line.blame("depends_on", "milestone.unknown_prerequisite", codes=codes)
        elif code in rings[project]:
            draft.line.blame("depends_on", "milestone.cyclic", codes=" → ".join(rings[project]))


def _ring(after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    try:
        order(after)
    except Cyclic as cyclic:
        return cyclic.cycle
    return ()


def _set_rung(batch: Batch, draft: Draft, calendar: WorkingCalendar) -> None:
    """The first rung of what is new, or due on another day.

    It is owed though the project stands still: whoever resumes it at this moment does not know of it yet.
    When its time comes it waits (`climbing`).
    """
    new = draft.before is None
    if new and not batch.historic and draft.after["state"] == OPEN:
        draft.after["rung"] = climbing.following(draft.after["due_on"], (), calendar)
    elif draft.before is not None and draft.after["state"] != OPEN:
        draft.after["rung"] = draft.before["rung"] if draft.before["state"] != OPEN else {}
    elif _moved(draft, ("due_on",)) and not draft.after["historic"]:
        draft.after |= {"stood": 0, "given_on": days.today(batch.now).isoformat()}
        again = {"climbed": [], "rung": climbing.following(draft.after["due_on"], (), calendar)}
        draft.after |= again


def _after(batch: Batch, drafts: Sequence[Draft]) -> None:
    """Owe the rungs, and where one person states one row, word to who is responsible.

    What was brought in as history may be long overdue: it is judged at once, so that no night tells of it.
    """
    if batch.historic:
        owe_judging((each.after["project"] for each in touched(drafts)), batch.now, HISTORY)
    # Whoever ties milestones to others read all of the project's: two halves of a ring are none of two.
    tied = [draft for draft in touched(drafts) if _moved(draft, ("depends_on",))]
    take_turns(Project, [draft.refs["project"] for draft in tied])
    for draft in touched(drafts):
        key, before = draft.after["_id"], (draft.before or {}).get("rung") or {}
        if before.get("key") != draft.after["rung"].get("key"):
            climbing.await_rung(key, before, draft.after["rung"], batch.now)
        if batch.source == PHONE and not batch.historic:
            _tell(batch, draft)


def _tell(batch: Batch, draft: Draft) -> None:
    row = history.last(climbing.THING, draft.after["_id"])
    if row is None:
        return
    project = draft.after["project"]
    if draft.outcome == NEW or _moved(draft, ("responsible",)):
        announce("milestone.assigned", project, row["_id"], batch.now)
    elif _moved(draft, ("due_on",)):
        announce("milestone.moved", project, row["_id"], batch.now)


REGISTER = Register(
    name="milestones",
    document=Milestone,
    fields=(
        Ref(name="project", document=Project, key="code", into="project", required=True),
        Field(name="code", required=True, most=CODE_LENGTH, code=True),
        Field(name="name", required=True, most=200),
        Day(name="due_on", required=True),
        Ref(name="responsible", document=Person, key="account", into="responsible", required=True),
        Codes(name="depends_on", choices=dict),
        Choice(name="stage", choices=STAGE_CHOICES),
        Day(name="done_on"),
    ),
    key=("project", "code"),
    see="milestone.take",
    write="milestone.write",
    ties=project_ties,
    columns=COLUMNS,
    home="project",
    thing=climbing.THING,
    check=_check,
    after=_after,
)
