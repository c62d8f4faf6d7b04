"""What is done with opportunities: proposed, published, closed, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.departments import registry as departments
from app.enterprises.queries import see_enterprise
from app.foundation import days
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.errors import Conflict, Invalid
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import made_once
from app.offers import people, steps
from app.offers.ahead import day_ahead
from app.offers.opportunities import states
from app.offers.opportunities.documents import OPPORTUNITY, Interest, Opportunity
from app.offers.opportunities.queries import see, ties
from app.offers.steps import Word, take, told
from app.people import finding
from app.people.access import actor, allowed
from app.people.documents import Person
from app.people.finding import People
from app.people.who import Who
from app.registers import terms
from app.registers.documents import INDUSTRY


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An opportunity as somebody states it. Exactly one of firm, department and unit is whose it is."""

    kind: str
    title: str
    text: str
    enterprise_id: str | None = None
    department_id: str | None = None
    unit: str | None = None
    contact_id: str | None = None
    industry: str | None = None
    until: str | None = None


def propose(who: Who, said: Said, client_id: str, now: datetime) -> tuple[ObjectId, bool]:
    """Propose an opportunity as a draft: (it, whether it is new). Those who publish hear of it.

    Raises NotFound, Forbidden; Invalid for none or several owners, an industry that is not valid today,
    somebody of another house as contact, a day that is over; Conflict for a client_id used otherwise.
    """
    owner = _owner(who, said)
    by = actor(who, "opportunity.propose", ties({"by": who.id, **owner}))
    print_ = fingerprint(asdict(said))

    def make() -> Opportunity:
        made = Opportunity(
            kind=said.kind,
            title=said.title,
            text=said.text,
            **owner,
            **_checked(said, owner, now),
            by=by.id,
            by_name=by.name,
            role=by.role,
            client_id=client_id,
            fingerprint=print_,
            created_at=now,
            updated_at=now,
        ).insert()
        word = Word(event="opportunity.proposed", people=_publishers(owner), name=said.title)
        told(OPPORTUNITY, made.id, "propose", by, now, after=states.DRAFT, tell=word)
        return made

    def find() -> Opportunity | None:
        return Opportunity.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    made, new = made_once(make, find, print_, "changed_meanwhile")
    return made.id, new


def publish(who: Who, key: str, *, text: str, person_id: str | None, now: datetime) -> None:
    """Show it to all firms; who publishes it, or whom they name of staff, answers for what follows.

    Raises NotFound, Forbidden, Conflict unless it is a draft, Invalid when its day is over.
    """
    if person_id is not None:
        people.staff_member(person_id)
    staff = ObjectId(person_id) if person_id else who.id
    _step(who, key, "publish", now, text, {"published_at": now, "staff": staff})


def close(who: Who, key: str, *, text: str, now: datetime) -> None:
    """It is settled. Raises NotFound, Forbidden; Conflict unless published, while an interest is alive."""
    _step(who, key, "close", now, text, {"ended_at": now})


def withdraw(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Take it off the list; those who were interested hear of it. Raises NotFound, Forbidden, Conflict."""
    _step(who, key, "withdraw", now, text, {"ended_at": now})


def _step(
    who: Who, key: str, action: str, now: datetime, text: str, values: Mapping[str, Any]
) -> None:
    def work() -> None:
        row = see(who, key)
        by = actor(who, f"opportunity.{action}", ties(row))
        then = steps.after(states.TABLE, action, row["state"])
        today = days.today(now).isoformat()
        if action == "publish" and row["until"] and row["until"] < today:
            raise Invalid("request.invalid", fields={"until": [Reason("offers.day_is_over")]})
        alive = {"opportunity": row["_id"], "state": {"$in": list(states.ALIVE)}}
        interested = list(Interest.rows().find(alive))
        if action == "close" and interested:
            raise Conflict("opportunity.interest_alive", count=len(interested))
        heard = finding.once(
            [row["by"], row["contact"], values.get("staff", row["staff"])],
            *(people.contacts(each["enterprise"]) for each in interested),
        )
        done = {"publish": "published", "close": "closed", "withdraw": "withdrawn"}[action]
        word = Word(event=f"opportunity.{done}", people=heard, name=row["title"])
        take(
            Opportunity,
            OPPORTUNITY,
            row,
            action,
            then,
            by,
            now,
            values=values,
            text=text,
            tell=word,
        )

    transaction(work)


def _owner(who: Who, said: Said) -> Row:
    given = [each for each in (said.enterprise_id, said.department_id, said.unit) if each]
    if len(given) != 1:
        raise Invalid("opportunity.one_owner", fields={"enterprise_id": given})
    empty: Row = {"enterprise": None, "department": None, "unit": None, "place": None}
    if said.enterprise_id:
        firm = see_enterprise(who, said.enterprise_id)
        return {**empty, "enterprise": firm.id, "place": firm.unit}
    if said.department_id:
        home = departments.active(ObjectId(said.department_id))
        return {**empty, "department": home.id, "place": home.unit}
    if said.unit not in {each.code for each in pack().units}:
        raise Invalid("reference.unknown", fields={"unit": [str(said.unit)]})
    return {**empty, "unit": said.unit, "place": said.unit}


def _checked(said: Said, owner: Row, now: datetime) -> Row:
    today = days.today(now).isoformat()
    if said.until is not None:
        day_ahead(said.until, "until", now)
    if said.industry and said.industry not in terms.names(INDUSTRY).offered(today):
        raise Invalid("dictionary.not_valid_now", terms=said.industry, fields={"industry": []})
    contact = ObjectId(said.contact_id) if said.contact_id else None
    if contact is not None and not _of_house(contact, owner):
        raise Invalid("opportunity.contact_of_another", fields={"contact_id": [str(contact)]})
    return {"industry": said.industry, "until": said.until, "contact": contact}


def _of_house(contact: ObjectId, owner: Row) -> bool:
    """Whether a person who is here belongs to whose opportunity it is."""
    row = Person.rows().find_one({"_id": contact, "active": True}) or {}
    names = ("enterprise", "department", "unit")
    return any(
        owner[name] is not None and grant.get(name) == owner[name]
        for grant in row.get("grants", ())
        for name in names
    )


def _publishers(owner: Row) -> People:
    units = finding.with_role("unit_admin", unit=owner["place"]) if owner["place"] else []
    return finding.once(units, finding.with_role("dispatcher"))


def legal(who: Who, row: Row) -> list[str]:
    """What `who` may do to a stored opportunity now."""
    return [
        action
        for action in steps.legal(states.TABLE, row["state"])
        if allowed(who, f"opportunity.{action}", ties(row))
    ]
