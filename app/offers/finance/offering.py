"""Which finance tools fit a firm, or an issue that asks for money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.queries import see_enterprise
from app.foundation import days
from app.foundation.amounts import read
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Conflict, NotFound
from app.issues.access import issue_ties, see_issue
from app.issues.documents import Issue
from app.offers.access import firm_ties
from app.offers.finance.documents import FinanceTool, offered_on
from app.offers.finance.matching import Dictionary, Match, Wanting, amount_in, judge, ranked
from app.offers.finance.register import DIRECTION, REGISTER
from app.offers.people import firm_of
from app.people.access import allowed, require
from app.people.who import Who
from app.projects.documents import EXITED, Project
from app.projects.expansion.documents import Intent
from app.registers import terms
from app.registers.documents import INDUSTRY
from app.registers.fields import Choices

ASKED, INTENT, TEXT = AMOUNT_FROM = ("asked", "intent", "text")
"""Whence an amount is known: it was asked with; the intent that the issue coordinates; the issue's words."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Tools held against a firm; `amount` (万元) is what it wants, `amount_from` who says so."""

    matches: list[Match]
    amount: Decimal | None
    amount_from: str | None


def for_issue(who: Who, key: str, amount: Decimal | None, now: datetime) -> Offered:
    """The tools for an issue that asks for money, the fund of the firm's own industry first.

    Raises NotFound for an issue that is not for these eyes, Conflict for one about something else.
    """
    issue = see_issue(who, key)
    if not allowed(who, "issue.see_whole", issue_ties(issue)):
        raise NotFound("not_found")
    if issue.category != pack().offers.finance_category:
        raise Conflict("finance.not_about_money")
    wanted, told = _amount(issue, amount)
    return _offered(firm_of(issue.enterprise), wanted, told, now)


def for_firm(who: Who, key: str, amount: Decimal | None, now: datetime) -> Offered:
    """The tools for a firm. Raises NotFound, Forbidden."""
    see_enterprise(who, key)
    firm = Enterprise.rows().find_one({"_id": ObjectId(key)}) or {}
    require(who, "finance_tool.match", firm_ties(firm))
    return _offered(firm, amount, None if amount is None else ASKED, now)


def dictionary(day: str) -> Dictionary:
    """What the dictionaries say on a local day."""
    industries = frozenset(row["code"] for row in terms.of(INDUSTRY, on=day))
    named = {
        each.name: {code: names[0] for code, names in each.choices().items()}
        for each in REGISTER.fields
        if isinstance(each, Choices)
    }
    return Dictionary(industries=industries, directions=directions(day), named=named)


def directions(day: str) -> Mapping[str, frozenset[str]]:
    """The industries of each direction (1+4) that is valid on a local day, as far as they are themselves."""
    valid = {row["code"] for row in terms.of(INDUSTRY, on=day)}
    return {row["code"]: frozenset(taken_in(row)) & valid for row in terms.of(DIRECTION, on=day)}


def taken_in(direction: Mapping[str, Any]) -> list[str]:
    """The codes of the industries that a stored direction takes in."""
    text = str(direction.get("attributes", {}).get("industries", ""))
    return [code for each in text.replace("，", ",").split(",") if (code := each.strip())]


def _amount(issue: Issue, asked: Decimal | None) -> tuple[Decimal | None, str | None]:
    if asked is not None:
        return asked, ASKED
    intent = Intent.rows().find_one({"issues": issue.id}, {"funds_needed": 1}) or {}
    if (needed := read(intent.get("funds_needed"))) is not None:
        return needed, INTENT
    told = amount_in(issue.demand or issue.text)
    return told, None if told is None else TEXT


def _offered(firm: Row, amount: Decimal | None, told: str | None, now: datetime) -> Offered:
    day = days.today(now).isoformat()
    known, wanting = dictionary(day), _wanting(firm, amount)
    tools = FinanceTool.rows().find(offered_on(day))
    return Offered(ranked([judge(tool, wanting, known) for tool in tools]), amount, told)


def _wanting(firm: Mapping[str, Any], amount: Decimal | None) -> Wanting:
    """The tags of a firm that is registered are what it has; of a provisional one nobody knows them yet."""
    known = firm.get("name") is not None and not firm.get("provisional")
    return Wanting(
        industry=firm.get("sector") or None,
        tags=frozenset(firm.get("tags", ())) if known else None,
        growth_class=firm.get("growth_class"),
        sizes=_sizes(firm.get("_id")),
        unit=firm.get("unit"),
        amount=amount,
    )


def _sizes(enterprise: ObjectId | None) -> frozenset[str] | None:
    """The classes of its projects that have not left; None where one has none yet, or there is no project."""
    if enterprise is None:
        return None
    query = {"enterprise": enterprise, "course": {"$ne": EXITED}}
    found = [row.get("size_class") for row in Project.rows().find(query, {"size_class": 1})]
    return frozenset(map(str, found)) if found and None not in found else None
