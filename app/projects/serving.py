"""Assigning commissioners to enterprises and projects, ending that, and handing over, one or many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from bson import ObjectId

from app.enterprises.serving import Kind, settle
from app.enterprises.serving_documents import ENTERPRISE, PROJECT, Assignment
from app.enterprises.serving_register import OF_ENTERPRISES, Assigned, assigned
from app.foundation import days, duties
from app.foundation.db import Row, transaction
from app.foundation.documents import Document
from app.foundation.duties import Duty
from app.foundation.entries import STANDING
from app.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from app.foundation.history import SYSTEM
from app.foundation.ids import object_id
from app.foundation.reasons import Reason
from app.people.access import allowed, require
from app.people.who import Who
from app.projects.documents import Project
from app.projects.ties import COLUMNS, TIME, owe_standing, project_ties
from app.registers.fields import Ref
from app.registers.planning import carry_out, plan
from app.registers.register import NOT_YOURS, Batch, Line, Planned
from app.registers.stating import batch_of, loaded, state_line

PROJECTS = Kind(PROJECT, "projects", Project, project_ties, partial(owe_standing, cause=TIME))
"""Who serves a project is no fact that it is warned by."""
OF_PROJECTS = assigned(
    PROJECTS,
    Ref(name="project", required=True, document=Project, key="code", into="subject"),
    COLUMNS,
)
BY_KIND: Mapping[str, Assigned] = {ENTERPRISE: OF_ENTERPRISES, PROJECT: OF_PROJECTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Who is to serve what: `enterprise_id` or `project_id`. Days are local; `since` is today if None."""

    person_id: str
    reason: str
    enterprise_id: str | None = None
    project_id: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """What goes from one commissioner to another: these, or all that the first serves where none is named."""

    from_id: str
    to_id: str
    reason: str
    enterprise_ids: Sequence[str] = ()
    project_ids: Sequence[str] = ()
    since: str | None = None


def assign(who: Who, task: Task, client_id: str, now: datetime) -> tuple[Row, bool]:
    """Let somebody serve an enterprise or project from a day on: (the assignment, whether it is new).

    Whoever served it until then does so no more. Raises Invalid for other than one subject, for somebody
    who is no commissioner and for days turned round; NotFound, Forbidden; Conflict for a client_id that
    was used for another.
    """
    if (task.enterprise_id is None) == (task.project_id is None):
        raise Invalid("serving.one_subject", fields={"enterprise_id": [Reason("request.required")]})
    of = OF_ENTERPRISES if task.enterprise_id else OF_PROJECTS
    subject = task.enterprise_id or task.project_id
    if of.kind.document.rows().find_one({"_id": ObjectId(subject)}, {"_id": 1}) is None:
        raise NotFound("not_found")
    raw = {
        of.ref: subject,
        "person": task.person_id,
        "since": task.since or days.today(now).isoformat(),
        "until": task.until,
    }
    batch = batch_of(who, now, reason=task.reason)
    line = loaded(of.register, raw)
    draft, new = state_line(of.register, batch, line, client_id=client_id)
    return draft.after, new


def end(who: Who, key: str, on: str | None, reason: str, now: datetime) -> None:
    """End an assignment before a day (today if None), with a reason; its subject is then served by nobody.

    Raises NotFound, Forbidden; Conflict for one that is over by then, Invalid for a day before it begins.
    """
    day = on or days.today(now).isoformat()
    batch = batch_of(who, now, reason=reason)

    def work() -> None:
        entry = current(see_assignment(who, key))
        of = BY_KIND[entry["kind"]]
        later = {"kind": entry["kind"], "subject": entry["subject"], **STANDING}
        next_one = Assignment.rows().find_one(
            {**later, "since": {"$gt": entry["since"], "$lte": day}}
        )
        if next_one is not None or (entry["until"] is not None and entry["until"] <= day):
            raise Conflict("serving.over")
        raw = {of.ref: str(entry["subject"]), "since": entry["since"], "until": day}
        state_line(of.register, batch, loaded(of.register, raw))

    transaction(work)


