"""Many tickets given to somebody at once: each by the same action as alone, and judged alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from pymongo.errors import PyMongoError

from app.api import errors, views
from app.foundation import clock
from app.foundation.errors import DomainError, Unavailable
from app.issues.access import require_ticket, see_ticket
from app.issues.work import taking
from app.people.who import Who

log = structlog.get_logger(__name__)


def assign_each(who: Who, ticket_ids: Sequence[str], person_id: str) -> list[dict[str, Any]]:
    """What became of each ticket, in their order.

    What fails fails alone. Only when the database is away the call as a whole does; what was assigned by
    then is `unchanged` the next time. Raises Invalid for an unfit Idempotency-Key.
    """
    views.idempotency_key()
    return [{"ticket_id": key, **_one(who, key, person_id)} for key in ticket_ids]


def _one(who: Who, key: str, person_id: str) -> dict[str, Any]:
    try:
        if _has(who, key, person_id):
            return {"outcome": "unchanged"}
        now = clock.now()
        act = partial(taking.assign, who, key, person_id=person_id, now=now)
        return {"outcome": "assigned" if views.perform(act, part=f":{key}") else "unchanged"}
    except Unavailable:
        raise
    except DomainError as error:
        status = errors.STATUS[type(error)]
        told = errors.content(error.code, status, error.params, error.fields)
        return {"outcome": "conflict" if status == 409 else "rejected", "error": told}
    except PyMongoError as error:
        if errors.passing(error):
            raise
        return _unforeseen(error)
    except Exception as error:
        return _unforeseen(error)


def _has(who: Who, key: str, person_id: str) -> bool:
    """Whether the person has the ticket already; for who may not assign it, what `assign` raises."""
    ticket = see_ticket(who, key)
    require_ticket(who, "ticket.assign", ticket)
    return ticket.live and str(ticket.assignee) == person_id


def _unforeseen(error: Exception) -> dict[str, Any]:
    """A bug with one ticket is no reason to hold up the others."""
    log.error("unforeseen", exc_info=error)
    return {"outcome": "rejected", "error": errors.content("http.500", 500)}
