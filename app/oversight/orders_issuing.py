"""Issuing an order: about what, to whom, by when. One about an issue is a supervision of that issue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bson import ObjectId

from app.calendars import registry as calendars
from app.departments.documents import Department
from app.enterprises.documents import Enterprise
from app.enterprises.ties import enterprise_ties
from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Invalid, NotFound
from app.foundation.history import Actor
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import create_once
from app.issues.pressing import supervising
from app.issues.pressing.orders import Supervision
from app.oversight import orders_climbing as climbing
from app.oversight import orders_owners as owners
from app.oversight.orders import (
    DEPARTMENT,
    ENTERPRISE,
    EXCERPT,
    INSTRUCTION,
    ISSUE,
    NONE,
    PROJECT,
    REPORT,
    THING,
    UNIT,
    Order,
    family,
)
from app.oversight.orders_owners import Owner
from app.people.access import Ties, actor, allowed
from app.people.announcing import announce, telling
from app.people.who import Who
from app.projects.queries import see_project

SERVED = (PROJECT, ENTERPRISE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is wanted of whom. At most one subject, one addressee and one way to say by when.

    Subjects: `project_id`, `issue_id`, `enterprise_id`, `about_unit`, `about_department_id`, or a `report`
    by its title. Addressees: `owner_id`, `department_id`, `unit`; without one it is who serves the project
    or the enterprise, or the body that it is about. `due_on` is a local day, until the office closes;
    `working_days` and `days` count from today; without any of them the district's days.
    """

    kind: str
    text: str
    project_id: str | None = None
    issue_id: str | None = None
    enterprise_id: str | None = None
    about_unit: str | None = None
    about_department_id: str | None = None
    report: str | None = None
    owner_id: str | None = None
    department_id: str | None = None
    unit: str | None = None
    due_on: date | None = None
    working_days: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class _Subject:
    """What an order is about: its kind, id, name, and the unit it lies in; `row` of project, enterprise."""

    kind: str
    key: ObjectId | None = None
    name: str = ""
    unit: str | None = None
    row: Row | None = None


def issue(who: Who, asked: Asked, client_id: str, now: datetime) -> tuple[ObjectId, bool]:
    """Issue an order: (its id, whether it is new).

    Raises Forbidden for who may not; NotFound for a subject that is not for these eyes; Invalid for several
    subjects, addressees or times, a time that is over, nobody to answer for it, somebody who may not
    know of its subject, and an addressee for an issue, whose department answers; Conflict for a
    client_id that was used for something else.
    """
    by = actor(who, "order.instruct" if asked.kind == INSTRUCTION else "order.issue", Ties())
    print_ = fingerprint(asdict(asked))
    once = {"client_id": client_id, "fingerprint": print_}

    def make() -> Order:
        subject = _subject(who, asked)
        due = due_at(asked, now)
        if subject.kind == ISSUE:
            return _of_issue(who, by, asked, subject, due, once, now)
        return _of_owner(by, asked, subject, due, once, now)

    def find() -> Order | None:
        return Order.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    made, new = create_once(make, find, print_)
    return made.id, new


def due_at(asked: Asked, now: datetime) -> datetime:
    """By when: closing time of the day that is meant, by the calendar in use.

    Raises Invalid for several ways to say it, and for what is over.
    """
    _one_at_most(asked, ("due_on", "working_days", "days"))
    if asked.due_on is not None:
        return due_on_day(asked.due_on, now)
    if asked.days is not None:
        return due_on_day(days.today(now) + timedelta(days=asked.days), now)
    working = asked.working_days or pack().oversight.order_wd
    return calendars.current().deadline(now, working).astimezone(UTC)


def due_on_day(day: date, now: datetime) -> datetime:
    """When the office closes on a day. Raises Invalid for what is over."""
    due = calendars.current().closing(day)
    if due <= now:
        raise Invalid("work.time_is_over", fields={"due_on": []})
    return due.astimezone(UTC)


def _of_owner(
    by: Actor,
    asked: Asked,
    subject: _Subject,
    due: datetime,
    once: Mapping[str, str],
    now: datetime,
) -> Order:
    owner = _owner(asked, subject)
    owners.require_sight(owner, subject.kind, subject.row)
    rung = climbing.following(due, (), calendars.current())
    made = Order(
        owner=owner.person,
        addressed=owner.addressed,
        department=owner.department,
        unit=owner.unit or subject.unit,
        rung=rung,
        **_common(by, asked, subject, due, now),
        **once,
    ).insert()
    climbing.await_rung(made.id, {}, rung, now)
    data = telling([owner.person], asked.text[:EXCERPT], due=due, project=made.project)
    row = _record(made, by, asked, {**data, "owner": owner.person}, now)
    announce(f"{family({'kind': made.kind})}.issued", made.id, row, now)
    return made


