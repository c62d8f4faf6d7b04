"""Issues with their tickets and the steps that their courses are read from, some at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row
from app.issues.documents import Ticket
from app.learning.courses import DECISIONS, STEPS

BATCH = 1000
BY_STEP = "learning_steps"
"""The index of these steps by issue; `m0018_learning` makes it."""

_DECIDING = ("routing.words", "routing.text", "routing.choice_overruled", "routing.rule_words")
_RULES = ("routing.rule", "routing.rule_words")
_OVERRULED, _RESTRICTED = "routing.choice_overruled", "routing.restricted"


def told(reasons: str) -> Row:
    """A projection: what the decision with these reasons (a path) said, as `courses` wants it.

    Made by the database: what it reads is ten times what is told.
    """
    words = {"$ifNull": ["$$this.params.words.word", []]}
    return {
        "words": {
            "$reduce": {
                "input": _of(reasons, *_DECIDING),
                "initialValue": [],
                "in": {"$concatArrays": ["$$value", words]},
            }
        },
        "fits": _each(_of(reasons, *_RULES), "rule"),
        "overruled": _each(_of(reasons, _OVERRULED), "chosen_code"),
        "restricted": {"$in": [_RESTRICTED, {"$ifNull": [f"{reasons}.code", []]}]},
    }


def _of(reasons: str, *codes: str) -> Row:
    some = {"$ifNull": [reasons, []]}
    return {"$filter": {"input": some, "cond": {"$in": ["$$this.code", list(codes)]}}}


def _each(reasons: Row, param: str) -> Row:
    return {"$map": {"input": reasons, "in": f"$$this.params.{param}"}}


OF_ISSUE = {
    **dict.fromkeys(("state", "unit", "category", "hops", "redos", "outcome", "rulings.ruling"), 1),
    **dict.fromkeys(("route.by", "route.department", "route.category", "route.decided_at"), 1),
    **dict.fromkeys(("route.rulebook", "route.judge"), 1),
    "told": told("$route.reasons"),
}
"""What a course needs of the issue itself."""
_OF_TICKET = dict.fromkeys(("issue", "role", "category", "origin.how"), 1)
_OF_STEP = {
    **dict.fromkeys(("thing_id", "part_id", "action", "at", "version"), 1),
    **dict.fromkeys(("data.department", "data.reason_code", "data.decided"), 1),
    "told": {"$cond": [{"$in": ["$action", list(DECISIONS)]}, told("$reasons"), None]},
}

Case = tuple[Row, list[Row], list[Row]]
"""An issue, its tickets, its steps."""


def cases(issues: Iterable[Row]) -> Iterator[Case]:
    """Each issue with its tickets and steps, in the order given."""
    for some in batches(issues):
        yield from with_steps(some)


def with_steps(issues: Sequence[Row]) -> Iterator[Case]:
    """The same for some issues at once."""
    keys = [row["_id"] for row in issues]
    if not keys:
        return
    of_issue = {"issue": {"$in": keys}}
    tickets = _by("issue", Ticket.rows().find(of_issue, _OF_TICKET))
    wanted = {"thing_id": {"$in": keys}, "action": {"$in": list(STEPS)}}
    steps = _by("thing_id", history.rows().find(wanted, _OF_STEP).hint(BY_STEP))
    for row in issues:
        yield row, tickets[row["_id"]], steps[row["_id"]]


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows, BATCH at a time."""
    rows = iter(rows)
    while some := list(islice(rows, BATCH)):
        yield some


def _by(name: str, rows: Iterable[Any]) -> defaultdict[ObjectId, list[Row]]:
    found: defaultdict[ObjectId, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found
