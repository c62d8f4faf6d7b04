"""Approvals as a graph: what can start now, the longest path, when all is granted, who holds it up. Pure.

Days are local dates. Working days are those of each node's calendar; a calendar clock that ends on a day off
ends on the next working day (Civil Code of the PRC, article 203).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.projects.approvals.states import (
    GRANTED,
    NOT_STARTED,
    REFUSED,
    RETURNED,
    SETTLED,
    SUBMITTED,
)
from app.projects.graphs import order
from app.sla.calendar import WorkingCalendar

WORKING = "working"
DEPARTMENT, ENTERPRISE, ITEMS, STAGE = HOLDERS = ("department", "enterprise", "items", "stage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An approval as it stands: its clock of `days` by `kind` (working, calendar), what comes before it.

    `missing`: documents lack. With `since` it waits for a stage, which came or is to come on `opens_on`, if
    that is known; `opened` says that it came.
    """

    code: str
    days: int
    kind: str
    calendar: WorkingCalendar
    after: tuple[str, ...] = ()
    leads_to: str = ""
    state: str = NOT_STARTED
    submitted_on: date | None = None
    granted_on: date | None = None
    missing: bool = False
    since: bool = False
    opened: bool = False
    opens_on: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the longest path: from when to when an approval takes."""

    code: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Forecast:
    """When all is granted, if each clock is used to its end: None while an end is not known.

    `ends` are the days of each approval by code, `unknown` the codes without one, `known_until` the last
    known end. `path` is the chain of what is not granted yet that leads to that; `stages` the day by which
    all is granted that leads to a stage, None where that is not known.
    """

    completes_on: date | None
    known_until: date | None
    unknown: tuple[str, ...]
    ends: Mapping[str, date | None]
    path: tuple[Step, ...]
    stages: Mapping[str, date | None]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has it: the `department`, the `enterprise`, other `items` (by their codes), or a `stage`."""

    kind: str
    codes: tuple[str, ...] = ()


def clock_end(days: int, kind: str, start: date, calendar: WorkingCalendar) -> date:
    """The last day of a statutory clock; the day of submission, `start`, is not counted."""
    if kind == WORKING:
        return calendar.add_working_days(start, days)
    return calendar.add_working_days(start + timedelta(days=days), 0)


def held_up(node: Node, nodes: Mapping[str, Node]) -> tuple[str, ...]:
    """The codes of the graph before it that are neither granted nor without need."""
    return tuple(code for code in node.after if code in nodes and nodes[code].state not in SETTLED)


def can_start(nodes: Mapping[str, Node]) -> tuple[str, ...]:
    """The codes of what can be submitted now, in the order of the graph. Raises Cyclic."""
    return tuple(
        code
        for code in _ordered(nodes)
        if nodes[code].state == NOT_STARTED
        and not held_up(nodes[code], nodes)
        and (nodes[code].opened or not nodes[code].since)
    )


def holder(node: Node, nodes: Mapping[str, Node]) -> Holder | None:
    """Who has to do the next thing; None where nobody has.

    A department has what was submitted, unless documents lack: those are the enterprise's to bring. What can
    be submitted, was returned or refused is the enterprise's too.
    """
    if node.state in SETTLED:
        return None
    if node.state == SUBMITTED:
        return Holder(ENTERPRISE if node.missing else DEPARTMENT)
    if node.state != NOT_STARTED:
        return Holder(ENTERPRISE)
    if before := held_up(node, nodes):
        return Holder(ITEMS, before)
    return Holder(STAGE if node.since and not node.opened else ENTERPRISE)


def forecast(nodes: Mapping[str, Node], today: date) -> Forecast:
    """When each is granted if what can go on does so today and every clock runs to its end. Raises Cyclic.

    What is overdue counts as granted on the next working day. An end is not known of what was refused, of
    what waits for a stage without a day, and of all that comes after such.
    """
    starts: dict[str, date] = {}
    ends: dict[str, date | None] = {}
    for code in _ordered(nodes):
        node = nodes[code]
        if node.state in SETTLED:
            ends[code] = node.granted_on or today
            continue
        start = _start(node, nodes, ends, today)
        ends[code] = None if start is None else _end(node, start, today)
        if start is not None:
            starts[code] = start
    left = {code: end for code, end in ends.items() if nodes[code].state not in SETTLED}
    unknown = tuple(code for code, end in left.items() if end is None)
    granted = [node.granted_on for node in nodes.values() if node.granted_on and not left]
    known = [end for end in (*left.values(), *granted) if end is not None]
    last = max(known, default=None)
    return Forecast(
        completes_on=None if unknown else last,
        known_until=last,
        unknown=unknown,
        ends=ends,
        path=_path(nodes, starts, left),
        stages=_stages(nodes, ends),
    )


def _ordered(nodes: Mapping[str, Node]) -> list[str]:
    return order({code: node.after for code, node in nodes.items()})


def _start(
    node: Node, nodes: Mapping[str, Node], ends: Mapping[str, date | None], today: date
) -> date | None:
    """From when its clock runs; None where that is not known."""
    if node.state == REFUSED:
        return None
    if node.state == SUBMITTED and not node.missing:
        return node.submitted_on or today
    if node.state in (SUBMITTED, RETURNED):
        return today
    if node.since and node.opens_on is None:
        return None
    found = [today, *([node.opens_on] if node.opens_on else [])]
    for code in held_up(node, nodes):
        end = ends[code]
        if end is None:
            return None
        found.append(end)
    return max(found)


def _end(node: Node, start: date, today: date) -> date:
    end = clock_end(node.days, node.kind, start, node.calendar)
    return end if end >= today else node.calendar.add_working_days(today, 0)


def _path(
    nodes: Mapping[str, Node], starts: Mapping[str, date], left: Mapping[str, date | None]
) -> tuple[Step, ...]:
    """Back from what ends last, each time to what it waits for longest, if it waits for anything."""
    known = {code: end for code, end in left.items() if end is not None}
    found: list[Step] = []
    code = max(known, key=lambda each: known[each], default=None)
    while code is not None:
        found.append(Step(code, starts[code], known[code]))
        node = nodes[code]
        before = [each for each in node.after if known.get(each) == starts[code]]
        code = before[0] if before and node.state == NOT_STARTED else None
    return tuple(reversed(found))


def _stages(
    nodes: Mapping[str, Node], ends: Mapping[str, date | None]
) -> Mapping[str, date | None]:
    found: dict[str, list[date | None]] = {}
    for code, node in nodes.items():
        if node.state == GRANTED or node.state not in SETTLED:
            found.setdefault(node.leads_to, []).append(ends[code])
    return {stage: _latest(each) for stage, each in found.items()}


def _latest(days: Sequence[date | None]) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None
