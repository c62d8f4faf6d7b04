"""The one policy table: which role may do what, and to which things.

A room asks `allowed` about one thing and `scope` for a list; both read the same table, so a list never
shows what a single look would refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bson import ObjectId

from app.foundation.errors import Forbidden
from app.people.who import Held, Who


class Reach(Enum):
    """To which things a role's permission extends."""

    ALL = "all"
    OWN = "own"
    SERVED = "served"
    ENTERPRISE = "enterprise"
    DEPARTMENT = "department"
    UNIT = "unit"


ALL, OWN, SERVED = Reach.ALL, Reach.OWN, Reach.SERVED
ENTERPRISE, DEPARTMENT, UNIT = Reach.ENTERPRISE, Reach.DEPARTMENT, Reach.UNIT

_OVERSEERS = {"dispatcher": (ALL,), "inspector": (ALL,), "leader": (ALL,), "admin": (ALL,)}
_STAFF = {"clerk": (DEPARTMENT,), "head": (DEPARTMENT,)}

TABLE: Mapping[str, Mapping[str, tuple[Reach, ...]]] = {
    "issue.open": {
        "commissioner": (ALL,),
        "contact": (ENTERPRISE,),
        "dispatcher": (ALL,),
        "unit_admin": (UNIT,),
        "service": (ALL,),
    },
    "issue.see": {
        "commissioner": (OWN, SERVED),
        "contact": (ENTERPRISE,),
        "unit_admin": (UNIT,),
        "service": (OWN,),
        **_STAFF,
        **_OVERSEERS,
    },
    "issue.see_internal": {"unit_admin": (UNIT,), **_STAFF, **_OVERSEERS},
    "issue.see_reporter": {
        "dispatcher": (ALL,),
        "inspector": (ALL,),
        "admin": (ALL,),
        "commissioner": (OWN,),
        "contact": (OWN,),
        "unit_admin": (OWN,),
        "service": (OWN,),
    },
    "issue.see_phones": {
        "dispatcher": (ALL,),
        "head": (DEPARTMENT,),
        "commissioner": (OWN,),
        "contact": (OWN,),
        "unit_admin": (OWN,),
        "service": (OWN,),
    },
    "issue.confirm": {"contact": (ENTERPRISE,), "commissioner": (OWN,)},
    "issue.withdraw": {"contact": (OWN,), "commissioner": (OWN,), "service": (OWN,)},
    "issue.place": {"dispatcher": (ALL,)},
    "ticket.see": {**_STAFF, **_OVERSEERS, "unit_admin": (UNIT,)},
    "ticket.accept": _STAFF,
    "ticket.note": _STAFF,
    "ticket.answer": _STAFF,
    "ticket.return": _STAFF,
    "visit.make": {"commissioner": (ALL,)},
    "visit.see": {"commissioner": (OWN,), "unit_admin": (UNIT,), **_OVERSEERS},
    "visit.change": {"commissioner": (OWN,)},
    "visit.see_track": {"commissioner": (OWN,), "inspector": (ALL,), "admin": (ALL,)},
    "photo.take": {
        "commissioner": (ALL,),
        "contact": (ALL,),
        "clerk": (ALL,),
        "head": (ALL,),
        "dispatcher": (ALL,),
        "inspector": (ALL,),
        "unit_admin": (ALL,),
        "service": (ALL,),
    },
    "photo.see": {
        "commissioner": (OWN,),
        "contact": (OWN,),
        "clerk": (OWN,),
        "head": (OWN,),
        "dispatcher": (ALL,),
        "inspector": (ALL,),
        "leader": (ALL,),
        "unit_admin": (OWN,),
        "admin": (ALL,),
        "service": (OWN,),
    },
    "photo.see_original": {
        "commissioner": (OWN,),
        "contact": (OWN,),
        "clerk": (OWN,),
        "head": (OWN,),
        "dispatcher": (OWN,),
        "inspector": (ALL,),
        "unit_admin": (OWN,),
        "service": (OWN,),
    },
    "evidence.roots": {
        "commissioner": (ALL,),
        "clerk": (ALL,),
        "head": (ALL,),
        "unit_admin": (ALL,),
        **_OVERSEERS,
    },
    "photo.retry": {
        "commissioner": (OWN,),
        "contact": (OWN,),
        "clerk": (OWN,),
        "head": (OWN,),
        "dispatcher": (ALL,),
        "inspector": (ALL,),
        "unit_admin": (OWN,),
        "admin": (ALL,),
        "service": (OWN,),
    },
    "photo.review": {"inspector": (ALL,)},
    "photo.see_quarantined": {"inspector": (ALL,)},
    "enterprise.see": {
        "commissioner": (ALL,),
        "contact": (ENTERPRISE,),
        "clerk": (ALL,),
        "head": (ALL,),
        "unit_admin": (UNIT,),
        "service": (ALL,),
        **_OVERSEERS,
    },
    "enterprise.complete": {
        "commissioner": (ALL,),
        "dispatcher": (ALL,),
        "unit_admin": (UNIT,),
        "admin": (ALL,),
    },
    "routing.preview": {
        "commissioner": (ALL,),
        "contact": (ALL,),
        "dispatcher": (ALL,),
        "inspector": (ALL,),
        "unit_admin": (ALL,),
        "admin": (ALL,),
        "service": (ALL,),
    },
}


