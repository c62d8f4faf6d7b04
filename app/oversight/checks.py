"""What inspectors do with a check: it is given to one of them, and they record what they found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.foundation import duties, history
from app.foundation.db import Row, transaction
from app.foundation.duties import Duty
from app.foundation.errors import Conflict, Forbidden, Invalid
from app.oversight.checks_people import heads, inspectors_of, of_unit
from app.oversight.checks_queries import see, ties
from app.oversight.draws_actions import assigned
from app.oversight.draws_documents import CHECK, CONFIRMED, OPEN, RECORDED, Check, Draw
from app.people.access import actor
from app.people.announcing import announce, telling
from app.people.finding import once
from app.people.who import Who
from app.photos import actions as photos

ANSWERS = ("yes", "partly", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A call to the enterprise: when, whether anybody was reached, and what they said."""

    at: datetime
    reached: bool
    solved: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a check came to: confirmed, doubtful or fake, with what it rests on."""

    outcome: str
    notes: str
    photo_ids: Sequence[str] = ()
    callback: Callback | None = None


def assign(who: Who, key: str, *, inspector_id: str, now: datetime) -> None:
    """Give an open check to another inspector, who has not done the work that is checked.

    Raises NotFound, Forbidden; Invalid for who is no inspector or did the work; Conflict once recorded.
    """

    def work() -> None:
        check = see(who, key)
        by = actor(who, "check.assign", ties(check))
        [inspector] = inspectors_of([inspector_id])
        if inspector == check["owner"]:
            raise Invalid("check.own_work", fields={"inspector_id": [inspector_id]})
        _step(check, {"inspector": inspector})
        assigned(check, inspector, by, now, check["version"] + 1)

    transaction(work)


def record(who: Who, key: str, given: Outcome, now: datetime) -> None:
    """The inspector's finding, once; from then on those it concerns see it.

    Raises NotFound; Forbidden, for who stands in and did the work too; Invalid for another's photos, a call
    to come, or words of nobody; Conflict.
    """

    def work() -> None:
        check = see(who, key)
        by = actor(who, "check.record", ties(check))
        if check["owner"] == who.id:
            raise Forbidden("check.own_work")
        pictures = photos.attachable(who, given.photo_ids)
        photos.attach(pictures, check["item"], check["item_id"])
        change = {
            "state": RECORDED,
            "outcome": given.outcome,
            "notes": given.notes,
            "photos": pictures,
            "callback": _called(given.callback, now),
            "recorded_at": now,
            "recorded_by_name": by.name,
            "shown_department": check["department"],
            "shown_unit": check["unit"],
        }
        _step(check, change)
        told = {name: change[name] for name in ("outcome", "photos", "callback")}
        row = history.append(
            CHECK,
            check["_id"],
            "record",
            by=by,
            now=now,
            before=OPEN,
            after=RECORDED,
            text=given.notes,
            data={**told, **_telling(check)},
            version=check["version"] + 1,
        )
        if given.outcome != CONFIRMED:
            announce(f"check.{given.outcome}", check["_id"], row, now)

    transaction(work)


def remind(duty: Duty, now: datetime) -> None:
    """The time to look is over: the inspector, and who planned the draw, hear of it, if it is still open."""

    def work() -> None:
        check = Check.rows().find_one({"_id": duty.subject})
        if check is not None and check["state"] == OPEN:
            planned = Draw.rows().find_one({"_id": check["draw"]}, {"by": 1}) or {}
            people = once([check["inspector"], planned.get("by")])
            data = telling(people, check["name"], due=check["due_at"], issue=check["issue"])
            row = history.append(
                CHECK, check["_id"], "overdue", by=history.SYSTEM, now=now, data=data
            )
            announce("check.overdue", check["_id"], row, now)
        duties.finish(duty, now)

    transaction(work)


def _called(given: Callback | None, now: datetime) -> Row | None:
    if given is None:
        return None
    if given.at > now:
        raise Invalid("check.call_to_come", fields={"callback": ["at"]})
    if given.solved is not None and not given.reached:
        raise Invalid("check.nobody_reached", fields={"callback": ["solved"]})
    return {
        "at": given.at,
        "reached": given.reached,
        "solved": given.solved,
        "text": given.text,
    }


def _telling(check: Row) -> Row:
    """Whose work it was found wanting in: the heads of the department, of a visit its unit."""
    department, unit = check["department"], check["unit"]
    people = [*(heads(department) if department else of_unit(unit) if unit else ())]
    return {**telling(people, check["name"], issue=check["issue"])}


def _step(check: Row, change: Row) -> None:
    if check["state"] != OPEN:
        raise Conflict("check.recorded_already", fields={"state": [check["state"]]})
    same = {"_id": check["_id"], "state": OPEN, "version": check["version"]}
    made = Check.rows().update_one(same, {"$set": change, "$inc": {"version": 1}})
    if not made.modified_count:
        raise Conflict("changed_meanwhile")
