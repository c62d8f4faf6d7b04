"""What is done with approvals: opened from the pack, submitted, returned, granted, refused, not needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.foundation import days, history
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.errors import Conflict, Invalid
from app.foundation.reasons import Reason
from app.people.access import actor, require
from app.people.announcing import announce
from app.people.who import Who
from app.projects.approvals import clocks
from app.projects.approvals.documents import Approval
from app.projects.approvals.graph import held_up
from app.projects.approvals.queries import see, ties
from app.projects.approvals.register import REGISTER, THING
from app.projects.approvals.standing import nodes_of, stages_of
from app.projects.approvals.states import (
    ENDED,
    GRANT,
    REFUSE,
    RETURN,
    SUBMIT,
    WAIVE,
    after,
)
from app.projects.queries import see_project
from app.projects.ties import project_ties
from app.registers.barring import require_master
from app.registers.fields import Unfit
from app.registers.register import Line
from app.registers.several import state_all
from app.registers.stating import batch_of

DOCUMENTS = "documents"


def open_items(who: Who, project_key: str, items: Sequence[str], now: datetime) -> None:
    """Open these items of the pack for a project, all where none is named; what is open stays as it is.

    Raises NotFound, Forbidden, Invalid for an item that the pack does not have.
    """
    project = see_project(who, project_key).to_mongo().to_dict()
    require(who, "approval.open", project_ties(project))
    known = pack().approvals.by_code()
    if unknown := [code for code in items if code not in known]:
        raise Invalid("request.invalid", fields={"items": unknown})
    there = set(Approval.rows().distinct("item", {"project": project["_id"]}))
    wanted = [code for code in known if (not items or code in items) and code not in there]
    lines = [
        Line(n, {"project": str(project["_id"]), "item": code}) for n, code in enumerate(wanted, 1)
    ]
    batch = batch_of(who, now)
    state_all(REGISTER, batch, lines)


def submit(who: Who, key: str, *, on: str, note: str, now: datetime) -> None:
    """It was applied for on a day; the department's statutory clock begins.

    Raises NotFound, Forbidden, Invalid for a day that is none or in the future; Conflict from another state,
    while what comes before it is not granted, or the stage that it waits for has not come.
    """

    def change(row: Row) -> Row:
        _require_open_way(row)
        day = _day(on, now)
        due = clocks.due_on(row, date.fromisoformat(day))
        return {"submitted_on": day, "due_on": due.isoformat(), "granted_on": None}

    _step(who, key, SUBMIT, "approval.submit", change, note, now)


def _require_open_way(row: Row) -> None:
    rows = Approval.rows().find({"project": row["project"]})
    stages = stages_of(row["project"])
    nodes = nodes_of(rows, stages)
    if before := held_up(nodes[row["item"]], nodes):
        known = pack().approvals.by_code()
        names = "、".join(known[code].name if code in known else code for code in before)
        raise Conflict("approval.waits_for", names=names, fields={"after": list(before)})
    if row["since"] and row["since"] not in stages.came:
        raise Conflict("approval.stage_to_come", fields={"since": [row["since"]]})


def send_back(who: Who, key: str, *, on: str, reason: str, now: datetime) -> None:
    """The department returned it to be completed: its clock ends, and begins anew when it is submitted again.

    Raises like `submit`; Invalid, too, for a day before it was submitted.
    """
    _step(who, key, RETURN, "approval.act", _ended(RETURN, on, now), reason, now)


def refuse(who: Who, key: str, *, on: str, reason: str, now: datetime) -> None:
    """The department refused it. Raises like `send_back`."""
    _step(who, key, REFUSE, "approval.act", _ended(REFUSE, on, now), reason, now)


def grant(who: Who, key: str, *, on: str, note: str, now: datetime) -> None:
    """The department granted it. Raises like `send_back`."""

    def change(row: Row) -> Row:
        return {"granted_on": _day(on, now, row), "due_on": None}

    _step(who, key, GRANT, "approval.act", change, note, now)


def waive(who: Who, key: str, *, reason: str, now: datetime) -> None:
    """The department says that it is not needed: nothing waits for it. Raises like `submit`."""
    _step(who, key, WAIVE, "approval.act", lambda row: {"due_on": None}, reason, now)


def note_documents(
    who: Who, key: str, *, got: Sequence[str], missing: Sequence[str], now: datetime
) -> None:
    """Say which documents are there and which lack; those that lack may be new ones.

    Raises NotFound, Forbidden; Invalid for one there that is not asked for, and for one that is in both;
    Conflict once it is decided.
    """

    def work() -> None:
        row, project = see(who, key)
        by = actor(who, "approval.submit", ties(row, project))
        if row["state"] in ENDED:
            raise Conflict("approval.transition_not_allowed", fields={"state": [row["state"]]})
        known = {each["name"]: each["got"] for each in row["documents"]}
        blamed = [name for name in got if name not in known or name in missing]
        if blamed:
            raise Invalid("request.invalid", fields={"got": blamed})
        known |= {**dict.fromkeys(got, True), **dict.fromkeys(missing, False)}
        listed = [{"name": name, "got": each} for name, each in known.items()]
        _write(row, {DOCUMENTS: listed}, now)
        data = {"got": list(got), "missing": list(missing)}
        history.append(THING, row["_id"], DOCUMENTS, by=by, now=now, data=data)

    transaction(work)


def _ended(step: str, on: str, now: datetime) -> Callable[[Row], Row]:
    """What ends a round without a grant."""

    def change(row: Row) -> Row:
        round_ = {"submitted_on": row["submitted_on"], "ended_on": _day(on, now, row), "how": step}
        return {"rounds": [*row["rounds"], round_], "due_on": None}

    return change


def _step(
    who: Who,
    key: str,
    step: str,
    action: str,
    change: Callable[[Row], Row],
    text: str,
    now: datetime,
) -> None:
    def work() -> None:
        row, project = see(who, key)
        by = actor(who, action, ties(row, project))
        state = after(step, row["state"])
        made = change(row)
        require_master(who, REGISTER.name, ["state", *made.keys()])
        _write(row, {**made, "state": state, "reason": text}, now)
        due = made.get("due_on") or made.get("granted_on") or ""
        told = history.append(
            THING,
            row["_id"],
            step,
            by=by,
            now=now,
            before=row["state"],
            after=state,
            text=text,
            data={"due": due, **{name: made[name] for name in made if name.endswith("_on")}},
        )
        if step != WAIVE:
            announce(f"approval.{state}", row["project"], told, now)

    transaction(work)


def _write(row: Row, change: Mapping[str, Any], now: datetime) -> None:
    same = {"_id": row["_id"], "version": row["version"]}
    values = {**change, "updated_at": now}
    made = Approval.rows().update_one(same, {"$set": values, "$inc": {"version": 1}})
    if not made.modified_count:
        raise Conflict("changed_meanwhile")


def _day(text: str, now: datetime, row: Row | None = None) -> str:
    """A day that is none of the future, nor before the submission of a stored approval. Raises Invalid."""
    field = REGISTER.field_of("granted_on")
    try:
        day = str(field.read(text)) if field else text
    except Unfit as unfit:
        raise Invalid("request.invalid", fields={"on": [unfit.reason]}) from None
    reason = None
    if day > str(days.today(now)):
        reason = Reason("register.in_the_future")
    elif row is not None and day < row["submitted_on"]:
        reason = Reason("approval.before_submission", {"day": row["submitted_on"]})
    if reason is not None:
        raise Invalid("request.invalid", fields={"on": [reason]})
    return day
