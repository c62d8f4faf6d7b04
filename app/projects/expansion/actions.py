"""What is done with expansion intents, from the visit that caught one to the project it became."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import days, history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Invalid
from app.foundation.history import Actor
from app.people.access import actor
from app.people.documents import Person
from app.people.who import Who
from app.projects.documents import Project
from app.projects.expansion import states
from app.projects.expansion.access import see_intent, ties_of
from app.projects.expansion.documents import Intent
from app.projects.expansion.register import REGISTER
from app.registers.barring import require_master
from app.registers.stating import batch_of, loaded, state_line

CODE_PREFIX = "ZZKC"
THING = "expansion_intent"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody agreed to do, by a local day."""

    what: str
    who: str
    due: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """What is written down of a joint meeting; `attended` are names as people say them."""

    on: str
    attended: Sequence[str]
    text: str
    agreed: Sequence[Agreed] = ()


def catch(
    who: Who, raw: Mapping[str, Any], client_id: str, visit: ObjectId | None, now: datetime
) -> tuple[Intent, bool]:
    """Put an intent into the pool, by the names of the register's fields: (it, whether it is new).

    Without `code` it gets one, without `caught_on` it was today, without `owner` it is one's own. `visit`
    is one of the enterprise, that `who` may see. Raises Invalid by field, Forbidden; Conflict when its code
    is taken, or the client_id was used for something else.
    """
    today = days.today(now).isoformat()
    code = f"{CODE_PREFIX}-{client_id[:8].upper()}"
    kept = {name: value for name, value in raw.items() if value is not None}
    line = loaded(REGISTER, {"code": code, "caught_on": today, **kept})
    extra = {"visit": visit} if visit else {}
    draft, new = state_line(REGISTER, batch_of(who, now), line, extra=extra, client_id=client_id)
    return Intent.get(draft.after["_id"]), new


def confirm(who: Who, key: str, now: datetime) -> None:
    """The enterprise means it. Raises NotFound, Forbidden, and Conflict when the state forbids it."""
    _do(who, key, states.CONFIRM, now)


def coordinate(who: Who, key: str, issue: ObjectId, now: datetime) -> None:
    """An issue was filed that coordinates it; the same one again changes nothing. Raises like `confirm`."""

    def work() -> None:
        if issue not in see_intent(who, key).issues:
            _do(who, key, states.COORDINATE, now, push={"issues": issue}, data={"issue": issue})

    transaction(work)


def may_coordinate(who: Who, key: str) -> Intent:
    """The intent, if `who` may coordinate it as it is. Raises like `confirm`."""
    intent = see_intent(who, key)
    actor(who, "expansion.change", ties_of(intent))
    states.after(states.COORDINATE, intent.state)
    return intent


def meet(who: Who, key: str, minutes: Minutes, now: datetime) -> None:
    """Write a joint meeting down. Raises like `confirm`, and Invalid for a meeting that is yet to come."""
    if minutes.on > days.today(now).isoformat():
        raise Invalid("meeting.yet_to_come", fields={"on": [minutes.on]})
    by = who.acting()
    held = {**asdict(minutes), "by": by.id, "by_name": by.name, "at": now}
    _do(who, key, states.MEET, now, push={"meetings": held}, text=minutes.text)


def land(who: Who, key: str, project_id: str, now: datetime) -> None:
    """It became a project of the enterprise. Raises like `confirm`, Invalid for another's project."""

    def work() -> None:
        intent = see_intent(who, key)
        project = Project.rows().find_one({"_id": ObjectId(project_id)}, {"enterprise": 1})
        if project is None:
            raise Invalid("reference.unknown", fields={"project_id": [project_id]})
        if project.get("enterprise") != intent.enterprise:
            raise Invalid("project.of_another_enterprise", fields={"project_id": [project_id]})
        _do(who, key, states.LAND, now, change={"project": project["_id"]})

    transaction(work)


def drop(who: Who, key: str, reason: str, now: datetime) -> None:
    """Nothing comes of it, for a reason. Raises like `confirm`."""
    _do(who, key, states.DROP, now, change={"dropped": reason}, text=reason)


def assign(who: Who, key: str, person_id: str, now: datetime) -> None:
    """Somebody else sees to it from now on.

    Raises like `confirm`; Invalid for nobody who may come in, and where a platform is master of who it is.
    """
    person = Person.rows().find_one({"_id": ObjectId(person_id), "active": True}, {"_id": 1})
    if person is None:
        raise Invalid("reference.unknown", fields={"person_id": [person_id]})

    def work() -> None:
        intent = see_intent(who, key)
        by = actor(who, "expansion.change", ties_of(intent))
        require_master(who, REGISTER.name, ["owner"])
        _step(intent, states.ASSIGN, by, now, change={"owner": person["_id"]})

    transaction(work)


def follow(enterprise: ObjectId, was: ObjectId, new: ObjectId, by: Actor, now: datetime) -> None:
    """What the one who served the enterprise saw to, the one who serves it now sees to.

    Joins the surrounding transaction.
    """
    theirs = {"enterprise": enterprise, "owner": was, "state": {"$in": list(states.OPEN)}}
    for intent in Intent.objects(__raw__=theirs).order_by("id"):
        _step(intent, states.ASSIGN, by, now, change={"owner": new})


def _do(who: Who, key: str, action: str, now: datetime, **said: Any) -> None:
    """Take one step as `who`."""

    def work() -> None:
        intent = see_intent(who, key)
        _step(intent, action, actor(who, "expansion.change", ties_of(intent)), now, **said)

    transaction(work)


def _step(
    intent: Intent,
    action: str,
    by: Actor,
    now: datetime,
    *,
    change: Row | None = None,
    push: Row | None = None,
    text: str = "",
    data: Row | None = None,
) -> None:
    """One step with its history row, guarded by version; inside a transaction."""
    before = intent.state
    after = states.after(action, before)
    update: Row = {
        "$set": {"state": after, "updated_at": now, **(change or {})},
        "$inc": {"version": 1},
        **({"$push": push} if push else {}),
    }
    guard = {"_id": intent.id, "version": intent.version}
    if not Intent.rows().update_one(guard, update).modified_count:
        raise Conflict("changed_meanwhile")
    told = {**(change or {}), **(data or {})}
    history.append(
        THING,
        intent.id,
        action,
        by=by,
        now=now,
        before=before,
        after=after,
        text=text,
        data=told,
        version=intent.version + 1,
    )
