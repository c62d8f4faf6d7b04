"""States rebuilt from history: no step missing, none out of turn, each as the table has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.reasons import Reason
from app.issues.checking.findings import Case, Finding, Rules
from app.issues.states import Machine

OPEN, DISPATCH = "open", "dispatch"
ISSUE_TOO = {
    **dict.fromkeys(("return", "object", "rule_away"), "return"),
    "rule": "rule",
    "release": "release",
}
"""The issue's own step that a step of its lead ticket takes with it. Else it follows."""


def numbered(case: Case, rules: Rules) -> Iterator[Finding]:
    """Each version of the issue after the first is one step of its history, each of a ticket likewise."""
    steps = [row for row in case.history if _is_step(row)]
    there, last = Counter(row["version"] for row in steps), case.issue["version"]
    for number in range(2, last + 1):
        if number not in there:
            yield case.finding(Reason("check.step_missing", {"step": number}))
    for number, times in sorted(there.items()):
        if times > 1:
            yield case.finding(Reason("check.step_twice", {"step": number}))
        if number > last:
            yield case.finding(Reason("check.version_behind", {"version": last, "step": number}))
    taken = Counter(row["part_id"] for row in steps)
    for ticket in case.tickets:
        expected, version = taken[ticket["_id"]] + 1, ticket["version"]
        if version != expected:
            counted = {"version": version, "expected": expected}
            yield case.finding(Reason("check.ticket_version", counted), ticket)


def replayed(case: Case, rules: Rules) -> Iterator[Finding]:
    """Every step starts where the one before ended, is of the table, and all lead to what is stored."""
    stage = _Stage(case, rules, {row["_id"]: row for row in case.tickets})
    rows = [row for row in case.history if row["action"] in (OPEN, DISPATCH) or _is_step(row)]
    for row in sorted(rows, key=_order):
        yield from stage.take(row)
    yield from stage.end()


def _is_step(row: Row) -> bool:
    """Whether a row tells of a guarded step; others, like a photo that joined, move no version."""
    return row.get("version") is not None and row["action"] != DISPATCH


def _order(row: Row) -> tuple[Any, ...]:
    """By version: clocks of two who were at it at once say nothing. A ticket is born after its step."""
    return row.get("version") or 0, row["action"] == DISPATCH, row["_id"]


@dataclass
class _Stage:
    """The issue and its tickets as far as the steps taken have brought them."""

    case: Case
    rules: Rules
    stored: dict[ObjectId, Row]
    state: str | None = None
    tickets: dict[ObjectId, str] = field(default_factory=dict)
    leads: list[ObjectId] = field(default_factory=list)  # in the order in which they ended last
    begun: set[ObjectId] = field(default_factory=set)

    def take(self, row: Row) -> Iterator[Finding]:
        """Take one step."""
        part = row["part_id"]
        if row["action"] == OPEN:
            yield from self._begin(row)
        elif part is None:
            yield from self._step(self.rules.issue, row, self.state, None)
            self.state = row["to"]
        elif part not in self.stored:
            yield self.case.finding(Reason("check.ticket_missing", {"ticket": str(part)}))
        elif row["action"] == DISPATCH:
            yield from self._born(row, part)
        else:
            yield from self._step(self.rules.ticket, row, self.tickets.get(part), self.stored[part])
            self._reached(part, row["to"])
            yield from self._with_it(row, part)

    def end(self) -> Iterator[Finding]:
        """Compare with what is stored."""
        issue = self.case.issue
        if issue["_id"] not in self.begun:
            yield self.case.finding(Reason("check.no_beginning"))
        if self.state not in (None, issue["state"]):
            yield self._differs(issue["state"], str(self.state), None)
        for key, ticket in self.stored.items():
            if key not in self.begun:
                yield self.case.finding(Reason("check.not_dispatched"), ticket)
            if self.tickets.get(key) not in (None, ticket["state"]):
                yield self._differs(ticket["state"], self.tickets[key], ticket)

    def _begin(self, row: Row) -> Iterator[Finding]:
        if self.state is not None or row["to"] != self.rules.issue.states[0]:
            yield self._illegal(row, self.state, None)
        self.state = row["to"]
        self.begun.add(row["thing_id"])

    def _born(self, row: Row, part: ObjectId) -> Iterator[Finding]:
        if part in self.tickets or row["to"] != self.rules.ticket.states[0]:
            yield self._illegal(row, self.tickets.get(part), self.stored[part])
        self._reached(part, row["to"])
        self.begun.add(part)

    def _step(
        self, table: Machine, row: Row, state: str | None, ticket: Row | None
    ) -> Iterator[Finding]:
        before, after = row["from"], row["to"]
        if state is not None and before != state:
            where = {"action": row["action"], "before": str(before), "state": str(state)}
            yield self.case.finding(Reason("check.chain_broken", where), ticket)
        if table.actions.get(row["action"], {}).get(before) != after:
            yield self._illegal(row, before, ticket)

    def _with_it(self, row: Row, part: ObjectId) -> Iterator[Finding]:
        """What the issue did along with its ticket, against what it had to do."""
        table, before = self.rules.issue, self.state or ""
        said = row["data"].get("issue_from", before), row["data"].get("issue_to", before)
        is_lead = self.stored[part]["role"] == "lead"
        action = ISSUE_TOO.get(row["action"]) if is_lead else None
        lead = self._lead()
        due = table.actions[action].get(before) if action else table.followed(before, lead)
        if said != (before, due):
            what = {"action": row["action"], "said": " → ".join(said), "due": f"{before} → {due}"}
            yield self.case.finding(Reason("check.followed_wrong", what), self.stored[part])
        self.state = said[1]

    def _reached(self, part: ObjectId, state: str) -> None:
        before, self.tickets[part] = self.tickets.get(part), state
        if self.stored[part]["role"] == "lead" and before not in self.rules.ticket.ended:
            self.leads = [*(key for key in self.leads if key != part), part]

    def _lead(self) -> str | None:
        """The state of the lead ticket at this point: the live one's, else of the one that ended last."""
        states = [self.tickets[key] for key in self.leads]
        live = [state for state in states if state not in self.rules.ticket.ended]
        return next(reversed(live or states), None)

    def _illegal(self, row: Row, before: str | None, ticket: Row | None) -> Finding:
        step = {"action": row["action"], "before": str(before), "after": str(row["to"])}
        return self.case.finding(Reason("check.step_illegal", step), ticket)

    def _differs(self, stored: str, rebuilt: str, ticket: Row | None) -> Finding:
        states = {"stored": stored, "rebuilt": rebuilt}
        return self.case.finding(Reason("check.state_differs", states), ticket)
