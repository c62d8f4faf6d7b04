"""Whose map it is: the district's, or that of what one unit, department, commissioner or firm may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bson import ObjectId

from app.boards import cells
from app.boards.sources.places import ISSUES, PROJECTS, VISITS
from app.foundation.errors import Forbidden, Invalid, NotFound
from app.people.access import Ties, allowed
from app.people.policy import TABLE, Reach
from app.people.who import Held, Who

SEE: Mapping[str, str] = {ISSUES: "issue.see", PROJECTS: "project.see", VISITS: "visit.see"}
"""By map, what one must be allowed to do to what is on it."""
NAMES = ("unit", "department_id", "person_id", "enterprise_id")
RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Seen:
    """A map: where it is counted, and by which parameters it was named."""

    name: str
    scope: str
    named: Mapping[str, str] = field(default_factory=dict)


def seen(who: Who, name: str, *, restricted: bool = False, **named: str) -> Seen:
    """The map that `who` asks for: the widest that is theirs where nobody's is named.

    Raises Forbidden for one of whom nothing is theirs, NotFound for one that they may not know of, and
    Invalid where more than one is named.
    """
    if len(named) + restricted > 1:
        raise Invalid("maps.whose", fields={each: [] for each in named})
    if restricted:
        if name != ISSUES or not allowed(who, SEE[name], Ties(restricted=True)):
            raise NotFound("not_found")
        return Seen(name, cells.RESTRICTED, {RESTRICTED: "true"})
    for field_name, value in named.items():
        scope, ties = _of(name, field_name, value)
        if not allowed(who, SEE[name], ties):
            raise NotFound("not_found")
        return Seen(name, scope, named)
    return Seen(name, _own(who, name))


def _of(name: str, field_name: str, value: str) -> tuple[str, Ties]:
    if field_name == "unit":
        return cells.unit_scope(value), Ties(unit=value)
    key = ObjectId(value)
    if field_name == "department_id":
        return cells.department_scope(key), Ties(departments=(key,))
    if field_name == "enterprise_id":
        return cells.firm_scope(key), Ties(enterprise=key)
    # A visit is its owner's; what else is there is a commissioner's by whom it serves.
    ties = Ties(owner=key) if name == VISITS else Ties(served_by=key)
    return cells.commissioner_scope(key), ties


def _own(who: Who, name: str) -> str:
    """Everything, or the first of one's units, departments, of whom one serves or speaks for."""
    table = TABLE[SEE[name]]
    by_reach = {reach: held for held in reversed(who.held) for reach in table.get(held.role, ())}
    if Reach.ALL in by_reach:
        return cells.DISTRICT
    served = Reach.OWN if name == VISITS else Reach.SERVED
    for reach in (Reach.UNIT, Reach.DEPARTMENT, served, Reach.ENTERPRISE):
        if reach in by_reach and (scope := _held(who, by_reach[reach], reach)):
            return scope
    raise Forbidden("forbidden")


def _held(who: Who, held: Held, reach: Reach) -> str | None:
    if reach is Reach.UNIT:
        return cells.unit_scope(held.unit) if held.unit else None
    if reach is Reach.DEPARTMENT:
        return cells.department_scope(held.department) if held.department else None
    if reach is Reach.ENTERPRISE:
        return cells.firm_scope(held.enterprise) if held.enterprise else None
    return cells.commissioner_scope(held.instead_of or who.id)
