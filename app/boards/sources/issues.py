"""Facts of issues, of their tickets, and of what rates of departments are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain

from bson import ObjectId

from app.boards.cells import RESTRICTED, Made, department_scope, mark
from app.boards.sources.base import At, Projects, by_id, day_of, due, grouped, scopes
from app.foundation.db import Row
from app.issues.documents import Issue, Ticket
from app.issues.looking.boxes import WORKING
from app.issues.moves import machine_of
from app.projects.documents import Project
from app.reports import facts
from app.reports.rates import Ending, Facts, Period, Work, figures

_ISSUE = dict.fromkeys(
    (
        *("state", "category", "urgent", "unit", "units_barred", "restricted", "commissioner"),
        *("project", "confirm_by", "created_at", "ended_at", "promise.resolve_by"),
    ),
    1,
)
_TICKET = dict.fromkeys(
    (
        *("issue", "role", "state", "live", "department", "due_at", "dispatched_at", "ended_at"),
        *("restricted", "withheld"),
    ),
    1,
)
_EVER = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
OF, IN = "of", "in"
"""What could have been, and what of it was."""
_OF_WORK = ("accepted_in_time", "answered_in_time")
_OF_ENDING = ("resolved", "satisfied")

Shares = Mapping[str, tuple[frozenset[ObjectId], frozenset[ObjectId]]]


def make(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """An issue, each of its tickets, each round of work on them and each word on an answer."""
    wanted = {"$in": list(keys)}
    rows = by_id(Issue.rows().find({"_id": wanted}, _ISSUE))
    tickets = list(Ticket.rows().find({"issue": wanted}, _TICKET))
    by_issue = grouped(tickets, "issue")
    projects = Projects.of(Project, (row.get("project") for row in rows.values()))
    for key, row in rows.items():
        yield key, _issue(row, by_issue.get(key, ()), projects, at)
    open_to_departments = {}
    for row in tickets:
        if not row.get("withheld"):
            yield row["issue"], _ticket(row, at)
        if row.get("restricted") is None:
            open_to_departments[row["_id"]] = row["issue"]
    if tickets:
        yield from _rated(list(keys), open_to_departments, at)


def _issue(row: Row, tickets: Sequence[Row], projects: Projects, at: At) -> Made:
    marks, turns_at = _state(row, tickets, at)
    if row.get("restricted") is not None:
        on: tuple[str, ...] = (RESTRICTED,)
        marks = [each for each in marks if each in ("i.open", "i.late")]
    else:
        project = row.get("project")
        lent = projects.rows.get(project, {}) if project else {}
        unit = None if row.get("units_barred") else row.get("unit")
        on = scopes(unit, lent.get("leader"), row.get("commissioner"))
    return Made(
        key=f"issue:{row['_id']}",
        kind="issue",
        subject=row["_id"],
        scopes=on,
        marks=tuple(marks),
        rank=row["created_at"],
        turns_at=turns_at,
    )


def _state(row: Row, tickets: Sequence[Row], at: At) -> tuple[list[str], datetime | None]:
    marks = [mark("i.state", row["state"]), mark("i.opened", day_of(row["created_at"]))]
    if row["state"] in machine_of("issue").ended:
        closed = row.get("ended_at")
        return marks + ([mark("i.closed", day_of(closed))] if closed else []), None
    leads = [each["department"] for each in tickets if each["role"] == "lead" and each["live"]]
    marks += ["i.open", mark("i.category", row.get("category") or "")]
    marks.append(mark("i.department", leads[0] if leads else ""))
    if row.get("urgent"):
        marks.append("i.urgent")
    if row["state"] == "answered":
        waits, turns_at = due("i.confirm", row.get("confirm_by"), at)
        return [*marks, "i.awaiting", *waits], turns_at
    promised, turns_at = due("i", (row.get("promise") or {}).get("resolve_by"), at)
    return marks + promised, turns_at


def _ticket(row: Row, at: At) -> Made:
    marks, turns_at = [mark("t.state", row["state"])], None
    if row["live"]:
        marks.append("t.open")
    if row["state"] in WORKING:
        promised, turns_at = due("t", row["due_at"], at)
        marks += promised
    if row["state"] == "returned" and row.get("ended_at"):
        marks.append(mark("t.returned", day_of(row["ended_at"])))
    apart = row.get("restricted") is not None
    if apart:
        marks, turns_at = [each for each in marks if each == "t.open"], None
    return Made(
        key=f"ticket:{row['_id']}",
        kind="ticket",
        subject=row["_id"],
        scopes=(department_scope(row["department"], restricted=apart),),
        marks=tuple(marks),
        rank=row["due_at"],
        turns_at=turns_at,
    )


def _rated(
    keys: Sequence[ObjectId], tickets: Mapping[ObjectId, ObjectId], at: At
) -> Iterator[tuple[ObjectId, Made]]:
    """By the very formulas of the reports: the first of each ticket together, the second, and so on."""
    told = facts.of_issues(keys)
    found: Iterable[Work | Ending] = chain(told.works, told.endings)
    turns: list[dict[ObjectId, Work | Ending]] = []
    for each in found:
        if each.ticket in tickets:
            turn = next((turn for turn in turns if each.ticket not in turn), None)
            if turn is None:
                turns.append(turn := {})
            turn[each.ticket] = each
    for number, turn in enumerate(turns, start=1):
        shares = _shares(turn.values(), at)
        for ticket, each in turn.items():
            made = _fact(each, number, shares, at)
            if made.marks or made.turns_at:
                yield tickets[ticket], made


def _shares(some: Collection[Work | Ending], at: At) -> Shares:
    """Of each rate the tickets on both sides, whatever the month."""
    works = tuple(each for each in some if isinstance(each, Work))
    endings = tuple(each for each in some if isinstance(each, Ending))
    counted = figures(Facts(works=works, endings=endings), Period(*_EVER, at.now), _no_minutes)
    return {
        rate: (frozenset(share.denominator), frozenset(share.numerator))
        for rate in (*_OF_WORK, *_OF_ENDING)
        for share in (getattr(counted, rate),)
    }


def _fact(each: Work | Ending, number: int, shares: Shares, at: At) -> Made:
    turns_at = None
    if isinstance(each, Work):
        when = dict(zip(_OF_WORK, (each.accept_by, each.resolve_by), strict=True))
        waiting = (each.accepted_at, each.accept_by), (each.answered_at, each.resolve_by)
        ahead = [until for was, until in waiting if was is None and until > at.now]
        turns_at = min(ahead, default=None)
    else:
        when = dict.fromkeys(_OF_ENDING, each.at)
    marks = [
        mark(f"r.{rate}.{side}", day_of(moment)[:7])
        for rate, moment in when.items()
        for side, among in zip((OF, IN), shares[rate], strict=True)
        if each.ticket in among
    ]
    return Made(
        key=f"rated:{each.ticket}:{number}",
        kind="ticket",
        subject=each.ticket,
        scopes=(department_scope(each.department),),
        marks=tuple(marks),
        rank=each.accept_by if isinstance(each, Work) else each.at,
        turns_at=turns_at,
    )


def _no_minutes(start: datetime, end: datetime) -> int:
    """How long it took is no rate."""
    return 0
