"""Whose board it is, and who may look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bson import ObjectId

from app.boards import cells
from app.boards.figures import COMMISSIONER, DEPARTMENT, DISTRICT, LEADER, UNIT, Figure
from app.departments import registry
from app.foundation.district import pack
from app.foundation.errors import Invalid, NotFound
from app.people.access import Ties, allowed, require
from app.people.documents import Person
from app.people.who import Who

_STAFF = ("head", "clerk")
SEEN_BY: Mapping[str, str | None] = {
    **{
        kind: f"{kind}.see"
        for kind in (
            *("issue", "ticket", "project", "enterprise", "visit", "warning", "exit"),
            *("milestone", "call", "supervision", "order", "claim"),
        )
    },
    "place": None,
}
"""By the kind of records that figures count, what one must be allowed to see them."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A board by what it is of: `key` is a unit's code or an id, None for the district.

    `sees_apart`: whether the viewer may know what is restricted there. `kinds` are those of the records
    that they may see there: how many there are of others is not for them either.
    """

    board: str
    key: str | ObjectId | None
    name: str
    sees_apart: bool
    kinds: frozenset[str]

    def scope(self, figure: Figure) -> str:
        """Where the figure is counted."""
        if self.board == DEPARTMENT and isinstance(self.key, ObjectId):
            return cells.department_scope(self.key, restricted=figure.apart)
        if self.board == DISTRICT:
            return cells.RESTRICTED if figure.apart else cells.DISTRICT
        if self.board == UNIT:
            return cells.unit_scope(str(self.key))
        person = ObjectId(str(self.key))
        of = cells.leader_scope if self.board == LEADER else cells.commissioner_scope
        return of(person)

    def shows(self, figure: Figure) -> bool:
        """Whether the figure is on this board for the viewer."""
        known = figure.kind in self.kinds and (self.sees_apart or not figure.apart)
        return known and self.board in figure.boards

    def named(self) -> dict[str, str]:
        """The parameters of a call that name it."""
        field = {UNIT: "unit", DEPARTMENT: "department_id"}.get(self.board, "person_id")
        return {"board": self.board} | ({} if self.key is None else {field: str(self.key)})


def subject(
    who: Who,
    board: str,
    *,
    unit: str | None = None,
    department_id: str | None = None,
    person_id: str | None = None,
) -> Subject:
    """The board that `who` asks for, their own where none is named.

    Raises Forbidden for a kind of board that is not theirs, NotFound for one that they may not know of, and
    Invalid where none is named and they have none of their own.
    """
    action = f"board.{board}"
    require(who, action)
    key: str | ObjectId | None = None
    ties, name = Ties(), pack().name
    if board == UNIT:
        own = next((held.unit for held in who.having("unit_admin")), None)
        code = unit or own or _whose("unit")
        key, ties, name = code, Ties(unit=code), _unit(code)
    elif board == DEPARTMENT:
        body = _department(who, department_id)
        key, ties = body, Ties(departments=(body,))
        name = _named(body)
    elif board in (LEADER, COMMISSIONER):
        key = _person(who, board, person_id)
        ties, name = Ties(owner=key), _name(key, board)
    if not allowed(who, action, ties):
        raise NotFound("not_found")
    return Subject(board, key, name, _sees_apart(who, board, ties), _kinds(who, board, ties))


def _kinds(who: Who, board: str, ties: Ties) -> frozenset[str]:
    if board == COMMISSIONER:
        ties = replace(ties, served_by=ties.owner)
    return frozenset(
        kind for kind, action in SEEN_BY.items() if action is None or allowed(who, action, ties)
    )


def _sees_apart(who: Who, board: str, ties: Ties) -> bool:
    if board == DEPARTMENT:
        theirs = Ties(departments=ties.departments, restricted=True)
        return allowed(who, "ticket.see", theirs)
    return board == DISTRICT and allowed(who, "issue.see", Ties(restricted=True))


def _whose(field: str) -> str:
    raise Invalid("boards.whose", fields={field: []})


def _unit(code: str) -> str:
    found = next((each.name for each in pack().units if each.code == code), None)
    if found is None:
        raise NotFound("not_found")
    return found


def _department(who: Who, named: str | None) -> ObjectId:
    own = next((held.department for held in who.having(*_STAFF)), None)
    return ObjectId(named or own or _whose("department_id"))


def _named(key: ObjectId) -> str:
    names = registry.names({key})
    if key not in names:
        raise NotFound("not_found")
    return names[key]


def _person(who: Who, board: str, named: str | None) -> ObjectId:
    if named:
        return ObjectId(named)
    own = next(iter(who.having(board)), None)
    if own is None:
        raise Invalid("boards.whose", fields={"person_id": []})
    return own.instead_of or who.id


def _name(key: ObjectId, role: str) -> str:
    row = Person.rows().find_one({"_id": key, "grants.role": role}, {"name": 1})
    if row is None:
        raise NotFound("not_found")
    return str(row["name"])