def hand_over(who: Who, said: Passing, now: datetime) -> int:
    """Let another serve what one commissioner serves now, from a day on (today): of how many subjects.

    Open work follows once that day has come. Raises Forbidden for what is not theirs to assign, Invalid
    for what the first does not serve or a second who is no commissioner, Conflict when there is nothing.
    """
    require(who, "serving.assign")
    if said.from_id == said.to_id:
        raise Invalid("serving.to_the_same", fields={"to_id": [said.to_id]})
    batch = batch_of(who, now, reason=said.reason)

    def work() -> int:
        named = bool(said.enterprise_ids or said.project_ids)
        done = 0
        for of, keys in ((OF_ENTERPRISES, said.enterprise_ids), (OF_PROJECTS, said.project_ids)):
            rows = _served(who, of.kind, said.from_id, keys if named else None)
            _pass_on(of, rows, said, batch)
            done += len(rows)
        if not done:
            raise Conflict("serving.nothing")
        return done

    return transaction(work)


def turn(duty: Duty, now: datetime) -> None:
    """A day has come on which an assignment begins or ends: let its subject follow."""

    def work() -> None:
        settle(BY_KIND[duty.payload["kind"]].kind, [duty.subject], SYSTEM, now)
        duties.finish(duty, now)

    transaction(work)


def see_assignment(who: Who, key: str) -> Row:
    """An assignment, a superseded one too, if `who` may know of it. Raises NotFound."""
    entry = Assignment.rows().find_one({"_id": object_id(key)})
    if entry is None:
        raise NotFound("not_found")
    kind = BY_KIND[entry["kind"]].kind
    subject = kind.document.rows().find_one({"_id": entry["subject"]}) or {
        "unit": None,
        "_id": None,
    }
    if entry["person"] not in who.ids and not allowed(who, "serving.see", kind.ties(subject)):
        raise NotFound("not_found")
    return entry


def current(entry: Row) -> Row:
    """What is known by now of the same assignment. Raises NotFound when there never was one."""
    found = Assignment.rows().find_one({"about": entry["about"], **STANDING})
    if found is None:
        raise NotFound("not_found")
    return found


def _served(who: Who, kind: Kind, person: str, keys: Sequence[str] | None) -> list[Row]:
    """The subjects that go over. Raises Forbidden and Invalid for those named that cannot."""
    document: type[Document] = kind.document
    query: Row = {"commissioner": ObjectId(person)}
    if keys is None:
        rows = document.rows().find(query).sort("_id", 1)
        return [row for row in rows if allowed(who, "serving.assign", kind.ties(row))]
    wanted = [ObjectId(key) for key in dict.fromkeys(keys)]
    found = {row["_id"]: row for row in document.rows().find({**query, "_id": {"$in": wanted}})}
    if missing := [str(key) for key in wanted if key not in found]:
        raise Invalid("serving.not_served_by", fields={f"{kind.name}_ids": missing})
    return [found[key] for key in wanted]


def _pass_on(of: Assigned, rows: Sequence[Row], said: Passing, batch: Batch) -> None:
    since = said.since or days.today(batch.now).isoformat()
    raw: dict[str, Any] = {"person": said.to_id, "since": since, "until": None}
    lines: list[Line] = [
        loaded(of.register, {**raw, of.ref: str(row["_id"])}, number)
        for number, row in enumerate(rows, start=1)
    ]
    planned = plan(of.register, batch, lines)
    _raise_for(planned)
    carry_out(of.register, batch, planned)


def _raise_for(planned: Planned) -> None:
    if any(each.reason.code == NOT_YOURS for each in planned.problems):
        raise Forbidden("forbidden")
    names = {"person": "to_id"}
    blamed = {names.get(each.field or "", each.field or "since"): each for each in planned.problems}
    if blamed:
        raise Invalid(
            "request.invalid", fields={name: [each.reason] for name, each in blamed.items()}
        )
