"""Closures as the facts that `closures` weighs: what is stored of tickets, issues, photos and checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import pack
from app.issues.documents import Issue, Ticket
from app.oversight.closures import Facts, Picture, Silences
from app.oversight.draws_documents import RECORDED, TICKET, Check
from app.oversight.draws_population import span
from app.photos.documents import Photo
from app.photos.grading import judge

FIELDS = dict.fromkeys(
    (
        *("issue", "number", "department", "unit", "category", "state", "role", "excerpt"),
        *("answered_at", "rounds", "answer.result", "answer.photos", "restricted"),
    ),
    1,
)
_OF_ISSUE = dict.fromkeys(
    ("kind", "category", "outcome", "confirmation.solved", "confirmation.satisfaction", "state"), 1
)


def closed_at(ticket: Mapping[str, Any]) -> datetime:
    """When it was last answered; a redone ticket's last round."""
    own: datetime | None = ticket.get("answered_at")
    return own or ticket["rounds"][-1]["answered_at"]


def facts_of(tickets: Iterable[Row]) -> list[tuple[Row, Facts]]:
    """Stored lead tickets (`FIELDS`), each with what is known of its closure."""
    rows = list(tickets)
    issues = _by_id(Issue.rows().find({"_id": {"$in": [row["issue"] for row in rows]}}, _OF_ISSUE))
    shown = {key for row in rows for key in _photos(row)}
    pictures = {photo.id: _picture(photo) for photo in Photo.objects(id__in=list(shown))}
    checks = _checks([row["_id"] for row in rows])
    months = {_month(row) for row in rows}
    silences = {month: silences_of(month) for month in months}
    found = []
    for row in rows:
        issue = issues.get(row["issue"], {})
        word = issue.get("confirmation") or {}
        known = Facts(
            ticket=row["_id"],
            issue=row["issue"],
            kind=issue.get("kind", ""),
            category=issue.get("category") or row.get("category"),
            results=tuple(each.get("result") for each in row.get("rounds", ())),
            result=(row.get("answer") or {}).get("result") if row.get("answered_at") else None,
            outcome=issue.get("outcome"),
            word=word.get("solved"),
            score=word.get("satisfaction"),
            pictures=tuple(pictures[key] for key in _photos(row) if key in pictures),
            checks=tuple(checks.get(row["_id"], ())),
            silences=silences[_month(row)].get(row["department"]),
        )
        found.append((row, known))
    return found


def silences_of(month: str) -> dict[ObjectId, Silences]:
    """By department, how many of the closures answered in a local month ended in silence."""
    first = days.month(month)
    since, until = span(first.isoformat(), days.end_of_month(first).isoformat())
    ended = {
        "role": "lead",
        "answered_at": {"$gte": since, "$lt": until},
        "state": "closed",
        "restricted": None,
    }
    outcome = {
        "from": Issue.rows().name,
        "localField": "issue",
        "foreignField": "_id",
        "pipeline": [{"$project": {"outcome": 1}}],
        "as": "of",
    }
    silent = {"$cond": [{"$eq": [{"$first": "$of.outcome"}, "no_reply"]}, 1, 0]}
    grouped = {"_id": "$department", "count": {"$sum": 1}, "silent": {"$sum": silent}}
    stages: list[Row] = [
        {"$match": ended},
        {"$project": {"department": 1, "issue": 1}},
        {"$lookup": outcome},
        {"$group": grouped},
    ]
    rows = list(Ticket.rows().aggregate(stages))
    count, quiet = sum(row["count"] for row in rows), sum(row["silent"] for row in rows)
    return {row["_id"]: Silences(month, row["silent"], row["count"], quiet, count) for row in rows}


def _checks(tickets: list[ObjectId]) -> dict[ObjectId, list[tuple[ObjectId, str]]]:
    recorded = {"item": TICKET, "item_id": {"$in": tickets}, "state": RECORDED}
    found: dict[ObjectId, list[tuple[ObjectId, str]]] = {}
    for row in Check.rows().find(recorded, {"item_id": 1, "outcome": 1}).sort("_id", 1):
        found.setdefault(row["item_id"], []).append((row["_id"], row["outcome"]))
    return found


def _picture(photo: Photo) -> Picture:
    grade = judge(photo)
    copies = tuple(each["photo"] for each in photo.copies)
    return Picture(photo.id, grade.grade, tuple(grade.reasons), copies)


def _photos(row: Row) -> list[ObjectId]:
    return list((row.get("answer") or {}).get("photos", ()))


def _month(row: Row) -> str:
    return days.month_of(closed_at(row).astimezone(pack().zone).date())


def _by_id(rows: Iterable[Row]) -> dict[ObjectId, Row]:
    return {row["_id"]: row for row in rows}
