"""The one way in which a claim moves: state, spans, clock, rung, history, notices in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.ties import COLUMNS as OF_FIRM
from app.enterprises.ties import enterprise_ties
from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, NotFound
from app.foundation.history import Actor
from app.foundation.ids import object_id
from app.foundation.reasons import Reason
from app.people.access import NOTHING, Columns, Ties, actor, allowed, scope
from app.people.announcing import announce, telling
from app.people.finding import People
from app.people.who import Who
from app.policies.claims import climbing, clocks
from app.policies.claims.documents import Claim
from app.policies.claims.states import ENDED, GONE, after
from app.policies.people import present

SEE, THING = "claim.see", "claim"
OF_CLAIM = Columns(departments="department")
_DID = {
    "match": "open",
    "withdraw": "submit",
    "return": "review",
    "refuse": "review",
    "publicise": "review",
    "finish": "pay",
}

Change = Callable[[Row, Row, Actor], Mapping[str, Any]]
"""From the claim, its firm and who acts to what is set. Raises what stands against the step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What history keeps of a step, and whom it tells of `event`."""

    text: str = ""
    reasons: Iterable[Reason] = ()
    event: str | None = None
    people: Callable[[Row, Row], People] = lambda claim, firm: []
    due: Any = None


def permission(action: str) -> str:
    """What of the policy table allows a step."""
    return f"claim.{_DID.get(action, action)}"


def claim_ties(
    claim: Mapping[str, Any], firm: Mapping[str, Any], home: ObjectId | None = None
) -> Ties:
    """What binds a stored claim to people: its firm, and the department, or what took its place: `home`."""
    of_firm = enterprise_ties(firm)
    department = claim["department"]
    return Ties(
        served_by=of_firm.served_by,
        enterprise=claim["enterprise"],
        unit=of_firm.unit,
        departments=(department, home or present(department)),
    )


def see(who: Who, key: str | ObjectId, action: str = SEE) -> tuple[Row, Row]:
    """A stored claim and its firm, if `who` may know of it. Raises NotFound else."""
    claim = Claim.rows().find_one({"_id": object_id(str(key))})
    if claim is None:
        raise NotFound("not_found")
    firm = firm_of(claim)
    if not allowed(who, action, claim_ties(claim, firm)):
        raise NotFound("not_found")
    return claim, firm


def firm_of(claim: Row) -> Row:
    """The stored firm of a claim."""
    return Enterprise.rows().find_one({"_id": claim["enterprise"]}) or {"_id": claim["enterprise"]}


def within(who: Who, action: str) -> Row:
    """The filter of the claims to which `who` may do `action`."""
    of_firms, of_department = scope(who, action, OF_FIRM), scope(who, action, OF_CLAIM)
    if not of_firms or not of_department:
        return {}
    branches = [] if of_department == NOTHING else [of_department]
    if of_firms != NOTHING:
        branches.append({"enterprise": {"$in": Enterprise.rows().distinct("_id", of_firms)}})
    return {"$or": branches} if branches else dict(NOTHING)


def step(who: Who, key: str, action: str, change: Change, word: Word, now: datetime) -> None:
    """One step by a person. Raises NotFound, Forbidden, Conflict by the table or when somebody was faster."""

    def work() -> None:
        claim, firm = see(who, key)
        by = actor(who, permission(action), claim_ties(claim, firm))
        after(action, claim["state"])
        take(claim, firm, action, change(claim, firm, by), by, word, now)

    transaction(work)


def take(
    claim: Row,
    firm: Row,
    action: str,
    values: Mapping[str, Any],
    by: Actor,
    word: Word,
    now: datetime,
) -> ObjectId:
    """Move a stored claim, inside the caller's transaction, setting `values` too. The history row's id."""
    then = after(action, claim["state"])
    moved = then != claim["state"]
    notice = values.get("notice", claim["notice"])
    update: Row = {**values, "state": then, "updated_at": now}
    if moved:
        due = clocks.due_at(then, now, notice)
        rung = climbing.following(due, ())
        steps = clocks.moved_on(claim["steps"], then, by.name, now)
        update |= {"steps": steps, "due_at": due, "climbed": [], "rung": rung}
        update["ended_at"] = now if then in ENDED else None
        update |= {"slot": None} if then in GONE else {}
    same = {"_id": claim["_id"], "version": claim["version"], "state": claim["state"]}
    made = Claim.rows().update_one(same, {"$set": update, "$inc": {"version": 1}})
    if not made.modified_count:
        raise Conflict("changed_meanwhile")
    if moved:
        climbing.await_rung(claim["_id"], claim["rung"], update["rung"], now)
    return _tell({**claim, **update}, firm, action, claim["state"], by, word, now)


def _tell(
    claim: Row, firm: Row, action: str, before: str, by: Actor, word: Word, now: datetime
) -> ObjectId:
    told = word.people(claim, firm)
    due = word.due or claim["due_at"]
    data = telling(told, climbing.named(claim, firm), due=due, project=claim["project"])
    row = history.append(
        THING,
        claim["_id"],
        action,
        by=by,
        now=now,
        before=before,
        after=claim["state"],
        text=word.text,
        reasons=word.reasons,
        data=data,
        version=claim["version"] + 1,
    )
    if word.event:
        announce(word.event, claim["_id"], row, now)
    return row
