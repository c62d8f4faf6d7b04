"""Introducing finance tools to firms: proposed, accepted, introduced, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.queries import see_enterprise
from app.foundation import days
from app.foundation.amounts import stored
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Invalid
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import made_once
from app.issues.access import see_issue, sees_issue
from app.issues.documents import Issue
from app.offers import owing, people, steps
from app.offers.access import firm_ties
from app.offers.ahead import day_ahead, next_look
from app.offers.finance import keeping, states
from app.offers.finance.documents import INTRODUCTION, Introduction, is_offered
from app.offers.finance.queries import see, ties
from app.offers.steps import Word, take, told
from app.people import finding
from app.people.access import actor
from app.people.finding import People
from app.people.who import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A tool for a firm, perhaps for an issue of it; without an owner whoever proposes sees to it."""

    enterprise_id: str
    issue_id: str | None = None
    owner_id: str | None = None
    amount: str | None = None
    text: str = ""


def propose(
    who: Who, tool_key: str, asked: Proposal, client_id: str, now: datetime
) -> tuple[ObjectId, bool]:
    """Propose a tool to a firm: (the introduction, whether it is new). A contact asks for it for their firm,
    which thereby has accepted it; then its commissioner, or a dispatcher, sees to it.

    Raises NotFound, Forbidden; Invalid for an issue of another firm and an owner who may not know of it;
    Conflict while there is one, for a tool that is not offered today, or a client_id used otherwise.
    """
    tool = keeping.see(who, tool_key)
    see_enterprise(who, asked.enterprise_id)
    firm = Enterprise.rows().find_one({"_id": ObjectId(asked.enterprise_id)}) or {}
    by = actor(who, "introduction.propose", firm_ties(firm, departments=[tool["department"]]))
    print_ = fingerprint({"tool": tool_key, **asdict(asked)})

    def make() -> Introduction:
        if not is_offered(tool, days.today(now).isoformat()):
            raise Conflict("finance.not_offered")
        issue = _issue(who, asked)
        owner = _owner(who, asked, firm, issue)
        state = states.ACCEPTED if by.role == "contact" else states.PROPOSED
        made = Introduction(
            tool=tool["_id"],
            tool_name=tool["name"],
            department=tool["department"],
            enterprise=firm["_id"],
            issue=issue,
            state=state,
            slot=f"{tool['_id']}:{firm['_id']}",
            owner=owner,
            text=asked.text,
            wanted=None if asked.amount is None else stored(Decimal(asked.amount)),
            follow_up_on=next_look(now),
            steps=[{"state": state, "at": now, "by_name": by.name}],
            by=by.id,
            by_name=by.name,
            role=by.role,
            client_id=client_id,
            fingerprint=print_,
            created_at=now,
            updated_at=now,
        ).insert()
        heard = finding.once([owner], people.firm_side(firm) if by.role != "contact" else ())
        word = _word("introduction.proposed", made.to_mongo(), firm, heard)
        told(INTRODUCTION, made.id, "propose", by, now, after=state, text=asked.text, tell=word)
        owing.owe(INTRODUCTION, made.id, made.follow_up_on, now)
        return made

    def find() -> Introduction | None:
        return Introduction.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    made, new = made_once(make, find, print_, "finance.introduced_already")
    return made.id, new


def accept(who: Who, key: str, *, text: str, now: datetime) -> None:
    """The firm wants it: its contact says so, or its commissioner for it. Raises NotFound, Conflict."""
    _step(who, key, states.ACCEPT, now, text=text)


def decline(who: Who, key: str, *, text: str, now: datetime) -> None:
    """The firm does not want it, for a reason. Raises NotFound, Forbidden, Conflict."""
    _step(who, key, states.DECLINE, now, text=text, values={"reason": text})


def introduce(
    who: Who, key: str, *, text: str, now: datetime, follow_up_on: date | None = None
) -> None:
    """The provider has the firm's request. Raises NotFound, Forbidden, Conflict; Invalid for a past day."""
    _step(who, key, states.INTRODUCE, now, text=text, follow_up_on=follow_up_on or True)


def follow(who: Who, key: str, *, text: str, follow_up_on: date, now: datetime) -> None:
    """Note what was heard, and the day of the next look. Raises like `introduce`."""
    _step(who, key, states.FOLLOW, now, text=text, follow_up_on=follow_up_on)


def conclude(
    who: Who, key: str, *, outcome: str, text: str, amount: str | None, now: datetime
) -> None:
    """What came of it: granted with an amount (万元), refused for a reason, or no answer.

    Raises NotFound, Forbidden, Conflict; Invalid for a grant without amount, a refusal without reason, or an
    amount of what was not granted.
    """
    granted = outcome == states.GRANTED
    if granted != (amount is not None) or (amount is not None and not Decimal(amount)):
        code = "finance.amount_of_grant" if granted else "finance.amount_of_none"
        raise Invalid("request.invalid", fields={"amount": [code]})
    if outcome == states.REFUSED and not text.strip():
        raise Invalid("request.invalid", fields={"text": [Reason("finance.why_refused")]})
    values: Row = {"reason": text if outcome == states.REFUSED else ""}
    if amount is not None:
        values["granted"] = stored(Decimal(amount))
    _step(who, key, states.ENDINGS[outcome], now, text=text, values=values)


