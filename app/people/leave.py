"""Leave of absence: taking and giving it, ending it, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.district import local
from app.foundation.errors import Conflict, Invalid, NotFound
from app.foundation.history import Actor
from app.foundation.ids import object_id
from app.foundation.reasons import Reason
from app.people.access import Ties, actor, allowed, require
from app.people.documents import Leave, Person
from app.people.standing import fits, held_by, in_force, lent, to_lend
from app.people.who import Who

Row = dict[str, Any]
_NEWEST_FIRST = [("since", -1), ("_id", -1)]


@dataclass(frozen=True, slots=True)
class Absence:
    """What is asked for: from `since` (now, when that is past) to before `until`, aware moments."""

    since: datetime
    until: datetime
    deputy_id: str


def take(who: Who, absence: Absence, now: datetime) -> Leave:
    """Go on leave oneself.

    Raises Forbidden for somebody with no role that a deputy could hold; Invalid for times that are over
    or turned round, and for a deputy who is oneself, not active, or holds no role that fits; Conflict when
    it overlaps another leave of this person, or the deputy is away, or this person is a deputy meanwhile.
    """
    by = actor(who.alone(), "leave.take", Ties(owner=who.id))
    return _begin(who.id, absence, by, now)


def give(who: Who, key: str, absence: Absence, now: datetime) -> Leave:
    """Enter the leave of somebody: by the head of their department or an admin. Raises like `take`."""
    person = _person(object_id(key))
    if person is None:
        raise NotFound("not_found")
    return _begin(person["_id"], absence, _manager(who, person), now)


def end(who: Who, key: str, now: datetime) -> None:
    """End a leave now: by whose it is, the head of their department or an admin.

    Before it began it is thereby called off. Raises NotFound when it is not for these eyes, Forbidden for
    the deputy, Conflict when it is over.
    """

    def work() -> None:
        leave = Leave.get(key)
        person = Person.rows().find_one({"_id": leave.person}) or {"_id": leave.person}
        if leave.person == who.id:
            by = who.alone().acting()
        elif leave.deputy == who.id or _manages(who, person):
            by = _manager(who, person)
        else:
            raise NotFound("not_found")
        still = {"_id": leave.id, "ended_at": None, "until": {"$gt": now}}
        if not Leave.rows().update_one(still, {"$set": {"ended_at": now}}).modified_count:
            raise Conflict("leave.over")
        reason = Reason("leave.ended_early", {"absent": person.get("name", "")})
        _note(leave, "end_leave", reason, by, now)

    transaction(work)


def of(who: Who, page: int, page_size: int) -> tuple[list[Leave], int]:
    """A page of one's own leaves and of those one is the deputy of, the latest first, and how many."""
    return _page({"$or": [{"person": who.id}, {"deputy": who.id}]}, page, page_size)


def of_department(
    who: Who, department: ObjectId | None, page: int, page_size: int
) -> tuple[list[Leave], int]:
    """A page of the leaves of a department's people; of all that `who` manages when none is named.

    Raises Forbidden when it is not theirs to manage.
    """
    require(who, "leave.manage", Ties(departments=(department,)) if department else None)
    query: Row = {}
    if department is not None or not who.has("admin"):
        own = [held.department for held in who.having("head")]
        places = [department] if department else own
        people = Person.rows().distinct("_id", {"grants.department": {"$in": places}})
        query = {"person": {"$in": people}}
    return _page(query, page, page_size)


def entered(who: Who, person: ObjectId, absence: Absence) -> Leave:
    """The leave that `who` has entered with these facts. Raises NotFound when there is none."""
    said = {"deputy": ObjectId(absence.deputy_id), "until": absence.until}
    found = Leave.objects(person=person, by=who.id, **said).order_by("-_id").first()
    if found is None:
        raise NotFound("not_found")
    return found  # type: ignore[no-any-return]


def deputies_of(person_ids: Iterable[ObjectId], now: datetime) -> Mapping[ObjectId, ObjectId]:
    """Who stands in now for those of these persons who are away: absent person to deputy.

    A deputy who was disabled since, or holds no role any more that fits, stands in for nobody.
    """
    away_now = {"person": {"$in": list(person_ids)}, **in_force(now)}
    deputies = {row["person"]: row["deputy"] for row in Leave.rows().find(away_now)}
    concerned = {"_id": {"$in": [*deputies, *deputies.values()]}, "active": True}
    people = {row["_id"]: row for row in Person.rows().find(concerned, {"name": 1, "grants": 1})}
    return {
        absent: deputy
        for absent, deputy in deputies.items()
        if absent in people and deputy in people and lent(people[absent], held_by(people[deputy]))
    }


def away(person_id: ObjectId, now: datetime) -> bool:
    """Whether the person is on leave now."""
    return Leave.rows().find_one({"person": person_id, **in_force(now)}, {"_id": 1}) is not None


