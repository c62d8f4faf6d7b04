"""What people do with exit cases, step by step. Each is a person's; there is no way for the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.calendars import registry as calendars
from app.foundation import days, history
from app.foundation.db import Row, transaction
from app.foundation.district import local, pack
from app.foundation.errors import Conflict, Forbidden, Invalid
from app.foundation.history import Actor
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import create_once, made_before
from app.people.access import actor
from app.people.announcing import announce
from app.people.who import Who
from app.photos import actions as photos
from app.projects.documents import EXITED
from app.projects.exits.documents import THING, ExitCase, deciding_departments
from app.projects.exits.queries import may_decide, permission, see, ties
from app.projects.exits.states import ENDED, RECTIFYING, after
from app.projects.queries import see_project
from app.projects.stages.actions import state_stage
from app.projects.stages.documents import ACTUAL
from app.projects.ties import project_ties
from app.projects.warnings.documents import KeptWarning
from config.warning_terms import Measure

RECTIFIED = "rectified"
DROPPED, DROPPED_UNSEEN = "project.exit_withdrawn", "project.exit_dropped"
MOMENT = "%Y-%m-%d %H:%M"

Change = Callable[[Row, Row, Actor], Mapping[str, Any]]
"""From the case, its project and who acts to what is set. Raises what stands against the step."""


def propose(who: Who, key: str, client_id: str, text: str, now: datetime) -> tuple[ObjectId, bool]:
    """Propose that a project leaves: (the case, whether it is new). Its open warnings are the evidence.

    Raises NotFound, Forbidden; Conflict while a case is under way, when the project has left, or when the
    client_id was used for something else.
    """
    project = see_project(who, key)
    by = actor(who, "exit.propose", project_ties(project.to_mongo()))
    print_ = fingerprint({"project": key, "text": text})

    def make() -> ExitCase:
        if project.course == EXITED:
            raise Conflict("exit.left_already")
        once = {"client_id": client_id, "fingerprint": print_}
        return _open(project.id, by, text, once, now)

    def find() -> ExitCase | None:
        return ExitCase.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    try:
        case, new = create_once(make, find, print_)
    except DuplicateKeyError:
        # Either the same was sent at once, or another case is under way.
        earlier = made_before(find, print_)
        if earlier is None:
            raise Conflict("exit.under_way") from None
        case, new = earlier, False
    return case.id, new


def _open(
    project: ObjectId, by: Actor, text: str, once: Mapping[str, str], now: datetime
) -> ExitCase:
    open_ = list(KeptWarning.rows().find({"project": project, "cleared_at": None}))
    case = ExitCase(
        project=project,
        by=by.id,
        by_name=by.name,
        role=by.role,
        text=text,
        warnings=[row["_id"] for row in open_],
        evidence=[each for row in open_ for each in row["evidence"]],
        departments=deciding_departments(),
        created_at=now,
        updated_at=now,
        **once,
    ).insert()
    data, then = {"project": project, "warnings": case.warnings}, case.state
    row = history.append(
        THING, case.id, "propose", by=by, now=now, after=then, text=text, data=data, version=1
    )
    announce("project.exit_suggested", project, row, now)
    return case


def serve(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Serve the notice on the enterprise, which from then on sees the case and may reply.

    Raises NotFound, Forbidden, Conflict unless it is proposed.
    """

    def change(case: Row, project: Row, by: Actor) -> Row:
        last = calendars.current().add_working_days(days.today(now), pack().exits.reply_wd)
        until = calendars.current().closing(last).astimezone(UTC)
        return {
            "notice": _signed(by, text, now),
            "reply_by": until,
            "shown_to": project.get("enterprise"),
        }

    _step(who, key, "serve", change, text, now, tell="project.exit_served")


def rectify(who: Who, key: str, *, text: str, due_on: date, now: datetime) -> None:
    """Order what is to be put right by the end of a day.

    Raises NotFound, Forbidden, Conflict; Invalid for less than the district's days.
    """

    def change(case: Row, project: Row, by: Actor) -> Row:
        least = days.today(now) + timedelta(days=pack().exits.rectify_days)
        if due_on < least:
            raise _unfit_day("exit.too_soon", least)
        return {"rectification": {**_signed(by, text, now), "due_on": due_on.isoformat()}}

    _step(who, key, "rectify", change, text, now, tell="project.exit_rectify")


def extend(who: Who, key: str, *, text: str, due_on: date, now: datetime) -> None:
    """Give more time to put it right. Raises NotFound, Forbidden, Conflict; Invalid for no later day."""

    def change(case: Row, project: Row, by: Actor) -> Row:
        least = max(date.fromisoformat(case["rectification"]["due_on"]), days.today(now))
        if due_on <= least:
            raise _unfit_day("exit.too_soon", least + timedelta(days=1))
        return {"rectification": {**case["rectification"], "due_on": due_on.isoformat()}}

    _step(who, key, "extend", change, text, now, tell="project.exit_extended")


