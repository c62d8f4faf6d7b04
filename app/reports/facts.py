"""The facts that figures are made of, as the tickets and the history tell them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row
from app.issues.documents import Issue, Ticket
from app.reports.rates import (
    FINAL,
    NO,
    PARTLY,
    SILENCE,
    UNREACHABLE,
    Ending,
    Facts,
    Given,
    Period,
    Receipt,
    Work,
)

BATCH = 1000
TIMES = ("dispatched_at", "accept_by", "resolve_by", "answered_at")
_COUNTED = ("dispatch", "answer", "resolve", "reopen", "lapse", "conclude")
"""Steps that bring an issue into the period's figures."""
_TOLD = (*_COUNTED, "return", "object", "transfer")
_OF_TICKET = dict.fromkeys(("issue", "role", "department", "assignee", "state", *TIMES), 1) | {
    "accepted_at": 1,
    "ended_at": 1,
    "question.at": 1,
    "rounds": 1,
}
_OF_STEP = {
    "thing_id": 1,
    "part_id": 1,
    "action": 1,
    "at": 1,
    "by": 1,
    "reasons.code": 1,
    "data.department": 1,
    "data.by": 1,
    "data.by_name": 1,
    "data.master": 1,
    "data.solved": 1,
    "data.satisfaction": 1,
    "data.on_behalf": 1,
    "data.channel": 1,
}


def facts(period: Period, departments: Collection[ObjectId]) -> Facts:
    """What these departments did in the period, and what became of it until now."""
    told = _Told()
    for some in _some(_issues(period, departments)):
        told.take(_tickets(some), _steps(some))
    ours = set(departments)
    return Facts(
        tuple(_works(period, departments)),
        tuple(each for each in told.receipts if each.department in ours),
        tuple(each for each in told.answers if each.department in ours),
        tuple(each for each in told.endings if each.department in ours),
    )


def of_issues(issues: Sequence[ObjectId]) -> Facts:
    """All that was ever done about these issues, by whatever department, and what became of it."""
    told = _Told()
    told.take(_tickets(issues), _steps(issues))
    tickets = Ticket.rows().find({"issue": {"$in": list(issues)}}, _OF_TICKET)
    works = tuple(each for row in tickets for each in works_of(row))
    return Facts(works, tuple(told.receipts), tuple(told.answers), tuple(told.endings))


def _works(period: Period, departments: Collection[ObjectId]) -> Iterator[Work]:
    """Every round of every ticket that has one of its times in the period."""
    span = {"$gte": period.start, "$lt": period.end}
    theirs = {"department": {"$in": list(departments)}}
    found: dict[ObjectId, Row] = {}
    for time in TIMES:
        earlier = {"rounds.0": {"$exists": True}, "rounds": {"$elemMatch": {time: span}}}
        for name, wanted in ((time, {time: span}), (f"rounds.{time}", earlier)):
            rows = Ticket.rows().find(
                {**theirs, **wanted}, _OF_TICKET, hint=f"department_1_{name}_1"
            )
            found |= {row["_id"]: row for row in rows}
    for row in found.values():
        yield from works_of(row)


def works_of(row: Row) -> Iterator[Work]:
    """The rounds of a ticket as it is stored, the earliest first.

    An earlier round without an answer was closed for good, and is in nobody's time any more.
    """
    rounds = row.get("rounds", ())
    for each in rounds:
        given_up = None if each.get("answered_at") else each["dispatched_at"]
        yield _work(row, each, given_up)
    answered = row.get("answered_at") is not None
    work = _work(row, row, None if answered else row.get("ended_at"))
    if row["state"] == "waiting_enterprise":
        work = replace(work, paused_since=(row.get("question") or {}).get("at"))
    yield work


def _work(ticket: Row, times: Row, ended_at: Any) -> Work:
    return Work(
        ticket=ticket["_id"],
        department=ticket["department"],
        clerk=times.get("assignee"),
        dispatched_at=times["dispatched_at"],
        accept_by=times["accept_by"],
        resolve_by=times["resolve_by"],
        accepted_at=times.get("accepted_at"),
        answered_at=times.get("answered_at"),
        ended_at=ended_at,
    )


def _issues(period: Period, departments: Collection[ObjectId]) -> Iterator[ObjectId]:
    """The issues of these departments with a step in the period."""
    span = {"at": {"$gte": period.start, "$lt": period.end}}
    rows = history.rows().find({"action": {"$in": list(_COUNTED)}, **span}, {"thing_id": 1})
    touched = dict.fromkeys(row["thing_id"] for row in rows.hint("action_1_at_1"))
    for some in _some(touched):
        theirs = {"_id": {"$in": list(some)}, "departments": {"$in": list(departments)}}
        yield from (row["_id"] for row in Issue.rows().find(theirs, {"_id": 1}).hint("_id_"))


