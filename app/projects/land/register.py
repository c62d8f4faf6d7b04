"""The register of parcels, and what is asked of a row of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.departments.documents import Department
from app.enterprises.register import units
from app.foundation import days
from app.people.access import Columns, Ties, allowed
from app.projects.documents import Project
from app.projects.land.documents import Parcel
from app.projects.land.states import IDLE, IN_USE, STATES, may_follow
from app.projects.register import said
from app.projects.ties import cause_of, owe_judging
from app.registers.documents import Master
from app.registers.fields import Choice, Day, Field, Land, Ref, Whole
from app.registers.register import Batch, Draft, Register, touched

NATURAL_RESOURCES = "NATURAL_RESOURCES"
"""The department for land. It alone may call a parcel idle."""
COLUMNS = Columns(unit="unit")


def natural_resources() -> ObjectId | None:
    """The department for land, or what took its place; None where the district has none."""
    known = {"code": NATURAL_RESOURCES}
    if row := Department.rows().find_one({**known, "active": True}, {"_id": 1}):
        return row["_id"]  # type: ignore[no-any-return]
    found = registry.followed(Department.objects(**known).first())
    return found.id if found else None


def ties(parcel: Mapping[str, Any]) -> Ties:
    """What binds a stored parcel to people: its unit, and the department for land."""
    department = natural_resources()
    return Ties(unit=parcel.get("unit"), departments=(department,) if department else ())


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    today = days.today(batch.now).isoformat()
    may_call = _may_call_idle(batch) if any(map(_called_idle, drafts)) else True
    for draft in drafts:
        _check_step(batch, draft, today)
        if _called_idle(draft) and not may_call:
            draft.line.blame("state", "parcel.idle_by_others")
        if draft.after.get("project") and draft.will("state") not in IN_USE:
            draft.line.blame("project", "parcel.not_in_use")


def _called_idle(draft: Draft) -> bool:
    return draft.will("state") == IDLE != draft.was("state")


def _check_step(batch: Batch, draft: Draft, today: str) -> None:
    """Into a new state by the table, on a day that has come; a correction may go any way."""
    before, after = draft.was("state"), draft.will("state")
    if before != after:
        told = draft.will("since") if "since" in draft.line.values else None
        draft.after["since"] = told or (None if batch.historic else today)
        if not batch.reason and not may_follow(str(before or "") or None, str(after)):
            names = {code: _named(code) for code in (before, after)}
            draft.line.blame(
                "state", "parcel.no_such_step", before=names[before], after=names[after]
            )
    since, earlier = draft.will("since"), draft.was("since")
    if since and str(since) > today:
        draft.line.blame("since", "register.in_the_future")
    elif since and earlier and str(since) < str(earlier) and not batch.reason and before != after:
        draft.line.blame("since", "parcel.before_last_step", day=str(earlier))


def _named(state: Any) -> str:
    return said("parcel.state", STATES)()[str(state)][0]


def _may_call_idle(batch: Batch) -> bool:
    """The department's own people may, and a platform that is master of what state parcels are in."""
    if not allowed(batch.who, "parcel.call_idle", ties({})):
        return False
    if batch.platform is None:
        return True
    known = {"register": REGISTER.name, "field": {"$in": ["state", "*"]}}
    return Master.rows().find_one({**known, "platform": batch.platform}) is not None


def _after(batch: Batch, drafts: Sequence[Draft]) -> None:
    """Land is a fact that projects are warned by: whose it was and whose it is are judged anew."""
    projects = (
        row["project"]
        for each in touched(drafts)
        for row in (each.before, each.after)
        if row and row.get("project")
    )
    owe_judging(projects, batch.now, cause_of(batch))


REGISTER = Register(
    name="parcels",
    document=Parcel,
    fields=(
        Field(name="code", required=True, most=60, code=True),
        Field(name="name", most=200),
        Choice(name="unit", required=True, choices=units),
        Land(name="mu", required=True),
        Choice(name="state", required=True, choices=said("parcel.state", STATES)),
        Day(name="since"),
        Ref(name="project", document=Project, key="code", into="project"),
        Day(name="contract_start_on"),
        Whole(name="developed_percent", greatest=100),
        Field(name="note", most=1000),
        Field(name="platform_id", most=100),
    ),
    key=("code",),
    see="parcel.see",
    write="parcel.write",
    ties=ties,
    columns=COLUMNS,
    thing="parcel",
    check=_check,
    after=_after,
)