def reply(who: Who, key: str, *, text: str, photo_ids: Sequence[str], now: datetime) -> None:
    """The enterprise's contact, or its commissioner on its behalf, replies, with photos of their own.

    Raises NotFound, Forbidden, Conflict; Invalid for another's photos.
    """

    def change(case: Row, project: Row, by: Actor) -> Row:
        pictures = photos.attachable(who, photo_ids)
        photos.attach(pictures, "project", project["_id"])
        said = {**_signed(by, text, now), "photos": pictures}
        return {"replies": [*case["replies"], said]}

    _step(who, key, "reply", change, text, now, tell="project.exit_replied")


def decide(who: Who, key: str, *, measure: str, text: str, now: datetime) -> None:
    """Decide on a lawful measure: once the enterprise has replied, or had its time to, and to rectify.

    Raises NotFound; Forbidden for who may not decide on this measure; Invalid for an unknown one; Conflict
    while the enterprise still has time, and by the table.
    """
    named = pack().exits.measure(measure)
    if named is None:
        codes = ", ".join(each.code for each in pack().exits.measures)
        raise Invalid("exit.unknown_measure", fields={"measure": [measure]}, choices=codes)

    def change(case: Row, project: Row, by: Actor) -> Row:
        if not may_decide(who, case, project, named):
            raise Forbidden("exit.not_to_decide")
        _heard(case, now)
        return {"decision": {**_signed(by, text, now), **_terms(named)}}

    _step(who, key, "decide", change, text, now, tell="project.exit_decided")


def close(who: Who, key: str, *, text: str, on: date, now: datetime) -> None:
    """Say that what was decided was carried out on a day, or that all was put right.

    With a measure that exits, the project's exit on that day is stated. Raises NotFound, Forbidden, Conflict;
    Invalid for a day to come, or what stands against stating the exit.
    """

    def change(case: Row, project: Row, by: Actor) -> Row:
        if on > days.today(now):
            raise Invalid("request.invalid", fields={"on": [Reason("register.in_the_future")]})
        decision = case["decision"]
        outcome = decision["measure"] if decision else RECTIFIED
        if decision and decision["exits"] and project["course"] != EXITED:
            said = {"stage": EXITED, "kind": ACTUAL, "on": on.isoformat(), "note": text[:500]}
            state_stage(who, str(project["_id"]), f"exit:{case['_id']}", said, now=now)
        return {"outcome": outcome, "ending": {**_signed(by, text, now), "on": on.isoformat()}}

    _step(who, key, "close", change, text, now, tell="project.exit_closed")


def reject(who: Who, key: str, *, text: str, now: datetime) -> None:
    """There is no ground for it. Raises NotFound, Forbidden, Conflict."""
    _step(who, key, "reject", _ending(text, now), text, now, tell=DROPPED)


def withdraw(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Take the proposal back, whatever became of it. Raises NotFound, Forbidden, Conflict."""
    _step(who, key, "withdraw", _ending(text, now), text, now, tell=DROPPED)


def _ending(text: str, now: datetime) -> Change:
    return lambda case, project, by: {"ending": _signed(by, text, now)}


def _heard(case: Row, now: datetime) -> None:
    """Nobody is judged unheard, nor before the time to put it right is over."""
    until = case["reply_by"]
    if not case["replies"] and now <= until:
        raise Conflict("exit.reply_first", until=f"{local(until):{MOMENT}}")
    due = str((case["rectification"] or {}).get("due_on"))
    if case["state"] == RECTIFYING and days.today(now).isoformat() <= due:
        raise Conflict("exit.rectifying_still", due=due)


def _terms(measure: Measure) -> Row:
    return {
        "measure": measure.code,
        "name": measure.name,
        "class": measure.class_,
        "basis": measure.basis,
        "exits": measure.exits,
    }


def _signed(by: Actor, text: str, now: datetime) -> Row:
    return {"by": by.id, "by_name": by.name, "role": by.role, "at": now, "text": text}


def _unfit_day(code: str, least: date) -> Invalid:
    return Invalid(code, fields={"due_on": [least.isoformat()]}, least=least.isoformat())


def _step(
    who: Who, key: str, action: str, change: Change, text: str, now: datetime, tell: str
) -> None:
    """One step of the table, by a person, with its history row and word of it."""

    def work() -> None:
        case, project = see(who, key)
        by = actor(who, permission(action), ties(case, project))
        then = after(action, case["state"])
        values = dict(change(case, project, by))
        ended = {"live": False} if then in ENDED else {}
        update = {**values, "state": then, **ended, "updated_at": now}
        same = {"_id": case["_id"], "version": case["version"], "state": case["state"]}
        made = ExitCase.rows().update_one(same, {"$set": update, "$inc": {"version": 1}})
        if not made.modified_count:
            raise Conflict("changed_meanwhile")
        due = (values.get("rectification") or {}).get("due_on") or values.get("reply_by")
        row = history.append(
            THING,
            case["_id"],
            action,
            by=by,
            now=now,
            before=case["state"],
            after=then,
            text=text,
            data={"project": project["_id"], "due": due, "set": values},
            version=case["version"] + 1,
        )
        # Of what the enterprise was never shown it hears nothing.
        unseen = tell == DROPPED and case["notice"] is None
        announce(DROPPED_UNSEEN if unseen else tell, project["_id"], row, now)

    transaction(work)
