"""The interest that firms express in opportunities, followed up until something came of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.queries import see_enterprise
from app.foundation import days
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict
from app.foundation.ids import fingerprint
from app.foundation.replay import made_once
from app.offers import owing, people, steps
from app.offers.access import firm_ties
from app.offers.ahead import looked_at, next_look
from app.offers.opportunities import states
from app.offers.opportunities.documents import INTEREST, Interest, Opportunity
from app.offers.opportunities.queries import interest_ties, see, see_interest
from app.offers.steps import Word, signed, take, told
from app.people import finding
from app.people.access import Ties, actor, allowed
from app.people.finding import People
from app.people.who import Who


def express(
    who: Who, key: str, *, enterprise_id: str, text: str, client_id: str, now: datetime
) -> tuple[ObjectId, bool]:
    """A firm is interested, says its contact or its commissioner: (the interest, whether it is new).

    Raises NotFound, Forbidden; Conflict unless it is open today, for its own owner, when the firm said so
    before, or for a client_id used otherwise.
    """
    see(who, key)
    see_enterprise(who, enterprise_id)
    firm = Enterprise.rows().find_one({"_id": ObjectId(enterprise_id)}) or {}
    by = actor(who, "interest.express", firm_ties(firm))
    print_ = fingerprint({"opportunity": key, "enterprise": enterprise_id, "text": text})
    day = next_look(now)

    def make() -> Interest:
        row = see(who, key)
        _check_open(row, firm, now)
        # Whoever closes it at this moment meets this write.
        same = {"_id": row["_id"], "version": row["version"]}
        if not Opportunity.rows().update_one(same, {"$set": {"updated_at": now}}).matched_count:
            raise Conflict("changed_meanwhile")
        made = Interest(
            opportunity=row["_id"],
            of=row["enterprise"],
            of_department=row["department"],
            of_unit=row["unit"],
            enterprise=firm["_id"],
            text=text,
            owner=row["staff"],
            follow_up_on=day,
            by=by.id,
            by_name=by.name,
            role=by.role,
            client_id=client_id,
            fingerprint=print_,
            created_at=now,
            updated_at=now,
        ).insert()
        word = Word(event="interest.expressed", people=[row["staff"]], name=row["title"], due=day)
        told(INTEREST, made.id, "express", by, now, after=made.state, text=text, tell=word)
        owing.owe(INTEREST, made.id, day, now)
        return made

    def find() -> Interest | None:
        return Interest.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    made, new = made_once(make, find, print_, "interest.expressed_already")
    return made.id, new


def follow(who: Who, key: str, *, text: str, follow_up_on: date | None, now: datetime) -> None:
    """Note what was heard, and when it is looked at again. Raises NotFound, Forbidden, Conflict, Invalid."""
    _on_interest(who, key, "follow", now, text, follow_up_on=follow_up_on)


def release(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Let whose opportunity it is know who is interested. Raises NotFound, Forbidden, Conflict."""
    _on_interest(who, key, "release", now, text, values={"released": True})


def match(who: Who, key: str, *, text: str, now: datetime) -> None:
    """They came together. Raises NotFound, Forbidden; Conflict unless somebody followed it up."""
    _on_interest(who, key, "match", now, text, values={"outcome": text})


def no_match(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Nothing comes of it, for a reason. Raises NotFound, Forbidden, Conflict."""
    _on_interest(who, key, "no_match", now, text, values={"outcome": text})


def take_back(who: Who, key: str, *, text: str, now: datetime) -> None:
    """The firm is not interested any more. Raises NotFound, Forbidden, Conflict."""
    _on_interest(who, key, "take_back", now, text, values={"outcome": text})


_EVENT = {
    "release": "released",
    "match": "matched",
    "no_match": "no_match",
    "take_back": "taken_back",
}


def permission(action: str) -> str:
    """What of the policy allows a step of an interest."""
    return "interest.express" if action == "take_back" else "interest.run"


def _on_interest(
    who: Who,
    key: str,
    action: str,
    now: datetime,
    text: str,
    *,
    values: Mapping[str, Any] | None = None,
    follow_up_on: date | None = None,
) -> None:
    def work() -> None:
        row, firm = see_interest(who, key)
        by = actor(who, permission(action), interest_ties(row, firm))
        then = steps.after(states.INTEREST_TABLE, action, row["state"])
        change, day = {**(values or {})}, None
        if action == "follow":
            day = looked_at(follow_up_on, row["follow_up_on"], now)
            change["follow_up_on"] = day
        if then not in states.ALIVE:
            change |= {"ended_at": now, "follow_up_on": None}
        opportunity = Opportunity.rows().find_one({"_id": row["opportunity"]}) or {}
        take(
            Interest,
            INTEREST,
            row,
            action,
            then,
            by,
            now,
            values=change,
            push={"notes": signed(by, now, text=text)} if action == "follow" else None,
            text=text,
            tell=_word(action, row, opportunity) if action in _EVENT else None,
        )
        owing.owe(INTEREST, row["_id"], day, now)

    transaction(work)


def _word(action: str, row: Row, opportunity: Row) -> Word:
    """The firm hears of it, who follows it up, and once they were told whose opportunity it is."""
    known = row["released"] or action == "release"
    heard = finding.once(
        people.contacts(row["enterprise"]),
        [row["owner"]],
        _side(row) if known else (),
    )
    return Word(event=f"interest.{_EVENT[action]}", people=heard, name=opportunity.get("title", ""))


def _side(row: Row) -> People:
    """Whose opportunity it is: the firm's contacts, the department's heads, or the unit's admins."""
    home, unit = row.get("of_department"), row.get("of_unit")
    return finding.once(
        people.contacts(row["of"]),
        finding.with_role("head", department=home) if home else (),
        finding.with_role("unit_admin", unit=unit) if unit else (),
    )


def _check_open(row: Row, firm: Row, now: datetime) -> None:
    over = row["until"] is not None and row["until"] < days.today(now).isoformat()
    if row["state"] != states.PUBLISHED or over:
        raise Conflict("opportunity.not_open")
    if row["enterprise"] == firm["_id"]:
        raise Conflict("opportunity.own")


def legal_of_interest(who: Who, row: Row, bound: Ties) -> list[str]:
    """What `who` may do to a stored interest with these ties now."""
    return [
        action
        for action in steps.legal(states.INTEREST_TABLE, row["state"])
        if allowed(who, permission(action), bound)
    ]