def state(leave: Leave, now: datetime) -> str:
    """`coming`, `running` or `over`."""
    over_at = leave.until if leave.ended_at is None else min(leave.until, leave.ended_at)
    if now >= over_at:
        return "over"
    return "running" if now >= leave.since else "coming"


def names(leaves: Iterable[Leave]) -> Mapping[ObjectId, str]:
    """The names of those on leave and of their deputies."""
    ids = [key for leave in leaves for key in (leave.person, leave.deputy)]
    return {
        row["_id"]: row["name"] for row in Person.rows().find({"_id": {"$in": ids}}, {"name": 1})
    }


def _page(query: Row, page: int, page_size: int) -> tuple[list[Leave], int]:
    rows = Leave.objects(__raw__=query).order_by("-since", "-_id")
    return list(rows.skip((page - 1) * page_size).limit(page_size)), rows.count()


def _person(key: ObjectId) -> Row | None:
    """The active person with this id."""
    return Person.rows().find_one({"_id": key, "active": True}, {"name": 1, "grants": 1})


def _ties(person: Mapping[str, Any]) -> Ties:
    departments = (grant.department for grant in held_by(person))
    return Ties(owner=person["_id"], departments=tuple(each for each in departments if each))


def _deciding(who: Who, person: Mapping[str, Any]) -> Who:
    """A deputy decides nothing about the very leave by which they hold their rights."""
    return who.alone() if person["_id"] in who.standing_for else who


def _manages(who: Who, person: Mapping[str, Any]) -> bool:
    return allowed(_deciding(who, person), "leave.manage", _ties(person))


def _manager(who: Who, person: Mapping[str, Any]) -> Actor:
    return actor(_deciding(who, person), "leave.manage", _ties(person))


def _begin(person: ObjectId, absence: Absence, by: Actor, now: datetime) -> Leave:
    since, until = max(absence.since, now), absence.until
    deputy = object_id(absence.deputy_id)
    if until <= since:
        raise Invalid("leave.times", fields={"until": [Reason("leave.times")]})
    if deputy == person:
        raise Invalid("leave.deputy_self", fields={"deputy_id": [Reason("leave.deputy_self")]})

    def work() -> Leave:
        _meet(person, deputy)
        absent, stands_in = _fitting(person, deputy)
        _check_free(person, deputy, since, until)
        times = {"since": since, "until": until}
        leave = Leave(person=person, deputy=deputy, by=by.id, created_at=now, **times).insert()
        spoken = {name: _spoken(moment) for name, moment in times.items()}
        names = {"absent": absent["name"], "deputy": stands_in["name"]}
        _note(leave, "leave", Reason("leave.from_until", {**names, **spoken}), by, now, **times)
        return leave

    return transaction(work)


def _note(
    leave: Leave, action: str, reason: Reason, by: Actor, now: datetime, **more: datetime
) -> None:
    """Write it down, and tell the deputy; also whose leave it is, if somebody else decided."""
    people = [leave.deputy] if by.id == leave.person else [leave.deputy, leave.person]
    data = {"leave": leave.id, "people": people, **more}
    row = history.append(
        "person", leave.person, action, by=by, now=now, reasons=[reason], data=data
    )
    payload, key = {"event": "person.leave", "row": row}, f"notices.deliver:{row}"
    duties.add("notices.deliver", leave.person, now=now, key=key, payload=payload)


def _meet(*people: ObjectId) -> None:
    """Make two leaves at once that name the same person conflict, so that the later one looks again."""
    for person in sorted(people):
        Person.rows().update_one({"_id": person}, {"$inc": {"leave_version": 1}})


def _fitting(person: ObjectId, deputy: ObjectId) -> tuple[Row, Row]:
    """Both as stored, if the deputy may stand in. Raises Invalid else."""
    absent, stands_in = _person(person), _person(deputy)
    if stands_in is None:
        reason = Reason("leave.deputy_unknown")
        raise Invalid("leave.deputy_unknown", fields={"deputy_id": [reason]})
    lends = to_lend(held_by(absent)) if absent else []
    if absent is None or not lends:
        raise Invalid("leave.nothing_to_lend")
    if not all(fits(grant, held_by(stands_in)) for grant in lends):
        reason = Reason("leave.deputy_unfit")
        raise Invalid("leave.deputy_unfit", fields={"deputy_id": [reason]})
    return absent, stands_in


def _check_free(person: ObjectId, deputy: ObjectId, since: datetime, until: datetime) -> None:
    """What was ended early is over before `since`, which is not in the past."""
    meanwhile = {"since": {"$lt": until}, "until": {"$gt": since}, "ended_at": None}
    for role, key, code in (
        ("person", person, "leave.overlaps"),
        ("person", deputy, "leave.deputy_away"),
        ("deputy", person, "leave.is_deputy"),
    ):
        other = Leave.rows().find_one({role: key, **meanwhile}, sort=_NEWEST_FIRST)
        if other is not None:
            raise Conflict(code, since=_spoken(other["since"]), until=_spoken(other["until"]))


def _spoken(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}"