def assign(who: Who, key: str, *, person_id: str, text: str, now: datetime) -> None:
    """Somebody else of staff sees to it. Raises NotFound, Forbidden, Conflict, Invalid."""
    _step(who, key, states.ASSIGN, now, text=text, owner=person_id)


def withdraw(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Nothing more is done about it. Raises NotFound, Forbidden, Conflict."""
    _step(who, key, states.WITHDRAW, now, text=text, values={"reason": text})


def permission(action: str) -> str:
    """What of the policy allows a step."""
    return (
        "introduction.answer" if action in (states.ACCEPT, states.DECLINE) else "introduction.run"
    )


def _step(
    who: Who,
    key: str,
    action: str,
    now: datetime,
    *,
    text: str,
    values: Mapping[str, Any] | None = None,
    follow_up_on: date | bool | None = None,
    owner: str | None = None,
) -> None:
    def work() -> None:
        row, firm = see(who, key)
        by = actor(who, permission(action), ties(row, firm))
        then = steps.after(states.TABLE, action, row["state"])
        change: Row = {**(values or {})}
        if owner is not None:
            change["owner"] = _new_owner(owner, row["issue"])
        day = _day(follow_up_on, now)
        if then not in states.OPEN:
            change |= {"slot": None, "ended_at": now, "follow_up_on": None}
        elif day is not None:
            change["follow_up_on"] = day
        push = {"steps": {"state": then, "at": now, "by_name": by.name}}
        heard = finding.once([change.get("owner", row["owner"])], people.firm_side(firm))
        word = _word(f"introduction.{_EVENT.get(action, action)}", {**row, **change}, firm, heard)
        quiet = action == states.FOLLOW
        take(
            Introduction,
            INTRODUCTION,
            row,
            action,
            then,
            by,
            now,
            values=change,
            push=push if then != row["state"] else None,
            text=text,
            tell=None if quiet else word,
            internal=quiet,
        )
        if day is not None and then in states.OPEN:
            owing.owe(INTRODUCTION, row["_id"], day, now)

    transaction(work)


_EVENT = {
    "accept": "accepted",
    "decline": "declined",
    "introduce": "introduced",
    "grant": "granted",
    "refuse": "refused",
    "no_answer": "unanswered",
    "assign": "assigned",
    "withdraw": "withdrawn",
}


def _word(event: str, row: Mapping[str, Any], firm: Row, heard: People) -> Word:
    name = f"{row['tool_name']}（{firm.get('name', '')}）"
    about = {"issue": _told_of(row.get("issue"))}
    return Word(event=event, people=heard, name=name, due=row.get("follow_up_on"), about=about)


def _issue(who: Who, asked: Proposal) -> ObjectId | None:
    if asked.issue_id is None:
        return None
    issue = see_issue(who, asked.issue_id)
    if issue.enterprise != ObjectId(asked.enterprise_id):
        raise Invalid("finance.issue_of_another", fields={"issue_id": [asked.issue_id]})
    return issue.id


def _told_of(issue: ObjectId | None) -> ObjectId | None:
    """The issue, as far as word may go out of it: of what is restricted few may know."""
    return issue if issue is None or Issue.get(issue).restricted is None else None


def _owner(who: Who, asked: Proposal, firm: Row, issue: ObjectId | None) -> ObjectId:
    """Who sees to it: whom they name, else themselves; for a contact its commissioner, or a dispatcher."""
    if who.has(*people.STAFF):
        return _new_owner(asked.owner_id or str(who.id), issue)
    if asked.owner_id is not None:
        raise Invalid("request.invalid", fields={"owner_id": [Reason("finance.owner_is_ours")]})
    found = finding.once(people.here(firm.get("commissioner")), finding.with_role("dispatcher"))
    if not found:
        raise Conflict("offers.nobody_there")
    return found[0]


def _new_owner(key: str, issue: ObjectId | None) -> ObjectId:
    """Somebody of staff, who knows of an introduction that is theirs, and may know of its issue."""
    person = people.staff_member(key, "owner_id")
    if issue is not None and not sees_issue(person, Issue.get(issue)):
        raise Invalid("offers.may_not_know", fields={"owner_id": [key]})
    return person.id


def _day(said: date | bool | None, now: datetime) -> str | None:
    """A day that was said, or the district's where only some day is due. Raises Invalid for a past one."""
    if said is None or said is False:
        return None
    if said is True:
        return next_look(now)
    return day_ahead(said, "follow_up_on", now).isoformat()
