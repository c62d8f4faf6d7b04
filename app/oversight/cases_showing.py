"""What becomes of a decided case: shown inside, published, appealed against, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bson import ObjectId

from app.departments import registry
from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import local, pack
from app.foundation.errors import Conflict, Invalid
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.oversight.cases_actions import MOMENT, deciders
from app.oversight.cases_documents import LIST, STAFF
from app.oversight.cases_steps import signed, step, withdrawn
from app.oversight.cases_subjects import every_reader, readers, refuse_firms, refuse_person
from app.people.finding import once, with_role
from app.people.who import Who
from app.photos import actions as photos


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """To whom a case is circulated: the whole `staff`, or a `list` of departments and units."""

    kind: str
    department_ids: Sequence[str] = ()
    units: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """The competent authority's approval to publish outside, and what may be published."""

    authority: str
    document_no: str
    approved_on: date
    approved_by: str
    photo_ids: Sequence[str]
    title: str
    public_text: str


def circulate(who: Who, key: str, *, text: str, audience: Audience, now: datetime) -> None:
    """Show it inside: to the staff, or to those of some departments and units.

    Raises NotFound, Forbidden; Invalid for an audience of nobody; Conflict by the table, or while an appeal
    waits.
    """
    listed = _listed(audience)

    def change(case: Row, by: Actor) -> Row:
        told = listed if audience.kind == LIST else _told_of_all()
        said = {
            **signed(by, text, now),
            "audience": audience.kind,
            "departments": [ObjectId(each) for each in audience.department_ids],
            "units": list(audience.units),
            "told": told,
        }
        return {
            "circulation": said,
            "open_to_staff": audience.kind == STAFF,
            "known_to": once(case["known_to"], listed),
        }

    step(who, key, "circulate", change, text, now, tells=_had_it)


def publish(who: Who, key: str, *, text: str, approval: Approval, now: datetime) -> None:
    """Record the competent authority's approval, without which nothing leaves the house.

    What is published names no official and no enterprise. Raises NotFound, Forbidden; Invalid for a day to
    come, another's photos, or a name; Conflict by the table, or while an appeal waits.
    """
    if approval.approved_on > days.today(now):
        raise Invalid("request.invalid", fields={"approved_on": [Reason("register.in_the_future")]})

    def change(case: Row, by: Actor) -> Row:
        outside = {"title": approval.title, "public_text": approval.public_text}
        refuse_person(outside, case)
        refuse_firms(outside, case["evidence"])
        said = {
            **signed(by, text, now),
            **outside,
            "authority": approval.authority,
            "document_no": approval.document_no,
            "approved_on": approval.approved_on.isoformat(),
            "approved_by": approval.approved_by,
            "photos": photos.attachable(who, approval.photo_ids),
        }
        return {"publication": said}

    step(
        who,
        key,
        "publish",
        change,
        text,
        now,
        tells=lambda case: once([case["by"]], case["served_to"]),
    )


def appeal(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Appeal against it, within the district's days of its approval; one appeal at a time.

    Raises NotFound, Forbidden for whom it was not served on, Conflict when it is too late or one waits.
    """

    def change(case: Row, by: Actor) -> Row:
        if now > case["appeal_by"]:
            raise Conflict("case.appeal_too_late", until=f"{local(case['appeal_by']):{MOMENT}}")
        if any(each["by"] == by.id and each["answer"] for each in case["appeals"]):
            raise Conflict("case.appealed_already")
        return {"appeals": [*case["appeals"], {**signed(by, text, now), "answer": None}]}

    step(who, key, "appeal", change, text, now, tells=deciders)


def answer_appeal(who: Who, key: str, *, upheld: bool, text: str, now: datetime) -> None:
    """Answer the appeal that waits; upheld, it takes the case back.

    Raises NotFound; Forbidden for who proposed or approved it, or whom it is about; Conflict where none
    waits.
    """

    def change(case: Row, by: Actor) -> Row:
        answer = {**signed(by, text, now), "upheld": upheld}
        answered = [{**each, "answer": each["answer"] or answer} for each in case["appeals"]]
        back = _taken_back(case, by, text, now) if upheld else {}
        return {"appeals": answered, **back}

    action = "uphold_appeal" if upheld else "reject_appeal"
    step(who, key, action, change, text, now, tells=_had_it if upheld else _concerned)


def withdraw(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Take it back, with the reason; those who had it keep seeing it, as withdrawn.

    Raises NotFound; Forbidden, for whom it is about too; Conflict by the table.
    """

    def change(case: Row, by: Actor) -> Row:
        return _taken_back(case, by, text, now)

    step(who, key, "withdraw", change, text, now, tells=_had_it)


def _taken_back(case: Row, by: Actor, text: str, now: datetime) -> Row:
    had_it = every_reader() if case["open_to_staff"] else []
    return {**withdrawn(case, had_it), "withdrawal": signed(by, text, now)}


def _listed(audience: Audience) -> list[ObjectId]:
    if audience.kind == STAFF:
        return []
    departments = [registry.active(ObjectId(each)).id for each in audience.department_ids]
    unknown = [each for each in audience.units if each not in {u.code for u in pack().units}]
    found = readers(departments, audience.units) if not unknown else []
    if not found:
        raise Invalid(
            "case.nobody_to_tell", fields={"audience": [*audience.department_ids, *unknown]}
        )
    return found


def _told_of_all() -> list[ObjectId]:
    """Of the whole staff those who pass it on: heads of departments, admins of units."""
    return with_role("head", "unit_admin")


def _concerned(case: Row) -> list[ObjectId]:
    return once([case["by"]], case["served_to"])


def _had_it(case: Row) -> list[ObjectId]:
    told = case["circulation"]["told"] if case["circulation"] else []
    return once(_concerned(case), told)
