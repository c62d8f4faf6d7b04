"""Who is told of what: the tables of those who ask, work and look on, and the rungs of the ladder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.district import pack
from app.notices import askers, desks, ledger, named_things, project_things, workers
from app.notices.matter import Audience, Matter, together
from app.people.documents import Person
from app.people.finding import People, once, with_role
from app.visits.documents import Visit

RUNG = "rung."

_BOTH: Mapping[str, Audience] = {
    "ticket.ask_expired": together(workers.worker, askers.askers),
    "issue.no_reply": together(workers.worker, askers.askers),
    "issue.closed_finally": together(workers.worker, askers.askers),
    "issue.merged": together(workers.worker, askers.askers),
    "issue.commented": together(workers.worker, askers.askers),
    "issue.plan_due": together(workers.worker, askers.askers),
    "issue.plan_kept": together(workers.worker, askers.askers),
    "issue.plan_broken": together(workers.worker, workers.heads, askers.askers),
}

TELL: Mapping[str, Audience] = {**askers.TELL, **workers.TELL, **desks.TELL, **_BOTH}
FOR_ASKERS = frozenset({*askers.TELL, *_BOTH})
"""What the enterprise's side is told too: it hears of the issue's promise, and of nothing internal."""

# What a visit lacks: for whoever made it, and later for the desk too.
TELL_OF_VISIT: Mapping[str, Callable[[Visit], People]] = {
    "visit.incomplete": lambda visit: [visit.owner],
    "visit.still_incomplete": lambda _: with_role("dispatcher"),
}
EVIDENCE = "evidence.differs"
DIGEST = "digest.daily"
_LISTENERS: Mapping[str, Audience] = {
    "worker": workers.worker,
    "head": workers.heads,
    "unit": desks.unit_admins,
    "inspector": desks.inspectors,
    "leader": desks.leaders,
}


def audience(event: str, matter: Matter) -> People:
    """The active people to tell of an issue's event. Raises KeyError for one that nobody listens to."""
    if event.startswith(RUNG):
        return active(_of_rung(event.removeprefix(RUNG), matter))
    return active(TELL[event](matter))


def of_visit(event: str, visit: Visit) -> People:
    """The active people to tell of a visit's event."""
    return active(TELL_OF_VISIT[event](visit))


def of_house(event: str, row: Row) -> People:
    """The active people to tell of something that is of no issue: calendars, departments, people."""
    named = (row.get("data") or {}).get("people") or ()
    return active(once(named, desks.TELL_OF_HOUSE[event]()))


def of_project(event: str, row: Row, project: Row) -> People:
    """The active people to tell of what happened to a project, by the history row of it."""
    tell = ledger.TELL_OF_PROJECT.get(event) or project_things.tell_of(event)
    return active(tell(row, project))


def events() -> frozenset[str]:
    """Every event that people can be told of in this district."""
    rungs = {f"{RUNG}{each.code}" for each in pack().ladder.rungs}
    house = {*TELL_OF_VISIT, *desks.TELL_OF_HOUSE, *ledger.TELL_OF_PROJECT, EVIDENCE, DIGEST}
    return frozenset({*TELL, *house, *rungs, *project_things.events(), *named_things.events()})


def active(people: Iterable[ObjectId]) -> People:
    """Those of them who may still come in, in the same order, each once."""
    wanted = list(dict.fromkeys(people))
    rows = Person.rows().find({"_id": {"$in": wanted}, "active": True}, {"_id": 1})
    known = {row["_id"] for row in rows}
    return [person for person in wanted if person in known]


def _of_rung(code: str, matter: Matter) -> People:
    rungs = {each.code: each for each in pack().ladder.rungs}
    tells = rungs[code].tells
    if matter.issue.restricted is not None:
        # Whom the pack names may not know of it; these do.
        tells = (*tells, "head", "inspector")
    return once(*(_LISTENERS[who](matter) for who in tells))
