"""Looking at policies."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.foundation.ids import object_id
from app.people.access import allowed, may, scope
from app.people.who import Who
from app.policies.documents import DRAFT, PUBLISHED, THING, Policy
from app.policies.register import COLUMNS, policy_ties

SEE, SEE_DRAFT = "policy.see", "policy.see_draft"


def see_policy(who: Who, key: str | ObjectId) -> Row:
    """The stored policy, if `who` may know of it: a draft is its department's. Raises NotFound else."""
    row = Policy.rows().find_one({"_id": object_id(str(key))})
    if row is None:
        raise NotFound("not_found")
    action = SEE_DRAFT if row["state"] == DRAFT else SEE
    if not allowed(who, action, policy_ties(row)):
        raise NotFound("not_found")
    return row


def inside(who: Who, policy: Row) -> bool:
    """Whether `who` sees of a policy what is only for its department and those who oversee."""
    return allowed(who, SEE_DRAFT, policy_ties(policy))


def policies(
    who: Who,
    now: datetime,
    *,
    page: int,
    page_size: int,
    q: str | None = None,
    state: str | None = None,
    department_id: str | None = None,
    code: str | None = None,
    open_now: bool = False,
) -> tuple[list[Row], int]:
    """A page of the policies `who` may see, the latest edition of each code first, and how many there are."""
    parts: list[Row] = [_seen(who)]
    parts += [{name: each} for name, each in (("state", state), ("code", code)) if each]
    if department_id:
        parts.append({"department": ObjectId(department_id)})
    if q:
        pattern = {"$regex": re.escape(q), "$options": "i"}
        parts.append({"$or": [{"title": pattern}, {"code": pattern}]})
    if open_now:
        parts.append(open_on(days.today(now).isoformat()))
    query = {"$and": parts}
    found = Policy.rows().find(query).sort([("code", 1), ("edition", -1)])
    rows = list(found.skip((page - 1) * page_size).limit(page_size))
    return rows, Policy.rows().count_documents(query)


def open_on(day: str) -> Row:
    """What finds the policies that may be claimed on a local day."""
    return {
        "state": PUBLISHED,
        "$and": [
            {"$or": [{"since": None}, {"since": {"$lte": day}}]},
            {"$or": [{"until": None}, {"until": {"$gte": day}}]},
        ],
    }


def history_of(policy: Row) -> list[Row]:
    """What was done to a policy, in order."""
    return history.of(THING, policy["_id"], internal=True)


def _seen(who: Who) -> Row:
    """Drafts by department; all others, as nobody is kept from what is published."""
    drafts = scope(who, SEE_DRAFT, COLUMNS)
    published: Row = {"state": {"$ne": DRAFT}} if may(who, SEE) else {"_id": {"$in": []}}
    return {"$or": [published, drafts]} if drafts else {}


def legal(who: Who, policy: Row) -> list[str]:
    """What `who` may do to a stored policy now."""
    ties: Any = policy_ties(policy)
    by_state = {
        DRAFT: (("change", "policy.write"), ("publish", "policy.publish")),
        PUBLISHED: (("new_edition", "policy.write"), ("close", "policy.publish")),
    }
    steps = by_state.get(policy["state"], (("new_edition", "policy.write"),))
    return [name for name, action in steps if allowed(who, action, ties)]
