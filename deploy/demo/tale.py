"""How the demo's further stories are told: each in one transaction, at moments of the past, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from app.foundation import days
from app.foundation.db import transaction
from app.foundation.documents import Document
from app.people.who import Who
from app.sla.calendar import WorkingCalendar
from deploy.demo.cast import Cast
from deploy.demo.due import client_id
from deploy.demo.times import Diary, chance, opening_moment
from deploy.demo.visits import Camera

Row = Mapping[str, Any]
Play = Callable[[Diary], object]

STEP_MINUTES = (90, 400)
"""Office minutes between two steps, at least and at most."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Who acts where, the calendar, the camera, and the moment that counts as now."""

    cast: Cast
    calendar: WorkingCalendar
    camera: Camera
    now: datetime

    def once(self, of: type[Document], key: str, days_ago: int, play: Play) -> None:
        """Play a story that begins with making a thing `of` this kind, unless it is there.

        All of it or nothing: a run that dies leaves none in the middle. `play` makes the thing under the
        key's client id, from the diary's moment on; it may be run again.
        """
        if of.rows().find_one({"client_id": client_id(key)}, {"_id": 1}) is None:
            transaction(lambda: play(self.diary(key, days_ago)))

    def diary(self, key: str, days_ago: int) -> Diary:
        """A diary that begins in office hours so many days ago."""
        start = opening_moment(self.calendar, self.now, days_ago, chance(key))
        return Diary(self.calendar, start, self.now)

    def day(self, in_days: int) -> date:
        """The local day so many days from now."""
        return days.today(self.now) + timedelta(days=in_days)

    def clerk(self, department: ObjectId) -> Who:
        """Who works in the department. Raises LookupError."""
        return _somebody(self.cast.clerk(department), department)

    def head(self, department: ObjectId) -> Who:
        """Who leads the department. Raises LookupError."""
        return _somebody(self.cast.head(department), department)

    def speaker(self, entry: Row) -> Who:
        """Who speaks for the enterprise, or serves it where nobody has an account."""
        return self.cast.contact(entry) or self.cast.commissioner(entry)


def _somebody(found: Who | None, department: ObjectId) -> Who:
    if found is None:
        raise LookupError(str(department))
    return found


def step(diary: Diary) -> datetime:
    """When the next step of a matter is taken."""
    return diary.later(chance(diary.at.isoformat()).randint(*STEP_MINUTES))


def made(of: type[Document], key: str) -> ObjectId:
    """What was made under this key. Raises LookupError."""
    row = of.rows().find_one({"client_id": client_id(key)}, {"_id": 1})
    if row is None:
        raise LookupError(key)
    return row["_id"]  # type: ignore[no-any-return]
