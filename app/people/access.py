"""Who may do what, by the one policy table (`policy`).

A room asks `allowed` about one thing and `scope` for a list; both read the same table, so a list never
shows what a single look would refuse.
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
    FOLLOWER,
    OWN,
    SERVED,
    TABLE,
    UNIT,
    Reach,
)
from app.people.who import Held, Who


@dataclass(frozen=True, slots=True)
class Ties:
    """What binds a thing to people: who made it, who serves it, whose it is, who follows it."""

    owner: ObjectId | None = None
    served_by: ObjectId | None = None
    enterprise: ObjectId | None = None
    unit: str | None = None
    departments: tuple[ObjectId, ...] = ()
    followers: tuple[ObjectId, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Which stored fields carry those ties; None where a kind of thing has no such tie."""

    owner: str | None = None
    served_by: str | None = None
    enterprise: str | None = None
    unit: str | None = None
    departments: str | None = None
    followers: str | None = None


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
    return [
        held
        for held in who.held
        if any(_reaches(who, held, reach, ties) for reach in TABLE[action].get(held.role, ()))
    ]


def _reaches(who: Who, held: Held, reach: Reach, ties: Ties) -> bool:
    match reach:
        case Reach.ALL:
            return True
        case Reach.OWN:
            return ties.owner == _holder(who, held)
        case Reach.SERVED:
            return ties.served_by == _holder(who, held)
        case Reach.ENTERPRISE:
            return held.enterprise is not None and held.enterprise == ties.enterprise
        case Reach.DEPARTMENT:
            return held.department in ties.departments
        case Reach.UNIT:
            return held.unit is not None and held.unit == ties.unit
        case Reach.FOLLOWER:
            return _holder(who, held) in ties.followers


def _holder(who: Who, held: Held) -> ObjectId:
    """Whose grant it is: what is the absent person's own is, for the deputy, within that grant's reach."""
    return held.instead_of or who.id


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
        OWN: (columns.owner, _holder(who, held)),
        SERVED: (columns.served_by, _holder(who, held)),
        ENTERPRISE: (columns.enterprise, held.enterprise),
        DEPARTMENT: (columns.departments, held.department),
        UNIT: (columns.unit, held.unit),
        FOLLOWER: (columns.followers, _holder(who, held)),
    }
    if reach is ALL:
        return {}
    column, value = pairs[reach]
    return {column: value} if column and value is not None else None
