"""A phone's outbox: each entry is done by the same action as when sent alone, and judged alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from marshmallow import ValidationError
from pymongo.errors import PyMongoError

from app.api import errors
from app.api.parsing import invalid
from app.foundation import clock
from app.foundation.errors import DomainError, Invalid, Unavailable
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import act_once
from app.issues.intake.opening import IssueFacts, open_issue
from app.issues.work import noting
from app.people.who import Who
from app.visits.actions import VisitFacts, log_visit
from schemas.issues import IssueOpen
from schemas.sync import TYPES, EntryIn, NoteEntry
from schemas.visits import VisitOpen

log = structlog.get_logger(__name__)

Made = tuple[dict[str, Any], bool]


def deliver(who: Who, entries: list[Any]) -> list[dict[str, Any]]:
    """What became of each entry, in their order. Visits are done first, then issues, then notes.

    What fails fails alone. Only when the database is away the call as a whole does: what was done
    by then answers `replayed` the next time.
    """
    results: list[dict[str, Any]] = [{} for _ in entries]
    for n in sorted(range(len(entries)), key=lambda n: _rank(entries[n])):
        results[n] = _one(who, entries[n])
    return results


def _rank(entry: Any) -> int:
    kind = entry.get("type") if isinstance(entry, dict) else None
    return TYPES.index(kind) if kind in TYPES else len(TYPES)


def _one(who: Who, entry: Any) -> dict[str, Any]:
    given = entry.get("client_id") if isinstance(entry, dict) else None
    named = {"client_id": given if isinstance(given, str) else None}
    try:
        said = EntryIn().load(entry)
        named = {"client_id": said["client_id"]}
        made, new = MAKE[said["type"]](who, said["client_id"], said["body"])
    except ValidationError as error:
        return named | _failed(invalid(error))
    except Unavailable:
        raise
    except DomainError as error:
        return named | _failed(error)
    except PyMongoError as error:
        if errors.passing(error):
            raise
        return named | _unforeseen(error)
    except Exception as error:
        return named | _unforeseen(error)
    return {**named, **made, "outcome": "created" if new else "replayed"}


def _failed(error: DomainError) -> dict[str, Any]:
    status = errors.STATUS[type(error)]
    told = errors.content(error.code, status, error.params, error.fields)
    return {"outcome": "conflict" if status == 409 else "rejected", "error": told}


def _unforeseen(error: Exception) -> dict[str, Any]:
    """A bug in one entry is no reason to hold up the others. Its status tells the phone to keep it."""
    log.error("unforeseen", exc_info=error)
    return {"outcome": "rejected", "error": errors.content("http.500", 500)}


def _visit(who: Who, client_id: str, body: Mapping[str, Any]) -> Made:
    facts = VisitFacts(**VisitOpen().load(_with_id(client_id, body)))
    visit, new = log_visit(who, facts, clock.now())
    return {"id": str(visit.id)}, new


def _issue(who: Who, client_id: str, body: Mapping[str, Any]) -> Made:
    facts = IssueFacts(**IssueOpen().load(_with_id(client_id, body)))
    issue, new = open_issue(who, facts, clock.now())
    return {"id": str(issue.id), "number": issue.row["number"]}, new


def _note(who: Who, client_id: str, body: Mapping[str, Any]) -> Made:
    said = NoteEntry().load(body)
    print_, now = fingerprint({"note": said}), clock.now()
    ticket = said.pop("ticket_id")
    words = noting.Words(**said)
    new = act_once(who.id, client_id, print_, now, lambda: noting.note(who, ticket, words, now))
    return {"id": ticket}, new


MAKE: Mapping[str, Callable[[Who, str, Mapping[str, Any]], Made]] = {
    "visit": _visit,
    "issue": _issue,
    "note": _note,
}


def _with_id(client_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with the entry's id; one of its own must be the same."""
    own = body.get("client_id", client_id)
    if not isinstance(own, str) or own.lower() != client_id:
        reason = Reason("sync.client_id_differs")
        raise Invalid("request.invalid", fields={"client_id": [reason]})
    return {**body, "client_id": client_id}
