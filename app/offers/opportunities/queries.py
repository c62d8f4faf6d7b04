"""Looking at opportunities and at who is interested."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.foundation.ids import object_id
from app.offers.access import firm_ties, page_of, within
from app.offers.opportunities.documents import Interest, Opportunity
from app.offers.opportunities.states import ALIVE, CLOSED, KINDS, MATCHED, PUBLISHED
from app.offers.people import firm_of
from app.people.access import NOTHING, Columns, Ties, allowed, may, require, scope
from app.people.who import Who

SEE, SEE_INSIDE = "opportunity.see", "opportunity.see_inside"
COLUMNS = Columns(
    owner="by",
    enterprise="enterprise",
    unit="place",
    departments="department",
    followers="staff",
)
INTERESTS = Columns(owner="owner")
OFFERED = Columns(enterprise="of", departments="of_department", unit="of_unit")


def ties(row: Mapping[str, Any]) -> Ties:
    """What binds a stored opportunity to people; who answers for it follows it."""
    return Ties(
        owner=row["by"],
        enterprise=row["enterprise"],
        unit=row["place"],
        departments=(row["department"],) if row["department"] else (),
        followers=(row["staff"],) if row.get("staff") else (),
    )


def interest_ties(row: Mapping[str, Any], firm: Mapping[str, Any]) -> Ties:
    """What binds a stored interest of a stored firm to people."""
    return firm_ties(firm, owner=row["owner"])


def see(who: Who, key: str | ObjectId) -> Row:
    """The stored opportunity: what is published all may know of. Raises NotFound else."""
    row = Opportunity.rows().find_one({"_id": object_id(str(key))})
    if row is None or not (_open_to(who, row) or inside(who, row)):
        raise NotFound("not_found")
    return row


def inside(who: Who, row: Mapping[str, Any]) -> bool:
    """Whether `who` sees of it what is only for its owner and those who look after it."""
    return allowed(who, SEE_INSIDE, ties(row))


def _open_to(who: Who, row: Row) -> bool:
    return row["state"] in (PUBLISHED, CLOSED) and may(who, SEE)


def listed(
    who: Who,
    now: datetime,
    *,
    page: int,
    page_size: int,
    kind: str | None = None,
    state: str | None = None,
    industry: str | None = None,
    enterprise_id: str | None = None,
    open_now: bool = False,
    q: str | None = None,
) -> tuple[list[Row], int]:
    """A page of the opportunities `who` may see, the newest first, and how many there are."""
    own = scope(who, SEE_INSIDE, COLUMNS)
    public: Row = {"state": {"$in": [PUBLISHED, CLOSED]}} if may(who, SEE) else dict(NOTHING)
    parts: list[Row] = [{"$or": [public, own]} if own else {}]
    wanted = {"kind": kind, "state": state, "industry": industry}
    parts += [{name: each} for name, each in wanted.items() if each]
    if enterprise_id:
        parts.append({"enterprise": ObjectId(enterprise_id)})
    if open_now:
        today = days.today(now).isoformat()
        until = {"$or": [{"until": None}, {"until": {"$gte": today}}]}
        parts.append({"state": PUBLISHED, **until})
    if q:
        pattern = {"$regex": re.escape(q), "$options": "i"}
        parts.append({"$or": [{"title": pattern}, {"text": pattern}]})
    query = {"$and": parts}
    found = Opportunity.rows().find(query).sort([("created_at", -1), ("_id", -1)])
    return page_of(found, page, page_size), Opportunity.rows().count_documents(query)


def see_interest(who: Who, key: str | ObjectId) -> tuple[Row, Row]:
    """A stored interest and its firm, if `who` may know of it. Raises NotFound else.

    Whose opportunity it is knows of it once it is released.
    """
    row = Interest.rows().find_one({"_id": object_id(str(key))})
    firm = firm_of(row["enterprise"]) if row else {}
    if row is None or not (looks_after(who, row, firm) or _told(who, row)):
        raise NotFound("not_found")
    return row, firm


def looks_after(who: Who, row: Mapping[str, Any], firm: Mapping[str, Any]) -> bool:
    """Whether it is for these eyes by its own right, not as it was released to whose opportunity it is."""
    return allowed(who, "interest.see", interest_ties(row, firm))


def _told(who: Who, row: Row) -> bool:
    home = row.get("of_department")
    side = Ties(enterprise=row["of"], unit=row.get("of_unit"), departments=(home,) if home else ())
    return row["released"] and allowed(who, "interest.see_released", side)


def interests(
    who: Who,
    *,
    page: int,
    page_size: int,
    opportunity_id: str | None = None,
    state: str | None = None,
    mine: bool = False,
) -> tuple[list[Row], int]:
    """A page of the interests that `who` may know of, the newest first, and how many there are."""
    theirs = within(who, "interest.see", INTERESTS)
    told: Row = {"$and": [{"released": True}, scope(who, "interest.see_released", OFFERED)]}
    parts: list[Row] = [{"$or": [theirs, told]} if theirs else {}]
    if opportunity_id:
        parts.append({"opportunity": ObjectId(opportunity_id)})
    if state:
        parts.append({"state": state})
    if mine:
        parts.append({"owner": {"$in": list(who.ids)}})
    query = {"$and": parts}
    found = Interest.rows().find(query).sort([("created_at", -1), ("_id", -1)])
    return page_of(found, page, page_size), Interest.rows().count_documents(query)


def history_of(thing: str, key: ObjectId) -> list[Row]:
    """What was done, in order."""
    return history.of(thing, key, internal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityFigures:
    """Of one kind: how many there are, are open, and came to an end; interests, and what became of them.

    `days` is the mean of days from an interest to its outcome, with one place.
    """

    kind: str
    opportunities: int
    published: int
    closed: int
    interests: int
    alive: int
    matched: int
    days: str | None


def figures(who: Who) -> list[OpportunityFigures]:
    """By kind, of all that is not a draft. Raises Forbidden."""
    require(who, "opportunity.figures")
    rows = list(Opportunity.rows().find(scope(who, "opportunity.figures", COLUMNS)))
    keys = {row["_id"]: row["kind"] for row in rows}
    found = list(Interest.rows().find({"opportunity": {"$in": list(keys)}}))
    return [
        _of_kind(
            kind,
            [row for row in rows if row["kind"] == kind],
            [row for row in found if keys[row["opportunity"]] == kind],
        )
        for kind in KINDS
    ]


def _of_kind(kind: str, rows: list[Row], found: list[Row]) -> OpportunityFigures:
    took = [
        (row["ended_at"] - row["created_at"]).total_seconds() / 86400
        for row in found
        if row["ended_at"]
    ]
    mean = Decimal(str(sum(took) / len(took))).quantize(Decimal("0.1")) if took else None
    return OpportunityFigures(
        kind=kind,
        opportunities=len(rows),
        published=sum(row["state"] == PUBLISHED for row in rows),
        closed=sum(row["state"] == CLOSED for row in rows),
        interests=len(found),
        alive=sum(row["state"] in ALIVE for row in found),
        matched=sum(row["state"] == MATCHED for row in found),
        days=None if mean is None else str(mean),
    )
