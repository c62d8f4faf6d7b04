"""Leaves for stories: from an hour ahead, or under way already."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.foundation import clock
from app.people import leave, login
from app.people.documents import Leave, Person, Session
from app.people.who import Who
from tests.support.phone import Phone

HOUR = timedelta(hours=1)


def body(deputy: Phone, since: float = 1, until: float = 2) -> dict[str, Any]:
    """A leave as a phone asks for it; hours from now."""
    now = clock.now()
    times = {"since": now + since * HOUR, "until": now + until * HOUR}
    return {**{name: at.isoformat() for name, at in times.items()}, "deputy_id": key(deputy)}


def key(phone: Phone) -> str:
    return str(phone.person.id)


def under_way(person: Phone, deputy: Phone, now: datetime, lasts: timedelta = HOUR) -> Leave:
    """The person is on leave from `now` on."""
    absence = leave.Absence(now, now + lasts, key(deputy))
    return leave.take(who_is(person, now), absence, now)


def who_is(phone: Phone, now: datetime) -> Who:
    """Whom the phone's request of this moment comes from."""
    session = Session.rows().find_one({"person": phone.person.id})
    return login.who(session["_id"], now)


def change(phone: Phone, **fields: Any) -> None:
    """Change the stored person."""
    Person.rows().update_one({"_id": phone.person.id}, {"$set": fields})
