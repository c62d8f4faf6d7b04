"""How long the links of the chain take, by policy or by department: medians that open to their claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.foundation.amounts import read, total
from app.foundation.db import Row
from app.foundation.district import pack
from app.people.access import require
from app.people.who import Who
from app.policies.claims import clocks
from app.policies.claims.documents import Claim
from app.policies.claims.queries import Narrowed, narrowing
from app.policies.claims.states import LIVE, PAID, STATES
from app.policies.claims.steps import within
from app.policies.documents import Policy

SEE = "claim.figures"
BY = ("policy", "department")
GROUPS = {"policy": "code", "department": "department"}
_SHOWN = dict.fromkeys(
    ("code", "department", "state", "steps", "approved", "paid", "due_at", "notice"), 1
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the chain: the median of working days of the `count` claims that came to it; None of none."""

    code: str
    name: str
    median_days: Decimal | None
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """The claims of a group: how many in which state, how many late, money (万元), days of each link.

    `days` is the median of working days from found to paid, over those that were paid.
    """

    group: Any
    name: str
    count: int
    states: Mapping[str, int]
    overdue: int
    approved: Decimal
    paid: Decimal
    links: Sequence[Link]
    days: Decimal | None


def figures(who: Who, asked: Narrowed, by: str, now: datetime) -> tuple[list[Line], Line]:
    """The lines of each policy or department, and all together, of the claims that `who` may see.

    A line opens to the list of claims with the same narrowing and its group. Raises Forbidden.
    """
    require(who, SEE)
    query = {"$and": [within(who, SEE), narrowing(asked, now)]}
    claims = list(Claim.rows().find(query, _SHOWN))
    groups: dict[Any, list[Row]] = {}
    for claim in claims:
        groups.setdefault(claim[GROUPS[by]], []).append(claim)
    names = _names(by, groups)
    lines = [_line(key, names.get(key, str(key)), of, now) for key, of in groups.items()]
    lines.sort(key=lambda each: (each.name, str(each.group)))
    return lines, _line(None, "", claims, now)


def _names(by: str, keys: Iterable[Any]) -> Mapping[Any, str]:
    if by == "department":
        found: list[ObjectId] = list(keys)
        return registry.names(found)
    rows = Policy.rows().find({"code": {"$in": list(keys)}}, {"code": 1, "title": 1})
    return {row["code"]: row["title"] for row in rows.sort("edition", 1)}


def _line(group: Any, name: str, claims: Sequence[Row], now: datetime) -> Line:
    spent = [clocks.by_state(each["steps"], now) for each in claims]
    of_links = [clocks.by_link(each) for each in spent]
    states = [each["state"] for each in claims]
    whole = [sum(days.values()) for days, state in zip(spent, states, strict=True) if state == PAID]
    return Line(
        group=group,
        name=name,
        count=len(claims),
        states={each: states.count(each) for each in STATES if each in states},
        overdue=sum(
            each["state"] in LIVE and each["due_at"] is not None and each["due_at"] < now
            for each in claims
        ),
        approved=total(read(each["approved"]) for each in claims),
        paid=total(read(each["paid"]) for each in claims),
        links=[
            _link(link.code, link.name, [of[link.code] for of in of_links if link.code in of])
            for link in pack().policies.chain
        ],
        days=_median(whole),
    )


def _link(code: str, name: str, took: Sequence[int]) -> Link:
    return Link(code, name, _median(took), len(took))


def _median(took: Sequence[int]) -> Decimal | None:
    return Decimal(str(median(took))).normalize() if took else None
