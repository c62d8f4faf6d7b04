"""Policies, claims and proposals of a department that was closed go on with what took its place."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.departments.documents import Department
from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.history import SYSTEM
from app.policies import people
from app.policies.claims.documents import Claim, Objection
from app.policies.claims.states import LIVE
from app.policies.documents import CLOSED, Policy
from app.policies.proposals.documents import OPEN, Proposal

_LIVE: Row = {"state": {"$in": list(LIVE)}}
_KEPT: Row = {"state": {"$ne": CLOSED}}


def follow(now: datetime) -> None:
    """Give what is under way to the successor of its department, each department in one transaction.

    Until then the successor sees each single thing already; what has ended stays where it was decided.
    """
    named = {
        *Policy.rows().distinct("department", _KEPT),
        *Claim.rows().distinct("department", _LIVE),
        *Proposal.rows().distinct("department", {"state": OPEN}),
    }
    gone = Department.rows().find({"_id": {"$in": list(named)}, "active": False}, {"_id": 1})
    for key in [row["_id"] for row in gone]:
        successor = people.present(key)
        if successor != key:
            transaction(lambda key=key, successor=successor: _move(key, successor, now))  # type: ignore[misc]


def _move(gone: ObjectId, successor: ObjectId, now: datetime) -> None:
    data = {"department": gone, "successor": successor}
    for kind, thing, which in ((Policy, "policy", _KEPT), (Claim, "claim", _LIVE)):
        keys = kind.rows().distinct("_id", {"department": gone, **which})
        change = {"$set": {"department": successor, "updated_at": now}, "$inc": {"version": 1}}
        kind.rows().update_many({"_id": {"$in": keys}}, change)
        row = {"thing": thing, "action": "reorganise", "by": SYSTEM, "now": now, "data": data}
        history.append_all({**row, "thing_id": key} for key in keys)
    for kind in (Objection, Proposal):
        kind.rows().update_many(
            {"department": gone, "state": OPEN}, {"$set": {"department": successor}}
        )