def _tickets(issues: Sequence[ObjectId]) -> dict[ObjectId, Row]:
    rows = Ticket.rows().find(
        {"issue": {"$in": list(issues)}}, {"role": 1, "department": 1, "assignee": 1}
    )
    return {row["_id"]: row for row in rows}


def _steps(issues: Sequence[ObjectId]) -> list[Row]:
    """What happened to the issues, in order."""
    wanted = {"thing_id": {"$in": list(issues)}, "action": {"$in": list(_TOLD)}}
    rows = history.rows().find(wanted, _OF_STEP).hint("thing_id_1_at_1")
    return sorted(rows, key=lambda row: (row["at"], row["_id"]))


class _Told:
    """What the history of some issues tells."""

    def __init__(self) -> None:
        self.receipts: list[Receipt] = []
        self.answers: list[Given] = []
        self.endings: list[Ending] = []

    def take(self, tickets: Mapping[ObjectId, Row], steps: Iterable[Row]) -> None:
        """Read the steps of some issues, whose tickets these are."""
        by_issue: dict[ObjectId, list[Row]] = defaultdict(list)
        for row in steps:
            by_issue[row["thing_id"]].append(row)
        for rows in by_issue.values():
            self._read(tickets, rows)

    def _read(self, tickets: Mapping[ObjectId, Row], rows: Iterable[Row]) -> None:
        came: dict[ObjectId, Receipt] = {}
        given: list[Given] = []
        for row in rows:
            ticket, action = tickets.get(row["part_id"]), row["action"]
            if action == "dispatch" and ticket:
                came[ticket["_id"]] = _receipt(ticket, row)
            elif action in ("return", "object", "transfer") and row["part_id"] in came:
                came[row["part_id"]] = _passed_on(came[row["part_id"]], row)
            elif action == "answer" and ticket and ticket["role"] == "lead":
                given.append(_given(ticket, row))
            elif action == "conclude" and ticket:
                self.endings.append(_final(ticket, row))
            elif given and action in ("resolve", "reopen", "lapse"):
                self.endings += _endings(given[-1], row)
                if action == "reopen":
                    given[-1] = replace(given[-1], redone=True)
        self.receipts += came.values()
        self.answers += given


def _receipt(ticket: Row, row: Row) -> Receipt:
    return Receipt(ticket["_id"], row["data"]["department"], ticket.get("assignee"), row["at"])


def _passed_on(receipt: Receipt, row: Row) -> Receipt:
    """Gone back or on; what nobody had taken was in the hands of who did that."""
    on = row["action"] == "transfer"
    return replace(
        receipt,
        clerk=receipt.clerk or row["by"],
        transferred=receipt.transferred or on,
        returned=receipt.returned or not on,
    )


def _given(ticket: Row, row: Row) -> Given:
    """An answer is its writer's, also where the head let it go out; a master's is nobody's here."""
    data = row.get("data") or {}
    writer = ticket.get("assignee") if data.get("master") else data.get("by") or row["by"]
    return Given(ticket["_id"], ticket["department"], writer, row["at"])


def _final(ticket: Row, row: Row) -> Ending:
    clerk = ticket.get("assignee")
    return Ending(ticket["_id"], ticket["department"], clerk, row["at"], FINAL)


def _endings(given: Given, row: Row) -> Iterator[Ending]:
    """What an answer met with; a reopening later on is no word about it that was not given already."""
    data, action = row.get("data") or {}, row["action"]
    ending = Ending(given.ticket, given.department, given.clerk, row["at"], SILENCE)
    if action == "lapse":
        codes = {each["code"] for each in row.get("reasons", ())}
        yield replace(ending, how=UNREACHABLE if "confirm.unreachable" in codes else SILENCE)
    elif action == "resolve" or data.get("solved") in (PARTLY, NO):
        behalf = bool(data.get("on_behalf"))
        yield replace(
            ending,
            how=data["solved"],
            satisfaction=data.get("satisfaction"),
            recorder=data.get("by_name") if behalf else None,
            channel=data.get("channel") if behalf else None,
        )


def _some(keys: Iterable[ObjectId]) -> Iterator[list[ObjectId]]:
    keys = iter(keys)
    while some := list(islice(keys, BATCH)):
        yield some
