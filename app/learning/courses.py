"""The course of an issue through departments: what decided first, who had it, who put it right. Pure.

Read from the rows of the issue, its tickets and its history, as `reading` gives them: what a decision said
stands in their `told`. Nobody's name is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation.db import Row

STEPS = (
    "route",
    "refer",
    "place",
    "dispatch",
    "return",
    "object",
    "transfer",
    "rule",
    "rule_out",
    "rule_stay",
    "rule_away",
    "answer",
    "restrict",
    "release",
)
"""The steps of history that a course is read from."""
DECISIONS = ("route", "refer")
"""Those that tell what rules and model made of it."""
BACK = ("return", "object", "rule_away")
"""Those by which a ticket goes back to the dispatcher."""
ANSWERED = ("answered", "resolved")
YOURS, NOT_YOURS = "yours", "not_yours"


@dataclass(frozen=True, slots=True)
class Decided:
    """What rules and model made of an issue when it was first looked at.

    `department` is None where a person had to place it; `words` are those of the text that decided, each
    once. `overruled` is the chosen category that the text overruled.
    """

    at: datetime
    department: ObjectId | None
    category: str | None
    rulebook: str | None
    judge: str | None
    fits: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    overruled: str | None = None
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """A lead ticket: how it came (route, place, transfer, restrict), by which step it `left`, where `to`."""

    department: ObjectId
    how: str
    at: datetime
    category: str | None
    ticket: ObjectId | None = None
    left: str | None = None
    reason: str | None = None
    to: ObjectId | None = None
    ruled: str | None = None
    answered_at: datetime | None = None

    @property
    def returned(self) -> bool:
        """Whether it went back to the dispatcher."""
        return self.left in BACK


@dataclass(frozen=True, slots=True)
class Wait:
    """A time in which a person had to place it or rule on it; `until` is None while they must."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """`stops` are in order; `holder` is the one that has it or had it last, None while the desk has it.

    `category` and `department` are of the first placing, whoever did it; `ended_as` is the category now.
    `restricted`: it was held back from the machine once, by a rule or by hand.
    """

    issue: ObjectId
    unit: str | None
    state: str
    ended_as: str | None
    answered: bool
    decided: Decided | None = None
    stops: tuple[Stop, ...] = ()
    holder: Stop | None = None
    waits: tuple[Wait, ...] = ()
    restricted: bool = False

    @property
    def by_machine(self) -> bool:
        """Whether rules and model placed it first."""
        return self.decided is not None and self.decided.department is not None

    @property
    def category(self) -> str | None:
        """That of the first placing; where it is not placed yet, what is thought of it."""
        if self.stops:
            return self.stops[0].category
        return self.decided.category if self.decided else self.ended_as

    @property
    def department(self) -> ObjectId | None:
        """The first department."""
        return self.stops[0].department if self.stops else None

    @property
    def wrong(self) -> bool:
        """Whether the first placing did not stand: passed on, given back, or another category since."""
        if not self.stops:
            return False
        first = self.stops[0]
        moved = len(self.stops) > 1 or first.left is not None
        return moved or (self.ended_as or first.category) != first.category


def is_plain(issue: Row) -> bool:
    """Whether the issue's own row tells all: decided by rules and model, and nobody has moved it since."""
    route = issue.get("route") or {}
    if route.get("by") != "rule" or issue.get("hops") or issue.get("rulings"):
        return False
    placed = route.get("department") is not None
    return issue["state"] not in ("submitted", "dispatching") if placed else True


def plain(issue: Row) -> Course:
    """The course of a plain issue, the same that `read` gives with its tickets and history.

    Its stop names no ticket and not the moment of its answer.
    """
    route = issue["route"]
    decided = _decided(route["decided_at"], route, issue["told"])
    answered = (issue["state"] in ANSWERED and not _given_up(issue)) or bool(issue.get("redos"))
    if decided.department is None:
        # What was withdrawn or merged before anybody placed it has waited for nobody.
        waits = (Wait(decided.at),) if issue["state"] == "dispatching" else ()
        return _course(issue, answered, decided, (), None, waits, decided.restricted)
    stop = Stop(decided.department, "route", decided.at, decided.category)
    return _course(issue, answered, decided, (stop,), stop, (), decided.restricted)


