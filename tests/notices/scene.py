"""One issue with everybody around it, made straight from documents; and what happens to it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.enterprises.documents import Enterprise
from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.foundation.history import Actor
from app.issues.documents import Issue, Ticket
from app.notices import actions, credits
from app.notices.documents import Message, Notice
from app.people.announcing import announce
from app.people.documents import Grant, Person
from app.people.who import Who
from tests.support.factories import Given, at, client_id

NOON = at("2026-11-24T12:00:00+08:00")  # a Tuesday
NIGHT = at("2026-11-24T23:00:00+08:00")
MORNING = at("2026-11-25T08:00:00+08:00")
LEASE = timedelta(seconds=60)
ALL = ("wechat", "sms")
OPENID, PHONE = "openid-contact", "13800000000"

_numbers = itertools.count(1)


@dataclass
class Scene:
    """An issue in the hands of HOUSING, raised by the contact, served by the commissioner."""

    given: Given
    enterprise: Enterprise
    contact: Person
    commissioner: Person
    clerk: Person
    head: Person
    issue: Issue
    ticket: Ticket


def scene(given: Given, *, contact: dict[str, Any] | None = None, **fields: Any) -> Scene:
    """`contact` and `fields` set what differs for the contact and for the issue."""
    enterprise = given.enterprise()
    department = registry.by_code("HOUSING").id
    asking = Grant(role="contact", enterprise=enterprise.id)
    owner = given.person(asking, **(contact or {}))
    serving = given.person(Grant(role="commissioner"))
    clerk = given.person(Grant(role="clerk", department=department))
    head = given.person(Grant(role="head", department=department))
    number = f"JY20261124-{next(_numbers):04d}"
    issue = Issue(
        **{
            "number": number,
            "owner": owner.id,
            "owner_role": "contact",
            "client_id": client_id(),
            "fingerprint": "",
            "kind": "request",
            "state": "dispatched",
            "text": "施工许可证办了两个月还没有下来",
            "enterprise": enterprise.id,
            "unit": enterprise.unit,
            "commissioner": serving.id,
            "promise": {"resolve_by": NOON + timedelta(days=7)},
            "created_at": NOON,
            "updated_at": NOON,
            **fields,
        }
    ).insert()
    return Scene(given, enterprise, owner, serving, clerk, head, issue, ticket_of(issue, clerk))


def ticket_of(issue: Issue, assignee: Person | None, **fields: Any) -> Ticket:
    values = {
        "issue": issue.id,
        "number": issue.number,
        "role": "lead",
        "state": "accepted",
        "department": registry.by_code("HOUSING").id,
        "assignee": assignee.id if assignee else None,
        "excerpt": issue.text,
        "unit": issue.unit,
        "urgent": issue.urgent,
        "dispatched_at": NOON,
        "accept_by": NOON + timedelta(days=1),
        "reply_by": NOON + timedelta(days=2),
        "resolve_by": NOON + timedelta(days=5),
        "due_at": NOON + timedelta(days=2),
    }
    return Ticket(**(values | fields)).insert()


def happens(
    issue: Issue, event: str, now: datetime = NOON, by: Person | None = None, **row: Any
) -> ObjectId:
    """A step of the issue that owes word of `event`; its history row."""
    actor = Actor(by.id, by.name, by.grants[0].role) if by else history.SYSTEM

    def work() -> ObjectId:
        key = history.append("issue", issue.id, "step", by=actor, now=now, **row)
        announce(event, issue.id, key, now)
        return key

    return transaction(work)


def work_off(kind: str, now: datetime, work: Callable[[Duty, datetime], None]) -> int:
    """Do what is due of a kind, as a worker would at `now`; how much there was."""
    done = 0
    for found, key in duties.due(now):
        if found == kind and (duty := duties.claim(key, now=now, lease=LEASE)):
            work(duty, now)
            done += 1
    return done


def tell(
    issue: Issue, event: str, now: datetime = NOON, running: tuple[str, ...] = ALL, **step: Any
) -> ObjectId:
    """Let it happen and tell everybody."""
    row = happens(issue, event, now, **step)
    done = work_off("notices.deliver", now, lambda duty, at: actions.deliver(duty, at, running))
    assert done == 1
    return row


def told(event: str | None = None) -> set[ObjectId]:
    """Who has a notice."""
    query = {"event": event} if event else {}
    return {row["person"] for row in Notice.rows().find(query)}


def outbox(**query: Any) -> list[dict[str, Any]]:
    return list(Message.rows().find(query).sort("_id", 1))


def only(**query) -> dict:
    (row,) = outbox(**query)
    return row


def agree(person: Person, event: str, times: int = 1) -> str:
    """The person agreed to messages of the event's template; its id."""
    template = pack().notices.template_for(event)
    assert template
    credits.add(Who(person.id, person.name, ()), template.id, times)
    return template.id
