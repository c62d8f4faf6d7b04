"""A claim that waits too long climbs the district's ladder, whoever's turn it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.calendars import registry
from app.climbing import rungs
from app.climbing.rungs import Owed, Reached
from app.enterprises.documents import Enterprise
from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.duties import Duty
from app.foundation.history import SYSTEM
from app.people import finding
from app.people.announcing import announce, telling
from app.people.finding import People
from app.policies import people
from app.policies.claims.documents import Claim
from app.policies.claims.states import COMMISSIONER, FIRM, OWNERS
from app.sla.ladder import Times

KIND, THING = "policies.climb", "claim"
BEFORE, AT, AFTER = "claim.due_soon", "claim.due", "claim.overdue"

_LISTENERS: Mapping[str, Callable[[Row, Row], People]] = {
    "worker": lambda claim, firm: whose_turn(claim, firm),
    "head": lambda claim, firm: _above(claim, firm),
    "unit": lambda claim, firm: people.unit_admins(firm),
    "inspector": lambda claim, firm: finding.with_role("inspector"),
    "leader": lambda claim, firm: finding.with_role("leader"),
}


def whose_turn(claim: Row, firm: Row) -> People:
    """Those who have to take the next step of a stored claim."""
    side = OWNERS.get(claim["state"])
    if side == COMMISSIONER:
        return finding.once([firm.get("commissioner")]) or people.unit_admins(firm)
    if side == FIRM:
        return people.firm_side(firm)
    home = people.present(claim["department"])
    return people.still_there(claim["clerk"], home) or people.staff(home)


def _above(claim: Row, firm: Row) -> People:
    """Who is above them: of a firm those of its unit."""
    if OWNERS.get(claim["state"]) in (COMMISSIONER, FIRM):
        return people.unit_admins(firm)
    return people.heads(people.present(claim["department"]))


def following(due: datetime | None, climbed: Collection[str]) -> Row:
    """The next rung of what is due at a time, with a duty key of its own; empty when there is none."""
    if due is None:
        return {}
    owed = Owed(times=Times(due, due, due), climbed=frozenset(climbed), calendar=registry.current())
    return rungs.following(owed, f"{KIND}:{ObjectId()}")


def await_rung(key: ObjectId, before: Mapping[str, Any], rung: Row, now: datetime) -> None:
    """Owe the claim's rung in place of the one `before`, inside the caller's transaction."""
    rungs.await_rung(KIND, key, dict(before), rung, now)


def climb(duty: Duty, now: datetime) -> None:
    """Climb the rung that is due, tell those whom it concerns, and owe the next."""

    def work() -> None:
        claim = Claim.rows().find_one({"_id": duty.subject}) or {}
        reached = rungs.reach(duty, claim.get("rung") or {}, now)
        if reached is not None:
            _climb(claim, reached, now)

    transaction(work)


def _climb(claim: Row, reached: Reached, now: datetime) -> None:
    rung = reached.rung
    climbed = [*claim["climbed"], rung.code]
    ahead = following(claim["due_at"], climbed)
    change = {"$set": {"climbed": climbed, "rung": ahead}, "$inc": {"version": 1}}
    Claim.rows().update_one({"_id": claim["_id"]}, change)
    await_rung(claim["_id"], {}, ahead, now)
    firm = Enterprise.rows().find_one({"_id": claim["enterprise"]}) or {"_id": claim["enterprise"]}
    told = finding.once(*(_LISTENERS[each](claim, firm) for each in rung.tells))
    data = {
        **telling(told, named(claim, firm), due=claim["due_at"], project=claim["project"]),
        "rung": rung.code,
    }
    row = history.append(THING, claim["_id"], "climb", by=SYSTEM, now=now, data=data, internal=True)
    event = BEFORE if rung.offset < 0 else AFTER if rung.offset else AT
    announce(event, claim["_id"], row, now)


def named(claim: Mapping[str, Any], firm: Mapping[str, Any]) -> str:
    """What people call a claim: the policy and the firm."""
    return f"{claim['title']}（{firm.get('name', '')}）"
