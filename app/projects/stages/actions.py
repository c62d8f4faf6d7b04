"""What is done with the stages of a project: stating one, looking at what another stated, taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.entries import STANDING
from app.foundation.errors import Conflict, Forbidden, NotFound
from app.foundation.ids import object_id
from app.foundation.writes import Change, write_all
from app.people.access import actor
from app.people.who import Who
from app.photos.actions import attachable
from app.projects.documents import Project
from app.projects.queries import see_project
from app.projects.stages.checks import standing
from app.projects.stages.course import step_of
from app.projects.stages.documents import PLANNED, TURNS, StageEntry
from app.projects.stages.register import REGISTER, follow
from app.projects.stages.rules import Held, key_of, needed, next_turn
from app.projects.ties import owe_standing, project_ties
from app.registers.barring import require_master
from app.registers.register import SAME, Draft, Line
from app.registers.stating import batch_of, loaded, state_line, withdraw


def state_stage(
    who: Who,
    key: str,
    client_id: str,
    raw: Mapping[str, Any],
    *,
    photo_ids: Sequence[str] = (),
    reason: str = "",
    now: datetime,
) -> tuple[Draft, bool]:
    """State a stage by the names of the register's fields: (the draft, whether it says anything new).

    A suspension or resumption that does not say its `turn` is the one under way or the next one; with a
    reason, the last one is corrected. Raises NotFound, Forbidden; Invalid by field for what cannot be, and
    for photos that are another's; Conflict for a client_id that was used for something else.
    """
    project = see_project(who, key)
    batch = batch_of(who, now, reason=reason)
    line = loaded(REGISTER, {**raw, "project": project.code})
    extra = {"photos": attachable(who, photo_ids)}
    _number(line, project.id, who.id, client_id, correcting=bool(reason))
    draft, _ = state_line(REGISTER, batch, line, extra=extra, client_id=client_id)
    return draft, draft.outcome != SAME


def _number(
    line: Line, project: ObjectId, by: ObjectId, client_id: str, *, correcting: bool
) -> None:
    """Say which turn is meant. What is sent again means the one that it meant before."""
    stage = line.values.get("stage")
    if stage not in TURNS or line.values.get("turn"):
        return
    phase = line.values.get("phase")
    number = phase if isinstance(phase, int) else 0
    turn = next_turn(str(stage), number, _held(project), correcting=correcting)
    made = StageEntry.rows().find_one({"by": by, "client_id": client_id}, {"turn": 1})
    line.values = {**line.values, "turn": made["turn"] if made else turn}


def _held(project: ObjectId) -> Held:
    return {key_of(step): step.on for step in standing([project]).get(project, {}).values()}


def verify(who: Who, key: str, now: datetime) -> None:
    """Say that somebody else looked at what an entry tells, and found it so.

    Raises NotFound; Forbidden, also for who entered it or stated the same before; Conflict for an entry
    that does not hold any more, tells a plan, or was verified already.
    """

    def work() -> None:
        entry, project = _seen(who, key)
        by = actor(who, "stage.verify", project_ties(project))
        _must_hold(entry)
        if entry["kind"] == PLANNED:
            raise Conflict("stage.nothing_to_verify")
        if entry.get("verified"):
            raise Conflict("stage.verified_already", text=entry["verified"]["name"])
        mine = {"about": entry["about"], "on": entry["on"], "by": who.id, "void": False}
        if StageEntry.rows().find_one(mine, {"_id": 1}) is not None:
            raise Forbidden("stage.own_entry")
        verified = {"by": by.id, "name": by.name, "at": now}
        holds = {"_id": entry["_id"], **STANDING}
        write_all(StageEntry, [Change(holds, {"$set": {"verified": verified}})])
        data = {"entry": entry["_id"], "stage": entry["stage"], "on": entry["on"]}
        history.append("project", project["_id"], "verify_stage", by=by, now=now, data=data)

    transaction(work)


def void(who: Who, key: str, reason: str, now: datetime) -> None:
    """Say that there never was what an entry tells: it was an error.

    Raises NotFound, Forbidden; Conflict for one that does not hold any more, and for a suspension while a
    later turn stands on it.
    """
    batch = batch_of(who, now, reason=reason)

    def work() -> None:
        entry, project = _seen(who, key)
        by = actor(who, REGISTER.write, project_ties(project))
        require_master(who, REGISTER.name, [each.name for each in REGISTER.fields])
        _must_hold(entry)
        if needed(step_of(entry), _held(project["_id"])):
            raise Conflict("stage.needed")
        withdraw(REGISTER, batch, entry)
        if entry["kind"] != PLANNED:
            follow(batch, {project["_id"]: project})
        data = {"entry": entry["_id"], "stage": entry["stage"], "on": entry["on"]}
        history.append(
            "project", project["_id"], "void_stage", by=by, now=now, text=reason, data=data
        )
        owe_standing([project["_id"]], now)

    transaction(work)


def _seen(who: Who, key: str) -> tuple[Row, Row]:
    """An entry with its project, if `who` may know of it. Raises NotFound."""
    entry = StageEntry.rows().find_one({"_id": object_id(key)})
    if entry is None:
        raise NotFound("not_found")
    project = see_project(who, str(entry["project"]))
    row = Project.rows().find_one({"_id": project.id})
    if row is None:
        raise NotFound("not_found")
    return entry, row


def _must_hold(entry: Row) -> None:
    if entry["superseded_at"] is not None or entry["void"]:
        raise Conflict("stage.holds_no_more")
