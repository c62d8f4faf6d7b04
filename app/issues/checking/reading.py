"""Reading what is stored, some issues at a time, each slice as it was at one moment.

A step writes all its rows in one transaction, so a slice that is read in one snapshot agrees with itself
however busy the house is. Nothing is kept from slice to slice, and nothing is read row by row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from app.foundation import db, duties, history
from app.foundation.db import Row
from app.issues import clocks
from app.issues.checking.findings import Case, Rules
from app.issues.checking.linking import OTHERS, shown
from app.issues.documents import Issue, Ticket
from app.issues.moves import machine_of
from app.issues.pressing.climbing import Climb
from app.photos.documents import Photo

SLICE = 200

Groups = Mapping[ObjectId, list[Row]]

# Long texts are of no use here.
_ISSUE = dict.fromkeys(("text", "grams", "sought", "route", "promise.why"), 0)
_TICKET = dict.fromkeys(("grams", "sought", "why", "rounds"), 0)
_SAID = ("thing_id", "part_id", "action", "by", "role", "from", "to", "version", "internal")
_STEP = dict.fromkeys((*_SAID, "data.people", "data.rung", "data.issue_from", "data.issue_to"), 1)
_DUTY = dict.fromkeys(("kind", "subject", "state", "key", "due_at", "payload"), 1)
_TOLD = {**dict.fromkeys(("row", "event", "person", "channel", "contact.person"), 1), "_id": 0}
_OTHER = dict.fromkeys(("number", "state", "master"), 1)


def slices() -> Iterator[tuple[list[Case], Rules]]:
    """All issues, the oldest first, with what must hold of them at that moment."""
    after: ObjectId | None = None
    while True:
        with db.client().start_session(snapshot=True) as session:
            cases = list(_Slice.read(session, after).cases())
            rules = _rules(session)
        if not cases:
            return
        yield cases, rules
        after = cases[-1].issue["_id"]


def _rules(session: ClientSession) -> Rules:
    """The district's tables, the calendar in use, and whether it is in use everywhere by now."""
    prefix = {"$gte": "issues.recompute:", "$lt": "issues.recompute;"}
    waiting = {"key": prefix, "state": "due"}
    settled = duties.rows().find_one(waiting, {"_id": 1}, session=session) is None
    return Rules(machine_of("issue"), machine_of("ticket"), clocks.calendar(), settled)


@dataclass(frozen=True, slots=True)
class _Slice:
    """Some issues with all that belongs to them, by what it belongs to."""

    issues: list[Row]
    tickets: Groups
    steps: Groups
    climbs: Groups
    duties: Groups
    told: Mapping[str, Groups]
    others: Mapping[ObjectId, Row]
    photos: Mapping[ObjectId, Row]

    @classmethod
    def read(cls, session: ClientSession, after: ObjectId | None) -> _Slice:
        """The next issues after that one."""
        start = {"_id": {"$gt": after}} if after else {}
        found = Issue.rows().find(start, _ISSUE, session=session).sort("_id", 1)
        issues = list(found.limit(SLICE))
        keys = [row["_id"] for row in issues]
        tickets = _grouped(session, Ticket.rows(), "issue", keys, _TICKET)
        steps = _grouped(session, history.rows(), "thing_id", keys, _STEP, thing="issue")
        of_these = [*keys, *_ids(tickets)]
        rows = list(_ids(steps))
        named = {row.get(name) for row in issues for name in OTHERS} - {None}
        pictures = (shown(row, tickets.get(row["_id"], ())) for row in issues)
        return cls(
            issues,
            tickets,
            steps,
            _grouped(session, Climb.rows(), "issue", keys),
            _grouped(session, duties.rows(), "subject", of_these, _DUTY),
            {
                # By name: the room of the notices is above this one.
                name: _grouped(session, db.collection(name), "row", rows, _TOLD)
                for name in ("notices", "outbox", "calls")
            },
            _by_id(session, Issue.rows(), named, _OTHER),
            _by_id(session, Photo.rows(), set(chain(*pictures)), {"links": 1}),
        )

    def cases(self) -> Iterator[Case]:
        """The issues one by one."""
        for issue in self.issues:
            key = issue["_id"]
            tickets, steps = self.tickets.get(key, []), self.steps.get(key, [])
            rows = [step["_id"] for step in steps]
            yield Case(
                issue=issue,
                tickets=tickets,
                history=steps,
                duties=_of(self.duties, [key, *(ticket["_id"] for ticket in tickets)]),
                climbs=self.climbs.get(key, []),
                notices=_of(self.told["notices"], rows),
                messages=_of(self.told["outbox"], rows),
                calls=_of(self.told["calls"], rows),
                issues=self.others,
                photos=self.photos,
            )


def _grouped(
    session: ClientSession,
    collection: Any,
    field: str,
    keys: list[ObjectId],
    shows: Mapping[str, int] | None = None,
    **more: Any,
) -> Groups:
    """The rows whose `field` is one of the keys, by that."""
    found: dict[ObjectId, list[Row]] = defaultdict(list)
    for row in collection.find({field: {"$in": keys}, **more}, shows, session=session):
        found[row[field]].append(row)
    return found


def _by_id(
    session: ClientSession, collection: Any, keys: Iterable[Any], shows: Mapping[str, int]
) -> Mapping[ObjectId, Row]:
    found = collection.find({"_id": {"$in": list(keys)}}, shows, session=session)
    return {row["_id"]: row for row in found}


def _ids(groups: Groups) -> Iterator[ObjectId]:
    return (row["_id"] for rows in groups.values() for row in rows)


def _of(groups: Groups, keys: Iterable[ObjectId]) -> list[Row]:
    return [row for key in keys for row in groups.get(key, ())]
