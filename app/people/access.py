"""Who may do what, by the one policy table (`policy`).

A room asks `allowed` about one thing and `scope` for a list; both read the same table, so a list never
shows what a single look would refuse. What is restricted asks for more than the table: see
`policy.RESTRICTED`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.foundation.errors import Forbidden
from app.foundation.history import Actor
from app.people.policy import (
    ALL,
    DEPARTMENT,
    ENTERPRISE,
    FIRM,
    FOLLOWER,
    OWN,
    RESTRICTED,
    SERVED,
    TABLE,
    UNIT,
    Reach,
)
from app.people.who import Held, Who


@dataclass(frozen=True, slots=True)
class Ties:
    """What binds a thing to people: who made it, who serves it, whose it is, who follows it.

    And what keeps it from them: `restricted` needs a further reach, what is `withheld` no department
    sees, with `units_barred` no unit.
    """

    owner: ObjectId | None = None
    served_by: ObjectId | None = None
    enterprise: ObjectId | None = None
    unit: str | None = None
    departments: tuple[ObjectId, ...] = ()
    followers: tuple[ObjectId, ...] = ()
    restricted: bool = False
    anonymous: bool = False
    withheld: bool = False
    units_barred: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Which stored fields carry those ties; None where a kind of thing has no such tie.

    What is stored as `restricted` is a code, or None.
    """

    owner: str | None = None
    served_by: str | None = None
    enterprise: str | None = None
    unit: str | None = None
    departments: str | None = None
    followers: str | None = None
    restricted: str | None = None
    anonymous: str | None = None
    withheld: str | None = None
    units_barred: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Things within one reach: those with `value` in `column` (all, where that is None) that fit `also`."""

    column: str | None
    value: Any
    also: dict[str, Any]

    def query(self) -> dict[str, Any]:
        """As MongoDB is asked for it."""
        return {**({self.column: self.value} if self.column else {}), **self.also}


NOTHING: dict[str, Any] = {"_id": {"$in": []}}
"""A filter that matches nothing."""


def allowed(who: Who, action: str, ties: Ties) -> bool:
    """Whether `who` may do `action` to a thing with these ties."""
    return any(_allows(who, held, action, ties) for held in who.held)


def require(who: Who, action: str, ties: Ties | None = None) -> None:
    """Raise Forbidden unless allowed; without ties, unless some role may do it to something."""
    granted = may(who, action) if ties is None else allowed(who, action, ties)
    if not granted:
        raise Forbidden("forbidden")


def may(who: Who, action: str) -> bool:
    """Whether some role of `who` may do `action` to anything at all."""
    return who.has(*TABLE[action])


def roles_reaching(who: Who, action: str, ties: Ties) -> tuple[str, ...]:
    """The roles by which `who` may do `action` to the thing, in the order held."""
    return tuple(held.role for held in _reaching(who, action, ties))


def actor(who: Who, action: str, ties: Ties) -> Actor:
    """How history names `who` for doing `action` to the thing: by the grant that allows it, own first.

    Raises Forbidden when none does.
    """
    grants = _reaching(who, action, ties)
    if not grants:
        raise Forbidden("forbidden")
    return who.acting_by(*grants)


def _reaching(who: Who, action: str, ties: Ties) -> list[Held]:
    return [held for held in who.held if _allows(who, held, action, ties)]


def _allows(who: Who, held: Held, action: str, ties: Ties) -> bool:
    """Whether this grant reaches the thing; what is restricted must be in its further reach as well."""
    reaches = TABLE[action].get(held.role, ())
    if not any(_reaches(who, held, reach, ties) for reach in reaches):
        return False
    further = RESTRICTED.get(held.role, ()) if ties.restricted else (ALL,)
    return any(_reaches(who, held, reach, ties) for reach in further)


def _reaches(who: Who, held: Held, reach: Reach, ties: Ties) -> bool:
    match reach:
        case Reach.ALL:
            return True
        case Reach.OWN:
            return ties.owner == _holder(who, held)
        case Reach.SERVED:
            return ties.served_by == _holder(who, held)
        case Reach.ENTERPRISE | Reach.FIRM:
            mine = held.enterprise is not None and held.enterprise == ties.enterprise
            return mine and not (reach is FIRM and ties.anonymous)
        case Reach.DEPARTMENT:
            return held.department in ties.departments and not ties.withheld
        case Reach.UNIT:
            mine = held.unit is not None and held.unit == ties.unit
            return mine and not ties.units_barred
        case Reach.FOLLOWER:
            return _holder(who, held) in ties.followers


def _holder(who: Who, held: Held) -> ObjectId:
    """Whose grant it is: what is the absent person's own is, for the deputy, within that grant's reach."""
    return held.instead_of or who.id


def scope(who: Who, action: str, columns: Columns) -> dict[str, Any]:
    """The filter that finds exactly the things `who` may do `action` to; it may match nothing."""
    branches = [part.query() for part in parts(who, action, columns)]
    if not branches:
        return dict(NOTHING)
    return branches[0] if len(branches) == 1 else {"$or": branches}


def parts(who: Who, action: str, columns: Columns) -> list[Part]:
    """The same as parts that together are all of it; they may overlap. One that is everything is alone."""
    found: list[Part] = []
    for held in who.held:
        for reach in TABLE[action].get(held.role, ()):
            part = _part(who, held, reach, columns)
            if part is None or part in found:
                continue
            if part.query() == {}:
                return [part]
            found.append(part)
    return found


def _part(who: Who, held: Held, reach: Reach, columns: Columns) -> Part | None:
    part = _plain(who, held, reach, columns)
    if part is None or columns.restricted is None:
        return part
    further = RESTRICTED.get(held.role, ())
    if reach in further or ALL in further:
        return part
    others = (_plain(who, held, each, columns) for each in further)
    # What the part has fixed already is not asked again: MongoDB would plan to look it up twice.
    queries = [
        other.also if other.column == part.column else other.query()
        for other in others
        if other is not None
    ]
    open_to_all = {columns.restricted: None}
    also = {"$or": [open_to_all, *queries]} if queries else open_to_all
    return Part(part.column, part.value, {**part.also, **also})


def _plain(who: Who, held: Held, reach: Reach, columns: Columns) -> Part | None:
    """What a reach finds by itself; None where it finds nothing."""
    pairs: dict[Reach, tuple[str | None, Any]] = {
        OWN: (columns.owner, _holder(who, held)),
        SERVED: (columns.served_by, _holder(who, held)),
        ENTERPRISE: (columns.enterprise, held.enterprise),
        FIRM: (columns.enterprise, held.enterprise),
        DEPARTMENT: (columns.departments, held.department),
        UNIT: (columns.unit, held.unit),
        FOLLOWER: (columns.followers, _holder(who, held)),
    }
    if reach is ALL:
        return Part(None, None, {})
    column, value = pairs[reach]
    if not column or value is None:
        return None
    kept_from = {
        FIRM: columns.anonymous,
        DEPARTMENT: columns.withheld,
        UNIT: columns.units_barred,
    }
    flag = kept_from.get(reach)
    return Part(column, value, {flag: {"$ne": True}} if flag else {})
