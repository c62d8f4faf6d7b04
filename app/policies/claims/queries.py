"""Looking at claims: lists, one whole, and what is publicised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.enterprises.documents import Enterprise
from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.district import pack
from app.people.access import allowed
from app.people.documents import Person
from app.people.who import Who
from app.policies import people
from app.policies.claims import clocks, objecting, paying
from app.policies.claims.documents import Claim
from app.policies.claims.states import (
    APPROVED,
    COMMISSIONER,
    FIRM,
    LIVE,
    OWNERS,
    PAID,
    PUBLICISED,
    legal,
)
from app.policies.claims.steps import SEE, THING, claim_ties, permission, see, within

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Which claims: each None means all. `first` and `last` are local days of opening, both included."""

    state: str | None = None
    code: str | None = None
    policy_id: str | None = None
    department_id: str | None = None
    enterprise_id: str | None = None
    unit: str | None = None
    first: date | None = None
    last: date | None = None
    overdue: bool = False


def narrowing(asked: Narrowed, now: datetime) -> Row:
    """The filter of what is asked for; the same for lists and figures, so that these open to those."""
    pairs: dict[str, Any] = {
        "state": asked.state,
        "code": asked.code,
        "policy": ObjectId(asked.policy_id) if asked.policy_id else None,
        "department": ObjectId(asked.department_id) if asked.department_id else None,
        "enterprise": ObjectId(asked.enterprise_id) if asked.enterprise_id else None,
    }
    parts: list[Row] = [{name: value} for name, value in pairs.items() if value is not None]
    if asked.unit:
        parts.append(
            {"enterprise": {"$in": Enterprise.rows().distinct("_id", {"unit": asked.unit})}}
        )
    if asked.first:
        parts.append({"created_at": {"$gte": _begins(asked.first)}})
    if asked.last:
        parts.append({"created_at": {"$lt": _begins(asked.last + _DAY)}})
    if asked.overdue:
        parts.append({"due_at": {"$lt": now}, "state": {"$in": list(LIVE)}})
    return {"$and": parts} if parts else {}


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), pack().zone).astimezone(UTC)


def listed(
    who: Who, asked: Narrowed, now: datetime, *, page: int, page_size: int
) -> tuple[list[Row], int]:
    """A page of the claims `who` may see, the newest first, described, and how many."""
    query = {"$and": [within(who, SEE), narrowing(asked, now)]}
    rows = Claim.rows().find(query).sort([("created_at", -1), ("_id", -1)])
    found = list(rows.skip((page - 1) * page_size).limit(page_size))
    return described(who, found, now), Claim.rows().count_documents(query)


def whole(who: Who, key: str, now: datetime) -> Row:
    """A claim with its spans, papers, payouts, objections and history. Raises NotFound.

    Where to pay is for the firm's contacts and the department.
    """
    claim, firm = see(who, key)
    ties = claim_ties(claim, firm)
    account = claim["account"] if allowed(who, "claim.see_account", ties) else None
    return {
        **described(who, [claim], now)[0],
        "account": account,
        "payouts": paying.of_claim(claim),
        "objection_rows": objecting.of_claim(who, claim),
        "history": history.of(THING, claim["_id"], internal=False),
    }


def described(who: Who, claims: list[Row], now: datetime) -> list[Row]:
    """Stored claims with names, whose turn it is, days spent and what `who` may do. A few looks for all."""
    firms = _rows(Enterprise.rows(), {each["enterprise"] for each in claims})
    departments = {each["department"] for each in claims}
    homes, now_at = registry.names(departments), people.homes(departments)
    wanted = {each["clerk"] for each in claims} | {
        firm.get("commissioner") for firm in firms.values()
    }
    named = _rows(Person.rows(), wanted - {None}, {"name": 1})
    found = []
    for each in claims:
        firm = firms.get(each["enterprise"], {"_id": each["enterprise"]})
        ties = claim_ties(each, firm, now_at[each["department"]])
        row = _described(each, firm, homes.get(each["department"], ""), named, now)
        acts = [act for act in legal(each["state"]) if allowed(who, permission(act), ties)]
        found.append({**row, "legal": acts})
    return found


def _rows(rows: Any, keys: Iterable[Any], shown: Row | None = None) -> dict[ObjectId, Row]:
    return {row["_id"]: row for row in rows.find({"_id": {"$in": list(keys)}}, shown)}


def _described(
    claim: Row, firm: Row, home: str, named: Mapping[ObjectId, Row], now: datetime
) -> Row:
    side = OWNERS.get(claim["state"])
    person = {COMMISSIONER: firm.get("commissioner"), FIRM: None}.get(str(side), claim["clerk"])
    name = named.get(person, {}).get("name") if side and person else None
    spent = clocks.by_state(claim["steps"], now)
    return {
        **claim,
        "firm": firm,
        "department_name": home,
        "owner": {
            "side": side,
            "name": name or (firm.get("name", "") if side in (FIRM, COMMISSIONER) else home),
            "person_id": person if side else None,
        },
        "overdue": claim["due_at"] is not None and claim["due_at"] < now,
        "days": spent,
        "links": clocks.by_link(spent),
    }


def notices(
    now: datetime, *, page: int, page_size: int, ended: bool = False, code: str | None = None
) -> tuple[list[Row], int]:
    """A page of the public notices that run today, or that ended and stood, the latest first, and how many.

    For anybody signed in, so of each only {_id, title, firm's name, masked code, department_name, amount,
    first, last, running}: no accounts, phones or other secret of the firm.
    """
    today = days.today(now).isoformat()
    running: Row = {"state": PUBLICISED, "notice.last": {"$gte": today}}
    over: Row = {
        "state": {"$in": [PUBLICISED, APPROVED, PAID]},
        "notice.last": {"$lt": today},
    }
    query = {**(over if ended else running), **({"code": code} if code else {})}
    rows = Claim.rows().find(query).sort([("notice.last", -1), ("_id", -1)])
    found = list(rows.skip((page - 1) * page_size).limit(page_size))
    firms = _rows(Enterprise.rows(), {each["enterprise"] for each in found})
    homes = registry.names({each["department"] for each in found})
    shown = [_public(each, firms.get(each["enterprise"], {}), homes, today) for each in found]
    return shown, Claim.rows().count_documents(query)


def _public(claim: Row, firm: Row, homes: Mapping[ObjectId, str], today: str) -> Row:
    notice = claim["notice"]
    return {
        "_id": claim["_id"],
        "code": claim["code"],
        "title": claim["title"],
        "enterprise": firm.get("name", ""),
        "masked_code": masked(firm.get("credit_code")),
        "department_name": homes.get(claim["department"], ""),
        "amount": notice["amount"],
        "first": notice["first"],
        "last": notice["last"],
        "running": claim["state"] == PUBLICISED and today <= notice["last"],
    }


def masked(code: str | None) -> str | None:
    """A unified social credit code of which the first two and the last four characters show."""
    return f"{code[:2]}{'*' * (len(code) - 6)}{code[-4:]}" if code else None
