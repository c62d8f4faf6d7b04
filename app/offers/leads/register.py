"""The register of leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.departments.documents import Department
from app.enterprises.documents import Enterprise
from app.foundation import days, history
from app.offers import owing
from app.offers.ahead import next_look
from app.offers.leads.documents import LEAD, Lead
from app.offers.leads.states import OPEN
from app.offers.people import STAFF, firm_of
from app.people.access import Columns, Ties, allowed
from app.people.announcing import announce
from app.people.documents import Person
from app.people.login import as_who
from app.registers import terms
from app.registers.documents import INDUSTRY
from app.registers.fields import Choice, Day, Field, Ref
from app.registers.register import Batch, Draft, Register, touched

COLUMNS = Columns(owner="owner", enterprise="enterprise", unit="unit", departments="department")
KEPT = ("company", "enterprise", "department", "found_on")
"""What stays once something came of it."""


def lead_ties(row: Mapping[str, Any]) -> Ties:
    """What binds a lead, stored or about to be, to people."""
    department, source = row.get("department"), row.get("enterprise")
    unit = row.get("unit") or (firm_of(source).get("unit") if source else None)
    return Ties(
        owner=row.get("owner"),
        enterprise=source,
        unit=unit,
        departments=(department,) if department else (),
    )


def _fill(batch: Batch, draft: Draft) -> None:
    """What follows from the line: its unit, who sees to it where nobody is named, and when next."""
    firm = draft.refs.get("enterprise")
    if firm is not None and draft.before is None:
        draft.after["unit"] = firm.get("unit")
    if draft.after.get("owner") is None:
        draft.after["owner"] = batch.who.id
    if draft.before is None and not batch.historic:
        draft.after["follow_up_on"] = next_look(batch.now)


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    today = days.today(batch.now).isoformat()
    for draft in drafts:
        _fill(batch, draft)
        line, before = draft.line, draft.before or {}
        if str(draft.will("found_on") or "") > today:
            line.blame("found_on", "register.in_the_future")
        _check_named(batch, draft)
        if before and before["state"] not in OPEN:
            for name in KEPT:
                if before.get(name) != draft.after.get(name):
                    line.blame(name, "lead.ended")


def _check_named(batch: Batch, draft: Draft) -> None:
    """A firm that one may not know of is as good as none; who sees to it is of staff."""
    line, before = draft.line, draft.before or {}
    firm, owner = draft.refs.get("enterprise"), draft.refs.get("owner")
    if firm and firm["_id"] != before.get("enterprise"):
        of = Ties(enterprise=firm["_id"], unit=firm.get("unit"))
        if not allowed(batch.who, "enterprise.see", of):
            line.blame("enterprise", "register.unknown_reference", value=firm["name"])
    if owner and owner["_id"] != before.get("owner") and not _may_own(owner):
        line.blame("owner", "offers.not_staff")


def _may_own(person: Mapping[str, Any]) -> bool:
    who = as_who(person["_id"], person["name"], person.get("grants", []))
    return bool(person.get("active")) and who.has(*STAFF)


def _after(batch: Batch, drafts: Sequence[Draft]) -> None:
    """Who sees to it hears of a new one; what was brought in as history sets nothing in motion."""
    for draft in touched(drafts):
        row = draft.after
        new = draft.before is None or draft.before.get("owner") != row["owner"]
        if batch.historic or not new:
            continue
        owing.owe(LEAD, row["_id"], row.get("follow_up_on"), batch.now)
        if row["owner"] == batch.who.id:
            continue
        told = {"people": [row["owner"]], "name": row["company"], "due": row.get("follow_up_on")}
        key = history.append(
            LEAD, row["_id"], "assign", by=batch.by, now=batch.now, data=told, internal=True
        )
        announce("lead.assigned", row["_id"], key, batch.now)


REGISTER = Register(
    name="leads",
    document=Lead,
    fields=(
        Field(name="code", required=True, most=60, code=True),
        Ref(
            name="enterprise",
            required=True,
            document=Enterprise,
            key="credit_code",
            also="name",
            into="enterprise",
        ),
        Field(name="company", required=True, most=200),
        Field(name="company_place", most=100),
        Choice(name="company_industry", choices=terms.names(INDUSTRY)),
        Field(name="partner", most=100),
        Ref(
            name="department",
            required=True,
            document=Department,
            key="code",
            also="name",
            into="department",
        ),
        Field(name="contact_name", most=50, private=True),
        Field(name="contact_phone", most=30, private=True),
        Field(name="text", most=2000),
        Day(name="found_on", required=True),
        Ref(name="owner", document=Person, key="account", into="owner"),
    ),
    key=("code",),
    see="lead.keep",
    write="lead.write",
    ties=lead_ties,
    columns=COLUMNS,
    thing=LEAD,
    check=_check,
    after=_after,
)