@dataclass(frozen=True, slots=True)
class Ties:
    """What binds a thing to people: who made it, who serves it, whose it is."""

    owner: ObjectId | None = None
    served_by: ObjectId | None = None
    enterprise: ObjectId | None = None
    unit: str | None = None
    departments: tuple[ObjectId, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Which stored fields carry those ties; None where a kind of thing has no such tie."""

    owner: str | None = None
    served_by: str | None = None
    enterprise: str | None = None
    unit: str | None = None
    departments: str | None = None


def allowed(who: Who, action: str, ties: Ties) -> bool:
    """Whether `who` may do `action` to a thing with these ties."""
    rules = TABLE[action]
    return any(
        _reaches(who, held, reach, ties) for held in who.held for reach in rules.get(held.role, ())
    )


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
    return tuple(
        held.role
        for held in who.held
        if any(_reaches(who, held, reach, ties) for reach in TABLE[action].get(held.role, ()))
    )


def _reaches(who: Who, held: Held, reach: Reach, ties: Ties) -> bool:
    match reach:
        case Reach.ALL:
            return True
        case Reach.OWN:
            return ties.owner == who.id
        case Reach.SERVED:
            return ties.served_by == who.id
        case Reach.ENTERPRISE:
            return held.enterprise is not None and held.enterprise == ties.enterprise
        case Reach.DEPARTMENT:
            return held.department in ties.departments
        case Reach.UNIT:
            return held.unit is not None and held.unit == ties.unit


def scope(who: Who, action: str, columns: Columns) -> dict[str, Any]:
    """The filter that finds exactly the things `who` may do `action` to; it may match nothing."""
    branches: list[dict[str, Any]] = []
    for held in who.held:
        for reach in TABLE[action].get(held.role, ()):
            branch = _branch(who, held, reach, columns)
            if branch == {}:
                return {}
            if branch is not None and branch not in branches:
                branches.append(branch)
    if not branches:
        return {"_id": {"$in": []}}
    return branches[0] if len(branches) == 1 else {"$or": branches}


def _branch(who: Who, held: Held, reach: Reach, columns: Columns) -> dict[str, Any] | None:
    pairs: dict[Reach, tuple[str | None, Any]] = {
        OWN: (columns.owner, who.id),
        SERVED: (columns.served_by, who.id),
        ENTERPRISE: (columns.enterprise, held.enterprise),
        DEPARTMENT: (columns.departments, held.department),
        UNIT: (columns.unit, held.unit),
    }
    if reach is ALL:
        return {}
    column, value = pairs[reach]
    return {column: value} if column and value is not None else None
