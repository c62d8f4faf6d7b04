"""The register of approvals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bson import ObjectId

from app.departments import registry as departments
from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.reasons import Reason
from app.people.access import allowed
from app.projects.approvals import clocks
from app.projects.approvals.documents import Approval
from app.projects.approvals.states import GRANTED, NOT_STARTED, RETURNED, SETTLED, STATES, SUBMITTED
from app.projects.documents import Project
from app.projects.register import said
from app.projects.ties import COLUMNS, project_ties
from app.registers.fields import Choice, Day, Ref
from app.registers.register import NOT_YOURS, Batch, Draft, Register
from config.approval_terms import ApprovalItem

THING = "approval"


def items() -> Mapping[str, Sequence[str]]:
    """The items of the pack with their names."""
    return {each.code: (each.name,) for each in pack().approvals.items}


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    today, known = days.today(batch.now).isoformat(), pack().approvals.by_code()
    holders = _departments(drafts, known)
    for draft in drafts:
        item = known[str(draft.will("item"))]
        if draft.before is None:
            draft.after |= _of_item(item, holders[item.department])
        _check_days(draft, today)
        _check_state(draft)
        _check_who(batch, draft)
    _warn_of_order(drafts)


def _check_who(batch: Batch, draft: Draft) -> None:
    """What is granted, refused or waived is the department's word, by whatever way it comes."""
    was = draft.before or {"state": NOT_STARTED, "granted_on": None}
    changed = [name for name in ("state", "granted_on") if draft.after.get(name) != was.get(name)]
    if not changed or draft.after["state"] == SUBMITTED:
        return
    of = project_ties(draft.refs["project"])
    theirs = replace(of, departments=(draft.after["department"],))
    if not allowed(batch.who, "approval.act", theirs):
        draft.line.blame(changed[0], NOT_YOURS)


def _departments(
    drafts: Sequence[Draft], known: Mapping[str, ApprovalItem]
) -> Mapping[str, ObjectId]:
    new = {known[str(d.will("item"))].department for d in drafts if d.before is None}
    return {code: departments.by_code(code).id for code in new}


def _of_item(item: ApprovalItem, department: ObjectId) -> Row:
    """What the pack says of the item, kept with what is opened of it."""
    clock = item.clock
    return {
        "name": item.name,
        "department": department,
        "leads_to": item.leads_to,
        "since": item.since,
        "after": list(item.after),
        "clock": {"days": clock.days, "kind": clock.kind, "source": clock.source},
        "documents": [{"name": name, "got": False} for name in item.documents],
    }


def _check_days(draft: Draft, today: str) -> None:
    submitted, granted = draft.will("submitted_on"), draft.will("granted_on")
    for name, day in (("submitted_on", submitted), ("granted_on", granted)):
        if day and str(day) > today:
            draft.line.blame(name, "register.in_the_future")
    if submitted and granted and str(granted) < str(submitted):
        draft.line.blame("granted_on", "approval.before_submission", day=str(submitted))


def _check_state(draft: Draft) -> None:
    """The state as it is said, else as it follows from the days; the clock runs while it is submitted."""
    after = draft.after
    if not draft.line.values.get("state") and draft.before is None:
        known = GRANTED if after.get("granted_on") else SUBMITTED
        after["state"] = known if known == GRANTED or after.get("submitted_on") else NOT_STARTED
    elif draft.was("granted_on") is None and after.get("granted_on"):
        after["state"] = draft.line.values.get("state") or GRANTED
    state = after["state"]
    if (state == GRANTED) != bool(after.get("granted_on")):
        draft.line.blame("granted_on", "approval.granted_with_its_day")
    if state in (SUBMITTED, RETURNED) and not after.get("submitted_on"):
        draft.line.blame("submitted_on", "request.required")
    if draft.line.problems:
        return
    running = state == SUBMITTED
    started = date.fromisoformat(after["submitted_on"]) if running else None
    after["due_on"] = clocks.due_on(after, started).isoformat() if started else None


def _warn_of_order(drafts: Sequence[Draft]) -> None:
    """Granted before what comes before it: unusual, and kept."""
    projects = {draft.after["project"] for draft in drafts}
    states: dict[tuple[Any, str], str] = {}
    for row in Approval.rows().find({"project": {"$in": list(projects)}}):
        states[row["project"], row["item"]] = row["state"]
    states |= {(d.after["project"], d.after["item"]): d.after["state"] for d in drafts}
    for draft in drafts:
        project = draft.after["project"]
        early = [
            code
            for code in draft.after["after"]
            if states.get((project, code), GRANTED) not in SETTLED
        ]
        if draft.after["state"] == GRANTED and early:
            names = "、".join(items()[code][0] for code in early if code in items())
            draft.warnings.append(Reason("approval.unusual_order", {"names": names}))


REGISTER = Register(
    name="approvals",
    document=Approval,
    fields=(
        Ref(name="project", document=Project, key="code", into="project", required=True),
        Choice(name="item", required=True, choices=items),
        Choice(name="state", choices=said("approval.state", STATES)),
        Day(name="submitted_on"),
        Day(name="granted_on"),
    ),
    key=("project", "item"),
    see="approval.see",
    write="approval.open",
    ties=project_ties,
    columns=COLUMNS,
    home="project",
    thing=THING,
    check=_check,
)
