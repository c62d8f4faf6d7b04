"""Times, computed anew from the clocks; rungs, duties to climb them, and the climbs that were made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from app.foundation.db import Row
from app.foundation.district import local, pack
from app.foundation.reasons import Reason
from app.issues import clocks, rungs
from app.issues.checking.findings import Case, Finding, Rules, dug

TIMES = ("accept_by", "reply_by", "resolve_by", "provisional")
_ROW = ("accept_by", "reply_by", "resolve_by", "accepted_at", "replied_at", "held")


def promises(case: Case, rules: Rules) -> Iterator[Finding]:
    """What is still open is promised for when its clock says, by the calendar of now."""
    if not rules.settled:
        return
    issue = case.issue
    if "recompute" in rules.issue.legal(issue["state"]) and (issue.get("clock") or case.tickets):
        yield from _compared(case, rules, issue["clock"], issue["promise"], None)
    for ticket in case.tickets:
        if "recompute" in rules.ticket.legal(ticket["state"]):
            yield from _compared(case, rules, ticket["clock"], ticket, ticket)


def next_times(case: Case, rules: Rules) -> Iterator[Finding]:
    """A ticket's next promise and next rung are those that follow from its times and what it climbed."""
    for ticket in case.tickets:
        row = {**dict.fromkeys(_ROW), **ticket}
        if rungs.due_at(row) != ticket["due_at"]:
            said = {"stored": _said(ticket["due_at"]), "due": _said(rungs.due_at(row))}
            yield case.finding(Reason("check.due_differs", said), ticket)
        rung = ticket.get("rung") or {}
        ahead = rungs.following(row, "", rules.days) if ticket.get("live") else {}
        if rules.settled and not rungs.same(ahead, rung):
            said = {"stored": _rung_said(rung), "due": _rung_said(ahead)}
            yield case.finding(Reason("check.rung_differs", said), ticket)


def pauses(case: Case, rules: Rules) -> Iterator[Finding]:
    """A clock stands still exactly while its ticket waits for the enterprise."""
    waits = {row["_id"] for row in case.tickets if row["state"] == "waiting_enterprise"}
    for ticket in case.tickets:
        if ticket.get("live"):
            yield from _stopped(case, ticket, ticket["_id"] in waits, ticket)
    if case.issue["state"] not in rules.issue.ended:
        leads = {row["_id"] for row in case.tickets if row["role"] == "lead"}
        yield from _stopped(case, case.issue, bool(waits & leads), None)


def climb_duties(case: Case, rules: Rules) -> Iterator[Finding]:
    """A ticket with a rung has exactly that one's duty waiting, at its time; others have none."""
    for ticket in case.tickets:
        rung = ticket.get("rung") or {}
        waiting = case.waiting("issues.climb", ticket["_id"])
        owed = [row for row in waiting if row["key"] == rung.get("key")]
        if rung and not owed:
            yield case.finding(Reason("check.climb_missing", {"rung": rung["code"]}), ticket)
        for row in waiting:
            if row not in owed:
                surplus = {"due": _said(row["due_at"])}
                yield case.finding(Reason("check.climb_surplus", surplus), ticket)
        for row in owed:
            if not _at_its_time(rung["due_at"], row["due_at"]):
                said = {"due": _said(row["due_at"]), "rung": _rung_said(rung)}
                yield case.finding(Reason("check.climb_time", said), ticket)


def climbs(case: Case, rules: Rules) -> Iterator[Finding]:
    """Of each promise of a ticket every rung was climbed once, a clock's in the order of the ladder."""
    for ticket in case.tickets:
        mine = [row for row in case.climbs if row["ticket"] == ticket["_id"]]
        for number in sorted({row["promise_no"] for row in mine}):
            made = [row for row in mine if row["promise_no"] == number]
            yield from _climbed(case, ticket, made)
        now = {row["rung"] for row in mine if row["promise_no"] == ticket["promise_no"]}
        if now != {*ticket.get("climbed", ())}:
            said = {
                "stored": "、".join(ticket.get("climbed", ())),
                "climbed": "、".join(sorted(now)),
            }
            yield case.finding(Reason("check.climbed_differs", said), ticket)


def _compared(
    case: Case, rules: Rules, clock: Row, stored: Row, ticket: Row | None
) -> Iterator[Finding]:
    made = clocks.as_row(clocks.timed(clock, rules.days).made)
    for name in TIMES:
        if stored[name] != made[name]:
            said = {"time": name, "stored": _said(stored[name]), "due": _said(made[name])}
            yield case.finding(Reason("check.time_differs", said), ticket)


def _stopped(case: Case, row: Row, waits: bool, ticket: Row | None) -> Iterator[Finding]:
    count = sum(each["until"] is None for each in dug(row, "clock", "pauses") or ())
    if count > waits:
        yield case.finding(Reason("check.pause_open", {"count": count}), ticket)
    if count < waits:
        yield case.finding(Reason("check.pause_missing"), ticket)


def _at_its_time(rung: datetime, duty: datetime) -> bool:
    """At the time of the rung; or, once that was in the night, at the end of a night after it."""
    ends = pack().ladder.quiet_hours[1]
    return duty == rung or (duty > rung and local(duty).time() == ends)


def _climbed(case: Case, ticket: Row, made: Sequence[Row]) -> Iterator[Finding]:
    for rung, times in Counter(row["rung"] for row in made).items():
        if times > 1:
            yield case.finding(Reason("check.climb_twice", {"rung": rung}), ticket)
    ladder = {each.code: (each.clock, place) for place, each in enumerate(pack().ladder.rungs)}
    reached: dict[str, Row] = {}
    for row in sorted(made, key=lambda row: (row["at"], ladder[row["rung"]][1])):
        clock, place = ladder[row["rung"]]
        before = reached.get(clock)
        if before is not None and ladder[before["rung"]][1] > place:
            said = {"rung": row["rung"], "before": before["rung"]}
            yield case.finding(Reason("check.climb_order", said), ticket)
        reached[clock] = row


def _rung_said(rung: Row) -> str:
    return f"{rung['code']} {_said(rung['due_at'])}" if rung else "-"


def _said(value: object) -> str:
    return f"{local(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