def read(issue: Row, tickets: Iterable[Row], steps: Iterable[Row]) -> Course:
    """The course of an issue, from its row, all its tickets and its steps of STEPS in any order."""
    walk = _Walk({row["_id"]: row for row in tickets if row["role"] == "lead"})
    for row in sorted(steps, key=_order):
        walk.take(row)
    stops = tuple(walk.stops.values())
    holder = walk.stops[walk.holder] if walk.holder else None
    waits = walk.waits
    if issue["state"] != "dispatching":
        waits = [each for each in waits if each.until is not None]
    answered = any(each.answered_at for each in stops)
    waiting = tuple(waits)
    return _course(issue, answered, walk.decided, stops, holder, waiting, walk.restricted)


def _course(
    issue: Row,
    answered: bool,
    decided: Decided | None,
    stops: tuple[Stop, ...],
    holder: Stop | None,
    waits: tuple[Wait, ...],
    restricted: bool,
) -> Course:
    return Course(
        issue=issue["_id"],
        unit=issue.get("unit"),
        state=issue["state"],
        ended_as=issue.get("category"),
        answered=answered,
        decided=decided,
        stops=stops,
        holder=holder,
        waits=waits,
        restricted=restricted,
    )


def _given_up(issue: Row) -> bool:
    """Closed for good without an answer."""
    return issue.get("outcome") == "unsolved" and not issue.get("redos")


def _order(row: Row) -> tuple[Any, ...]:
    """By version: clocks of two who were at it at once say nothing. A ticket is born after its step."""
    return row.get("version") or 0, row["action"] == "dispatch", row["_id"]


@dataclass
class _Walk:
    """The issue as far as the steps taken have brought it."""

    leads: Mapping[ObjectId, Row]
    decided: Decided | None = None
    stops: dict[ObjectId, Stop] = field(default_factory=dict)
    holder: ObjectId | None = None
    waits: list[Wait] = field(default_factory=list)
    restricted: bool = False
    how: str = "route"

    def take(self, row: Row) -> None:
        """Take one step; those of assisting tickets lead nowhere."""
        action, part = row["action"], row.get("part_id")
        if part is None:
            self._placed(action, row)
        elif action == "dispatch":
            if part in self.leads:
                self._came(part, row)
        elif part in self.stops:
            self._moved(action, part, row)

    def _placed(self, action: str, row: Row) -> None:
        if action in DECISIONS and self.decided is None:
            data = row.get("data") or {}
            placed = {**(data.get("decided") or {}), "department": data.get("department")}
            self.decided = _decided(row["at"], placed, row["told"])
            self.restricted = self.restricted or self.decided.restricted
        if action == "refer":
            self.waits.append(Wait(row["at"]))
        if action in ("place", "restrict"):
            self._settled(row["at"])
        if action == "restrict":
            self.restricted, self.holder = True, None
        self.how = action

    def _came(self, part: ObjectId, row: Row) -> None:
        ticket = self.leads[part]
        how = (ticket.get("origin") or {}).get("how") or self.how
        where = row["data"]["department"]
        self.stops[part] = Stop(where, how, row["at"], ticket.get("category"), part)
        self.holder = part

    def _moved(self, action: str, part: ObjectId, row: Row) -> None:
        stop, data = self.stops[part], row.get("data") or {}
        if action in BACK:
            ruled = NOT_YOURS if action == "rule_away" else stop.ruled
            self._is(part, left=action, reason=data.get("reason_code"), ruled=ruled)
            self.holder = None
            self.waits.append(Wait(row["at"]))
        elif action in ("transfer", "release"):
            self._is(part, left=action, to=data.get("department"))
            self.holder = None
        elif action == "rule":
            self._is(part, ruled=YOURS)
            self.holder = part
            self._settled(row["at"])
        elif action == "rule_stay":
            self._is(part, ruled=YOURS)
        elif action == "rule_out":
            self._is(part, ruled=NOT_YOURS)
        elif action == "answer":
            self._is(part, answered_at=row["at"])

    def _is(self, part: ObjectId, **change: Any) -> None:
        self.stops[part] = replace(self.stops[part], **change)

    def _settled(self, at: datetime) -> None:
        if self.waits and self.waits[-1].until is None:
            self.waits[-1] = replace(self.waits[-1], until=at)


def _decided(at: datetime, placed: Row, told: Row) -> Decided:
    """`placed` is the stored route, or what history keeps of it."""
    return Decided(
        at=at,
        department=placed.get("department"),
        category=placed.get("category"),
        rulebook=placed.get("rulebook"),
        judge=placed.get("judge"),
        fits=tuple(dict.fromkeys(told["fits"])),
        words=tuple(dict.fromkeys(told["words"])),
        overruled=next(iter(told["overruled"]), None),
        restricted=told["restricted"],
    )
