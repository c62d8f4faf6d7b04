"""What the department does with a claim: reviewed, returned, refused, publicised, approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.foundation.amounts import money, read, stored
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Conflict, Forbidden, Invalid
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.people.finding import People
from app.people.who import Who
from app.policies import people
from app.policies.claims import clocks
from app.policies.claims.objecting import lapse
from app.policies.claims.steps import Word, step
from app.policies.documents import Policy, rule_of
from app.policies.gathering_duty import owe_gathering
from app.policies.rules import amounts


def review(who: Who, key: str, *, amount: str | None, text: str, now: datetime) -> None:
    """Find a claim in order, for so much (万元): what was asked by itself, never more.

    Raises NotFound, Forbidden, Invalid, Conflict by the table.
    """

    def change(claim: Row, firm: Row, by: Actor) -> Row:
        asked = read(claim["asked"])
        bound = asked if asked is not None else amounts.most(_rule(claim))
        found = _amount(amount, asked, bound, "claim.more_than_asked")
        return {"reviewed": stored(found), "reviewer": by.id, "clerk": by.id}

    step(who, key, "review", change, Word(text=text), now)


def return_claim(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Give a claim back to be completed. Raises NotFound, Forbidden, Conflict by the table."""

    def change(claim: Row, firm: Row, by: Actor) -> Row:
        return {**lapse(claim, now), "reviewed": None, "reviewer": None, "clerk": by.id}

    word = Word(text=text, event="claim.returned", people=_firm_side)
    step(who, key, "return", change, word, now)


def refuse(who: Who, key: str, *, reason_codes: Sequence[str], text: str, now: datetime) -> None:
    """Refuse a claim, for reasons of the district's list and in words; the firm may claim again.

    Raises NotFound, Forbidden, Invalid for no or an unknown reason, Conflict by the table.
    """
    terms = pack().policies
    unknown = [code for code in reason_codes if terms.refusal(code) is None]
    if unknown or not reason_codes:
        codes = ", ".join(each.code for each in terms.refusals)
        raise Invalid("claim.unknown_reason", fields={"reason_codes": unknown}, choices=codes)
    names = [each.name for each in terms.refusals if each.code in reason_codes]

    def change(claim: Row, firm: Row, by: Actor) -> Row:
        owe_gathering(claim["code"], claim["_id"], now)
        refusal = {"codes": list(dict.fromkeys(reason_codes)), "text": text, "at": now}
        return {**lapse(claim, now), "refusal": refusal, "clerk": by.id}

    reasons = [Reason("claim.refused_for", {"reasons": "、".join(names), "text": text})]
    word = Word(text=text, reasons=reasons, event="claim.refused", people=_firm_side)
    step(who, key, "refuse", change, word, now)


def publicise(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Put a claim up for the public notice. Raises NotFound, Forbidden, Conflict by the table."""

    def change(claim: Row, firm: Row, by: Actor) -> Row:
        policy = Policy.rows().find_one({"_id": claim["policy"]}) or {}
        first, last = clocks.notice_days(policy, now)
        amount = claim["reviewed"] if policy["shows_amount"] else None
        notice = {"first": first, "last": last, "amount": amount, "at": now}
        return {"notice": notice, "round": claim["round"] + 1, "objections": 0, "upheld": 0}

    word = Word(text=text, event="claim.publicised", people=_firm_side)
    step(who, key, "publicise", change, word, now)


def approve(who: Who, key: str, *, amount: str | None, text: str, now: datetime) -> None:
    """Approve what was publicised, or less of it: by the head, who is not who reviewed it.

    Raises NotFound, Forbidden, Invalid for more than was reviewed; Conflict before the end of the notice,
    while an objection is undecided, when one was upheld, and by the table.
    """

    def change(claim: Row, firm: Row, by: Actor) -> Row:
        if claim["reviewer"] == by.id:
            raise Forbidden("claim.reviewed_by_you")
        if not clocks.notice_over(claim["notice"], now):
            raise Conflict("claim.notice_runs", last=claim["notice"]["last"])
        if claim["objections"]:
            raise Conflict("claim.objection_undecided", count=claim["objections"])
        if claim["upheld"]:
            raise Conflict("claim.objection_stands", count=claim["upheld"])
        reviewed = read(claim["reviewed"])
        approved = _amount(amount, reviewed, reviewed, "claim.more_than_shown")
        return {"approved": stored(approved)}

    word = Word(text=text, event="claim.approved", people=_firm_side)
    step(who, key, "approve", change, word, now)


def _firm_side(claim: Row, firm: Row) -> People:
    return people.firm_side(firm)


def _rule(claim: Row) -> Any:
    return rule_of(Policy.rows().find_one({"_id": claim["policy"]}) or {})


def _amount(said: str | None, else_: Decimal | None, bound: Decimal | None, code: str) -> Decimal:
    """What is said, or what was said before. Raises Invalid for nothing at all, or more than the bound."""
    found = money(said) if said is not None else else_
    if found is None or found <= 0:
        raise Invalid("claim.amount_needed", fields={"amount": [Reason("request.required")]})
    if bound is not None and found > bound:
        raise Invalid(code, fields={"amount": [str(found)]}, most=str(bound))
    return found