def _of_issue(
    who: Who,
    by: Actor,
    asked: Asked,
    subject: _Subject,
    due: datetime,
    once: Mapping[str, str],
    now: datetime,
) -> Order:
    """The supervision that is ordered in the same act tells those concerned, and climbs by its own rules."""
    _no_addressee(asked)
    mine = {"issue": subject.key}
    before = set(Supervision.rows().distinct("_id", mine))
    supervised = supervising.order(who, str(subject.key), text=asked.text, due_at=due, now=now)
    [key] = set(Supervision.rows().distinct("_id", mine)) - before
    named = _Subject(ISSUE, supervised.id, supervised.number, supervised.unit)
    made = Order(supervision=key, **_common(by, asked, named, due, now), **once).insert()
    _record(made, by, asked, {"supervision": key}, now)
    return made


def _common(by: Actor, asked: Asked, subject: _Subject, due: datetime, now: datetime) -> Row:
    return {
        "kind": asked.kind,
        "text": asked.text,
        "subject_kind": subject.kind,
        "subject": subject.key,
        "subject_name": subject.name,
        "project": subject.key if subject.kind == PROJECT else None,
        "by": by.id,
        "by_name": by.name,
        "role": by.role,
        "due_at": due,
        "created_at": now,
        "updated_at": now,
    }


def _record(
    made: Order, by: Actor, asked: Asked, data: Mapping[str, Any], now: datetime
) -> ObjectId:
    return history.append(
        THING,
        made.id,
        "issue",
        by=by,
        now=now,
        after=made.state,
        text=asked.text,
        data={**data, "due_at": made.due_at},
        version=1,
    )


def _subject(who: Who, asked: Asked) -> _Subject:
    finds: Mapping[str, Callable[[Who, str], _Subject]] = {
        "project_id": _project,
        "issue_id": lambda _, key: _Subject(ISSUE, ObjectId(key)),
        "enterprise_id": _enterprise,
        "about_unit": lambda _, code: _unit(code),
        "about_department_id": lambda _, key: _department(key),
        "report": lambda _, title: _Subject(REPORT, name=title),
    }
    named = _one_at_most(asked, tuple(finds))
    return finds[named](who, getattr(asked, named)) if named else _Subject(NONE)


def _project(who: Who, key: str) -> _Subject:
    row = see_project(who, key).to_mongo().to_dict()
    return _Subject(PROJECT, row["_id"], row["name"], row["unit"], row)


def _enterprise(who: Who, key: str) -> _Subject:
    row = Enterprise.get(key).to_mongo().to_dict()
    if not allowed(who, "enterprise.see", enterprise_ties(row)):
        raise NotFound("not_found")
    return _Subject(ENTERPRISE, row["_id"], row["name"], row.get("unit"), row)


def _unit(code: str) -> _Subject:
    try:
        found = pack().unit(code)
    except KeyError:
        raise Invalid(
            "request.invalid", fields={"about_unit": [Reason("request.invalid_value")]}
        ) from None
    return _Subject(UNIT, name=found.name, unit=code)


def _department(key: str) -> _Subject:
    found = Department.get(key)
    return _Subject(DEPARTMENT, found.id, found.name)


def _owner(asked: Asked, subject: _Subject) -> Owner:
    named = _one_at_most(asked, ("owner_id", "department_id", "unit"))
    if named == "owner_id":
        return owners.of_person(str(asked.owner_id))
    if named == "department_id":
        return owners.of_department(str(asked.department_id))
    if named == "unit":
        return owners.of_unit(str(asked.unit))
    if subject.kind in SERVED and subject.row is not None:
        return owners.who_serves(subject.row)
    if subject.kind == UNIT:
        return owners.of_unit(str(subject.unit))
    if subject.kind == DEPARTMENT:
        return owners.of_department(str(subject.key))
    raise Invalid("request.invalid", fields={"owner_id": [Reason("request.required")]})


def _no_addressee(asked: Asked) -> None:
    given = [name for name in ("owner_id", "department_id", "unit") if getattr(asked, name)]
    if given:
        raise Invalid(
            "request.invalid", fields={name: [Reason("order.issue_has_owner")] for name in given}
        )


def _one_at_most(asked: Asked, names: tuple[str, ...]) -> str | None:
    given = [name for name in names if getattr(asked, name) is not None]
    if len(given) > 1:
        raise Invalid(
            "request.invalid", fields={name: [Reason("order.one_of_these")] for name in given}
        )
    return given[0] if given else None
