"""What is done with milestones: entered, moved, given to somebody else, done, cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.foundation import days, history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Invalid
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.people.access import actor
from app.people.who import Who
from app.photos import actions as photos
from app.projects.milestones import climbing
from app.projects.milestones.documents import CANCELLED, DONE, OPEN, Milestone
from app.projects.milestones.queries import see, ties, waiting_for
from app.projects.milestones.register import KEPT, REGISTER
from app.projects.places import place_again
from app.projects.queries import see_project
from app.registers.barring import require_master
from app.registers.stating import batch_of, loaded, state_line


def create(
    who: Who, project_key: str, raw: Mapping[str, Any], client_id: str, now: datetime
) -> tuple[Row, bool]:
    """Enter a milestone by the names of the register's fields: (it, whether it is new).

    Raises Invalid by field, NotFound, Forbidden; Conflict when its code is taken, or the client_id was used
    for something else.
    """
    project = see_project(who, project_key)
    line = loaded(REGISTER, {**raw, "project": str(project.id)})
    draft, new = state_line(REGISTER, batch_of(who, now), line, client_id=client_id)
    return draft.after, new


def move(who: Who, key: str, *, due_on: str, reason: str, now: datetime) -> None:
    """Let it be due on another day. It climbs anew from there.

    Raises NotFound, Forbidden, Invalid, Conflict unless it is open.
    """
    _change(who, key, {"due_on": due_on}, reason, now)


def assign(who: Who, key: str, *, person_id: str, reason: str, now: datetime) -> None:
    """Make another person responsible. What it climbed so far stays climbed.

    Raises NotFound, Forbidden, Invalid for who cannot be, Conflict unless it is open.
    """
    _change(who, key, {"responsible": person_id}, reason, now)


def _change(who: Who, key: str, said: Mapping[str, str], reason: str, now: datetime) -> None:
    milestone, project = see(who, key)
    _require_open(milestone)
    named = {"project": str(project["_id"]), "code": milestone["code"]}
    line = loaded(REGISTER, {**named, **said})
    batch = batch_of(who, now, reason=reason)
    state_line(REGISTER, batch, line, version=milestone["version"])


def done(
    who: Who, key: str, *, photo_ids: Sequence[str], on: str, note: str, now: datetime
) -> None:
    """Close it as done on a day, with photos of one's own as evidence.

    Raises NotFound, Forbidden; Invalid without evidence, for another's photos, a day that is none or in the
    future; Conflict unless it is open, and while what it depends on is not done.
    """

    def work() -> None:
        milestone, project = see(who, key)
        by = actor(who, "milestone.done", ties(milestone, project))
        _require_open(milestone)
        require_master(who, REGISTER.name, ["done_on"])
        pictures = photos.attachable(who, photo_ids)
        if not pictures:
            raise Invalid(
                "request.invalid", fields={"photo_ids": [Reason("milestone.evidence_to_close")]}
            )
        if left := waiting_for([milestone])[milestone["_id"]]:
            names = "、".join(each["name"] for each in left)
            codes = [each["code"] for each in left]
            raise Conflict("milestone.waits_for", names=names, fields={"depends_on": codes})
        change = {"done_on": _past_day(on, now), "photos": pictures, "note": note}
        told = {"on": on, "photos": pictures}
        end(milestone, DONE, by, now, change, text=note, data=told)
        site = place_again(None, project["_id"]).site
        photos.attach(pictures, "project", project["_id"], site)

    transaction(work)


def cancel(who: Who, key: str, *, reason: str, now: datetime) -> None:
    """Say that it is not needed any more; what depends on it waits for it no longer.

    Raises NotFound, Forbidden, Conflict unless it is open; Invalid where another platform is master of what
    could not be said of it any more.
    """

    def work() -> None:
        milestone, project = see(who, key)
        by = actor(who, "milestone.write", ties(milestone, project))
        _require_open(milestone)
        require_master(who, REGISTER.name, KEPT)
        end(milestone, CANCELLED, by, now, {"note": reason}, text=reason)

    transaction(work)


def _past_day(text: str, now: datetime) -> str:
    field = REGISTER.field_of("done_on")
    line = loaded(REGISTER, {"done_on": text})
    if field is None or line.problems:
        raise Invalid("request.invalid", fields={"on": [p.reason for p in line.problems]})
    if text > days.today(now).isoformat():
        raise Invalid("request.invalid", fields={"on": [Reason("register.in_the_future")]})
    return text


def _require_open(milestone: Row) -> None:
    if milestone["state"] != OPEN:
        raise Conflict("milestone.ended", fields={"state": [milestone["state"]]})


def end(
    milestone: Row,
    after: str,
    by: Actor,
    now: datetime,
    change: Row,
    *,
    text: str = "",
    data: Mapping[str, Any] | None = None,
    reasons: Sequence[Reason] = (),
) -> None:
    """The last step of a stored one that is open, guarded by its version: it climbs nothing more.

    Joins the surrounding transaction. Raises Conflict when it was changed meanwhile.
    """
    same = {"_id": milestone["_id"], "version": milestone["version"], "state": OPEN}
    values = {**change, "state": after, "rung": {}, "updated_at": now}
    made = Milestone.rows().update_one(same, {"$set": values, "$inc": {"version": 1}})
    if not made.modified_count:
        raise Conflict("changed_meanwhile")
    climbing.await_rung(milestone["_id"], milestone["rung"], {}, now)
    history.append(
        climbing.THING,
        milestone["_id"],
        after,
        by=by,
        now=now,
        before=OPEN,
        after=after,
        text=text,
        reasons=reasons,
        data=data,
    )
