"""What people do with orders, step by step; of one about an issue, with its supervision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from app.calendars import registry as calendars
from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Forbidden, Invalid
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.issues.pressing import supervising
from app.issues.pressing.orders import CLOSED as SETTLED
from app.oversight import orders_climbing as climbing
from app.oversight import orders_owners as owners
from app.oversight.orders import EXCERPT, THING, UNIT, Order, family
from app.oversight.orders_extending import decided, may_decide, pending
from app.oversight.orders_issuing import due_on_day
from app.oversight.orders_looking import permission, see
from app.oversight.orders_owners import Owner
from app.oversight.orders_states import OWED, WITHDRAWN, after
from app.people.access import actor, roles_reaching
from app.people.announcing import announce, telling
from app.people.who import Who
from app.photos import actions as photos

Change = Callable[[Row, Actor], Row]
"""From the order and who acts to what is set. Raises what stands against the step."""


def acknowledge(who: Who, key: str, *, now: datetime) -> None:
    """Its owner has read it. Raises NotFound, Forbidden, Conflict."""
    _step(who, key, "acknowledge", lambda row, by: {}, now)


def reply(who: Who, key: str, *, text: str, photo_ids: Sequence[str], now: datetime) -> None:
    """Say what was done, with photos of one's own; of an issue, to its supervision.

    An extension that was asked for and is not decided has no more object. Raises NotFound, Forbidden,
    Conflict; Invalid for another's photos.
    """

    def change(row: Row, by: Actor) -> Row:
        pictures = photos.attachable(who, photo_ids)
        said = {**_signed(by, text, now), "photos": pictures}
        return {"replies": [*row["replies"], said], "extensions": decided(row, by, now)}

    def execute(row: Row) -> None:
        key = str(row["supervision"])
        supervising.reply(who, key, text=text, photo_ids=photo_ids, now=now)

    _step(who, key, "reply", change, now, text=text, tell="replied", execute=execute)


def send_back(who: Who, key: str, *, text: str, due_on: date, now: datetime) -> None:
    """The reply will not do, for a reason: it is due anew by the end of a day, and climbs anew.

    Raises NotFound, Forbidden, also for one's own reply; Conflict; Invalid for a day that is over.
    """
    due = due_on_day(due_on, now)

    def change(row: Row, by: Actor) -> Row:
        _not_own(who, row)
        said = {**_signed(by, text, now), "accepted": False}
        return {"verdicts": [*row["verdicts"], said], **_again(due)}

    def execute(row: Row) -> None:
        supervising.close(
            who, str(row["supervision"]), accepted=False, text=text, due_at=due, now=now
        )

    _step(who, key, "send_back", change, now, text=text, tell="sent_back", execute=execute)


def accept(who: Who, key: str, *, text: str, now: datetime) -> None:
    """The reply will do. What is about an issue is closed thereby.

    Raises NotFound, Forbidden, also for one's own reply; Conflict.
    """

    def change(row: Row, by: Actor) -> Row:
        _not_own(who, row)
        return {"verdicts": [*row["verdicts"], {**_signed(by, text, now), "accepted": True}]}

    def execute(row: Row) -> None:
        _settle(who, row, text, now)

    _step(who, key, "accept", change, now, text=text, tell="accepted", execute=execute)


def close(who: Who, key: str, *, text: str, now: datetime) -> None:
    """What was accepted is ended for good. Raises NotFound, Forbidden, Conflict."""
    ending = lambda row, by: {"ending": _signed(by, text, now)}  # noqa: E731 - one change
    _step(who, key, "close", ending, now, text=text, tell="closed")


def ask_extension(who: Who, key: str, *, due_on: date, reason: str, now: datetime) -> None:
    """Ask for more time, until the end of a day. The present deadline stands until that is decided.

    Raises NotFound, Forbidden; Conflict while another is to be decided; Invalid for no later day.
    """
    due = due_on_day(due_on, now)

    def change(row: Row, by: Actor) -> Row:
        if pending(row):
            raise Conflict("order.extension_asked_already")
        if due <= row["due_at"]:
            raise Invalid("request.invalid", fields={"due_on": [Reason("order.no_later")]})
        asked = {"due_at": due, "reason": reason, "by": by.id, "by_name": by.name, "at": now}
        open_ = {"granted": None, "text": "", "decided_by": None, "decided_at": None}
        return {"extensions": [*row["extensions"], {**asked, **open_}]}

    _step(who, key, "ask_extension", change, now, text=reason, tell="extension_asked")


def decide_extension(who: Who, key: str, *, granted: bool, text: str, now: datetime) -> None:
    """Grant the time that was asked for, or refuse it.

    Raises NotFound, Forbidden, also for one's own wish; Conflict; Invalid to grant a time that is over.
    """

    def change(row: Row, by: Actor) -> Row:
        if not pending(row):
            raise Conflict("order.no_extension_asked")
        may_decide(who, row, now, granted=granted)
        settled = decided(row, by, now, granted=granted, text=text)
        return {"extensions": settled, **(_again(settled[-1]["due_at"]) if granted else {})}

    _step(who, key, "decide_extension", change, now, text=text, tell="extension_decided")


def hand_over(who: Who, key: str, *, owner_id: str, reason: str, now: datetime) -> None:
    """Let another answer for it. What it climbed stays climbed, and its deadline stands.

    A head or an admin of a unit gives it to somebody of theirs. Raises NotFound, Forbidden, Conflict;
    Invalid for somebody who is gone or may not know of its subject, and for its owner.
    """

    def change(row: Row, by: Actor) -> Row:
        new = owners.of_person(owner_id)
        owners.require_sight(new, row["subject_kind"], owners.subject_of(row))
        if new.person == row["owner"]:
            raise Invalid("request.invalid", fields={"owner_id": [Reason("order.owner_already")]})
        _within_reach(who, row, new)
        department = new.department or (None if row["addressed"] == "person" else row["department"])
        return {"owner": new.person, "department": department}

    _step(who, key, "hand_over", change, now, text=reason, tell="handed_over")


def withdraw(who: Who, key: str, *, reason: str, now: datetime) -> None:
    """Take it back, with a reason; it stays on record. Raises NotFound, Forbidden, Conflict."""

    def change(row: Row, by: Actor) -> Row:
        return {"ending": _signed(by, reason, now)}

    _step(who, key, "withdraw", change, now, text=reason, tell="withdrawn")


def _step(
    who: Who,
    key: str,
    action: str,
    change: Change,
    now: datetime,
    *,
    text: str = "",
    tell: str | None = None,
    execute: Callable[[Row], None] | None = None,
) -> None:
    def work() -> None:
        row = see(who, key)
        if row["supervision"] is not None and action != "withdraw":
            _executed(row, action, execute)
            return
        name, ties = permission(action)
        by = actor(who, name, ties(row))
        if row["supervision"] is not None:
            _settle(who, row, text, now)
        then = after(action, row["state"])
        values = change(row, by)
        _write(row, then, values, now)
        _record(row, action, then, values, by, now, text, tell)

    transaction(work)


def _executed(row: Row, action: str, execute: Callable[[Row], None] | None) -> None:
    """Of what is about an issue the supervision takes the step, with its own history and notices."""
    if row["state"] == WITHDRAWN or execute is None:
        after_ = {"action": [action], "state": [row["state"]]}
        raise Conflict("order.by_supervision", fields=after_)
    execute(row)


def _settle(who: Who, row: Row, text: str, now: datetime) -> None:
    if row["execution"]["state"] != SETTLED:
        key = str(row["supervision"])
        supervising.close(who, key, accepted=True, text=text, due_at=None, now=now)


def _write(row: Row, then: str, values: Row, now: datetime) -> None:
    """The step, guarded by the version, with the rung that follows from it."""
    changed: Row = {**row, **values}
    owed = row["supervision"] is None and then in OWED
    rung: Row = dict(row["rung"]) if owed else {}
    if owed and ("due_at" in values or row["state"] not in OWED):
        rung = climbing.following(changed["due_at"], changed["climbed"], calendars.current())
    if row["rung"].get("key") != rung.get("key"):
        climbing.await_rung(row["_id"], row["rung"], rung, now)
    update = {**values, "state": then, "rung": rung, "updated_at": now}
    same = {"_id": row["_id"], "version": row["version"]}
    made = Order.rows().update_one(same, {"$set": update, "$inc": {"version": 1}})
    if not made.modified_count:
        raise Conflict("changed_meanwhile")


def _record(
    row: Row,
    action: str,
    then: str,
    values: Row,
    by: Actor,
    now: datetime,
    text: str,
    tell: str | None,
) -> None:
    due = values.get("due_at", row["due_at"])
    if action == "ask_extension":
        due = values["extensions"][-1]["due_at"]
    people = _told(row, action, values)
    data = {
        **telling(people, row["text"][:EXCERPT], due=due, project=row["project"]),
        "photos": (values.get("replies") or [{}])[-1].get("photos", []),
        "owner": values.get("owner", row["owner"]),
        "was": row["owner"],
    }
    told = history.append(
        THING,
        row["_id"],
        action,
        by=by,
        now=now,
        before=row["state"],
        after=then,
        text=text,
        data=data,
        version=row["version"] + 1,
    )
    if tell and people:
        own = "order" if tell.startswith(("extension", "handed")) else family(row)
        announce(f"{own}.{tell}", row["_id"], told, now)


def _told(row: Row, action: str, values: Mapping[str, Any]) -> list[ObjectId]:
    """Who hears of a step: who issued it of what its owner does, its owner of all else."""
    if row["supervision"] is not None:
        return []
    if action in ("reply", "ask_extension"):
        return [row["by"]] if owners.here(row["by"]) else owners.holding("inspector")
    return [values.get("owner", row["owner"])]


def _signed(by: Actor, text: str, now: datetime) -> Row:
    return {"by": by.id, "by_name": by.name, "at": now, "text": text}


def _again(due: datetime) -> Row:
    return {"due_at": due, "climbed": []}


def _not_own(who: Who, row: Row) -> None:
    """Nobody judges what they replied themselves."""
    if row["replies"] and row["replies"][-1]["by"] == who.id:
        raise Forbidden("order.own_reply")


def _within_reach(who: Who, row: Row, new: Owner) -> None:
    name, ties = permission("hand_over")
    reaching = set(roles_reaching(who, name, ties(row)))
    if reaching & {"leader", "inspector"}:
        return
    if row["addressed"] == UNIT:
        fits = new.person in owners.holding("unit_admin", unit=row["unit"])
    else:
        fits = new.department == row["department"]
    if not fits:
        raise Invalid("request.invalid", fields={"owner_id": [Reason("order.not_of_yours")]})
