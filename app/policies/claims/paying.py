"""Paying out what was approved, in one go or in parts, and what firms were paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.payouts import Payout
from app.enterprises.queries import see_enterprise
from app.enterprises.ties import enterprise_ties
from app.foundation import days
from app.foundation.amounts import ZERO, money, read, stored, total
from app.foundation.db import Row, transaction
from app.foundation.entries import PHONE, STANDING, signed, superseding
from app.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from app.foundation.history import Actor
from app.foundation.ids import fingerprint, object_id
from app.foundation.reasons import Reason
from app.foundation.replay import made_once
from app.foundation.writes import write_all
from app.people.access import NOTHING, Columns, actor, allowed, scope
from app.people.finding import People
from app.people.who import Who
from app.policies import people
from app.policies.claims.states import APPROVED, after
from app.policies.claims.steps import Word, claim_ties, see, take

SEE = "payout.see"
_COLUMNS = Columns(departments="department")
_NOT_CARRIED = ("changed", "client_id", "fingerprint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paying:
    """An `amount` (万元, text) that was paid on a local day, with the bank's or the ledger's reference."""

    amount: str
    on: date
    reference: str


@dataclass(frozen=True, slots=True)
class Paid:
    """A page of what a firm was paid, how many payouts, and their sums: in all, by year, by policy."""

    items: list[Row]
    count: int
    amount: Decimal
    by_year: dict[str, Decimal]
    by_policy: list[Row]


def pay(who: Who, key: str, client_id: str, said: Paying, now: datetime) -> tuple[ObjectId, bool]:
    """Record that so much was paid of an approved claim: (the payout, whether it is new).

    The one that completes it ends the claim. Raises NotFound, Forbidden; Invalid for a day to come, or before
    it was approved; Conflict for more than is left of what was approved, by the table, or for a client_id
    used for something else.
    """
    amount = money(said.amount)
    if amount <= 0:
        raise Invalid("claim.amount_needed", fields={"amount": [said.amount]})
    if said.on > days.today(now):
        raise Invalid("request.invalid", fields={"on": [Reason("register.in_the_future")]})
    print_ = fingerprint(
        {"claim": key, "amount": str(amount), "on": said.on, "ref": said.reference}
    )

    def make() -> Payout:
        claim, firm = see(who, key)
        by = actor(who, "claim.pay", claim_ties(claim, firm))
        after("pay", claim["state"])
        approved, paid = read(claim["approved"]) or ZERO, read(claim["paid"]) or ZERO
        left = approved - paid
        if said.on < _approved_on(claim):
            raise Invalid("claim.paid_too_early", fields={"on": [said.on.isoformat()]})
        if amount > left:
            raise Conflict("claim.more_than_approved", left=str(left))
        made = _payout(claim, amount, said, by, client_id, print_, now).insert()
        ends = amount == left
        word = Word(
            text=f"{amount}", event="claim.paid", people=lambda claim, firm: people.firm_side(firm)
        )
        paid_now = {"paid": stored(paid + amount)}
        take(claim, firm, "finish" if ends else "pay", paid_now, by, word, now)
        return made

    def find() -> Payout | None:
        return Payout.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    made, new = made_once(make, find, print_, "changed_meanwhile")
    return made.id, new


def _approved_on(claim: Row) -> date:
    """The local day on which it was approved first: what is voided later changes nothing of that."""
    return min(days.today(each["since"]) for each in claim["steps"] if each["state"] == APPROVED)


def _payout(
    claim: Row,
    amount: Decimal,
    said: Paying,
    by: Actor,
    client_id: str,
    print_: str,
    now: datetime,
) -> Payout:
    key = ObjectId()
    return Payout(
        id=key,
        about=str(key),
        enterprise=claim["enterprise"],
        project=claim["project"],
        policy=claim["policy"],
        policy_title=claim["title"],
        department=claim["department"],
        claim=claim["_id"],
        amount=stored(amount),
        on=said.on.isoformat(),
        reference=said.reference,
        source=PHONE,
        client_id=client_id,
        fingerprint=print_,
        **signed(by, now),
    )


def void(who: Who, key: str, *, reason: str, now: datetime) -> ObjectId:
    """Say that there never was a payout: its claim is to be paid again. The claim's id.

    Raises NotFound, Forbidden; Conflict for one that does not stand any more.
    """

    def work() -> ObjectId:
        entry = Payout.rows().find_one({"_id": object_id(key)})
        if entry is None:
            raise NotFound("not_found")
        claim, firm = see(who, entry["claim"])
        by = actor(who, "claim.void_payout", claim_ties(claim, firm))
        if entry["void"] or entry["superseded_at"] is not None:
            raise Conflict("claim.payout_void")
        kept = {name: each for name, each in entry.items() if name not in _NOT_CARRIED}
        _, writes = superseding({**kept, "void": True, "reason": reason}, entry, by, now)
        write_all(Payout, writes)
        left = (read(claim["paid"]) or ZERO) - (read(entry["amount"]) or ZERO)
        word = Word(text=reason, event="claim.payout_void", people=_firm_side)
        take(claim, firm, "void_payout", {"paid": stored(left)}, by, word, now)
        return claim["_id"]  # type: ignore[no-any-return]

    try:
        return transaction(work)
    except Stale:
        raise Conflict("claim.payout_void") from None


def _firm_side(claim: Row, firm: Row) -> People:
    return people.firm_side(firm)


def claim_of(who: Who, key: str) -> ObjectId:
    """The claim of a payout, if `who` may know of it. Raises NotFound."""
    entry = Payout.rows().find_one({"_id": object_id(key)}, {"claim": 1})
    if entry is None:
        raise NotFound("not_found")
    return see(who, entry["claim"])[0]["_id"]  # type: ignore[no-any-return]


def of_claim(claim: Row) -> list[Row]:
    """What was paid of a claim, void ones left out, the first first."""
    return list(Payout.rows().find({"claim": claim["_id"], **STANDING}).sort([("on", 1)]))


def of_enterprise(
    who: Who,
    key: str,
    *,
    page: int,
    page_size: int,
    first: str | None = None,
    last: str | None = None,
) -> Paid:
    """What an enterprise was paid, the latest first, from one day to another; a department sees its own.

    Raises NotFound, Forbidden.
    """
    see_enterprise(who, key)
    firm = Enterprise.rows().find_one({"_id": object_id(key)}) or {}
    query: Row = {"enterprise": firm["_id"], **STANDING}
    if not allowed(who, SEE, enterprise_ties(firm)):
        own = scope(who, SEE, _COLUMNS)
        if own == NOTHING:
            raise Forbidden("forbidden")
        query["$and"] = [own]
    span = {name: day for name, day in (("$gte", first), ("$lte", last)) if day}
    if span:
        query["on"] = span
    rows = list(Payout.rows().find(query).sort([("on", -1), ("_id", -1)]))
    items = rows[(page - 1) * page_size : page * page_size]
    return Paid(items, len(rows), _sum(rows), _by_year(rows), _by_policy(rows))


def _sum(rows: Iterable[Row]) -> Decimal:
    return total(read(each["amount"]) for each in rows)


def _by_year(rows: list[Row]) -> dict[str, Decimal]:
    years = sorted({each["on"][:4] for each in rows})
    return {year: _sum(each for each in rows if each["on"][:4] == year) for year in years}


def _by_policy(rows: list[Row]) -> list[Row]:
    titles = {each["policy"]: each["policy_title"] for each in rows}
    return [
        {
            "policy_id": key,
            "title": title,
            "amount": _sum(each for each in rows if each["policy"] == key),
        }
        for key, title in sorted(titles.items(), key=lambda each: each[1])
    ]
