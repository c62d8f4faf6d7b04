"""One talk, several demands: each becomes an issue of its own, with its own number and clock."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.foundation import history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Conflict, Invalid
from app.foundation.history import Actor
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.issues import barring, search_terms
from app.issues.documents import Issue, Ticket
from app.issues.intake.opening import owe_placing
from app.issues.moves import move_issue
from app.issues.numbers import next_number
from app.issues.tickets import EXCERPT, found_by
from app.issues.work.steps import on_issue
from app.people.who import Who
from app.photos import actions as photos

INHERITED = (
    "owner",
    "owner_role",
    "kind",
    "said_urgent",
    "enterprise",
    "project",
    "site",
    "visit",
    "awaited",
    "awaited_visit",
    "source",
    "external_number",
    "on_behalf_of",
    "anonymous",
    "contact",
    "unit",
    "unit_from",
    "unit_distance_m",
    "commissioner",
    "position",
    "photos",
    "followers",
    "barred",
    "units_barred",
)
"""What a part has of the issue it was split from: whose it is, where, and what shows it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One demand. `category` is a code of the pack; `client_id` a UUID, made here if there is none."""

    text: str
    category: str | None = None
    client_id: str | None = None


def split(who: Who, key: str, parts: Sequence[Part], reason: str, now: datetime) -> Issue:
    """Make the issue be about the first part, and open an issue for each of the others.

    The issue keeps its number and its text; a ticket that is out already is told of the first part. Raises
    Invalid for an unknown category, or one for a first part that is placed already; Conflict for a
    client_id that was used before.
    """
    _check(parts)
    numbers = [next_number(now) for _ in parts[1:]]

    def step(issue: Issue) -> None:
        barring.check_ordinary(issue)
        first, *others = parts
        by = who.acting("dispatcher")
        keys = [ObjectId() for _ in others]
        reasons = [Reason("split.into", {"numbers": "、".join(numbers)})]
        lead = Ticket.objects(issue=issue.id, role="lead", live=True).first()
        if lead is not None:
            reasons.append(Reason("split.ticket_told"))
        change = {"demand": first.text, **_category(issue, first)}
        told: dict[str, Any] = {"text": reason, "reasons": reasons, "data": {"parts": keys}}
        move_issue(issue, "split", by, now, change=change, **told, tell="issue.split")
        if lead is not None:
            _tell_ticket(lead, issue)
        for key, part, number in zip(keys, others, numbers, strict=True):
            _open(issue, key, part, number, by, now)

    return on_issue(who, key, "issue.split", step)


def _check(parts: Sequence[Part]) -> None:
    known = {entry.code for entry in pack().categories}
    wrong = {
        f"parts.{n}.category": [part.category]
        for n, part in enumerate(parts)
        if part.category is not None and part.category not in known
    }
    if wrong:
        raise Invalid("category.unknown", fields=wrong)


def _category(issue: Issue, first: Part) -> dict[str, Any]:
    """Until it is placed, the issue goes where its part belongs; then it is another step that moves it."""
    if first.category is None or first.category == issue.category:
        return {}
    if issue.state == "dispatched":
        raise Invalid("split.placed_already", fields={"parts.0.category": [first.category]})
    return {"category": first.category, "chosen_category": first.category}


def _tell_ticket(lead: Ticket, issue: Issue) -> None:
    excerpt = (issue.demand or issue.text)[:EXCERPT]
    told = {"excerpt": excerpt, **found_by(issue, excerpt)}
    Ticket.rows().update_one({"_id": lead.id}, {"$set": told})


def _open(issue: Issue, key: ObjectId, part: Part, number: str, by: Actor, now: datetime) -> None:
    client_id = part.client_id or str(uuid.uuid4())
    row: Row = {name: value for name, value in issue.to_mongo().items() if name in INHERITED}
    said = {"split_from": issue.id, "client_id": client_id}
    try:
        made = Issue.insert_row(
            **row,
            **said,
            **search_terms.of_issue(number, part.text, issue.external_number),
            id=key,
            number=number,
            state="submitted",
            fingerprint=fingerprint({**asdict(part), "split_from": str(issue.id)}),
            text=part.text,
            category=part.category,
            chosen_category=part.category,
            urgent=bool(issue.said_urgent),
            created_at=now,
            updated_at=now,
        )
    except DuplicateKeyError:
        raise Conflict("client_id.conflict", fields={"client_id": [client_id]}) from None
    photos.attach(made["photos"], "issue", made["_id"])
    reasons = [Reason("split.from", {"number": issue.number})]
    told = history.append(
        "issue",
        made["_id"],
        "open",
        by=by,
        now=now,
        after="submitted",
        reasons=reasons,
        data={"split_from": issue.id},
    )
    owe_placing(made, told, now)
