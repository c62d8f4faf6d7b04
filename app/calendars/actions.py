"""Stating a year, and raising the alarm about one that nobody has stated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from app.calendars.registry import Year, current, rows, thing_id, year_of
from app.foundation import duties, history
from app.foundation.db import TRANSACTION_SECONDS, transaction
from app.foundation.duties import Duty
from app.foundation.errors import Invalid, Stale
from app.foundation.reasons import Reason
from app.people.access import require
from app.people.who import Who

SETTLED = timedelta(seconds=3 * TRANSACTION_SECONDS)
"""After this long no transaction runs that has read the calendar as it was before."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A year as an admin states it. The days win over what the library knows or assumes."""

    published: bool
    days_off: tuple[date, ...]
    working_days: tuple[date, ...]
    reason: str


def is_replay(year: Year, said: Stated) -> bool:
    """Whether the year is already as it is stated, and for this reason."""
    return year.version > 0 and _content(year) == _content(_checked(year.year, said))


def change_year(who: Who, number: int, said: Stated, version: int, now: datetime) -> Year:
    """State a year as a whole, and owe the recomputing of what was promised.

    Raises Forbidden, NotFound for a year that cannot be stated, Invalid for days that are not of the
    year, stand twice or are both off and worked, and Stale when the year is no longer at `version`.
    """
    require(who, "calendar.change")
    fit = _checked(number, said)

    def work() -> Year:
        year = year_of(number)
        if year.version != version:
            raise Stale("calendar.changed_meanwhile")
        row = {**_content(fit), "by": who.id, "at": now, "version": version + 1}
        if version == 0:
            rows().insert_one({"_id": number, **row})
        else:
            guard = {"_id": number, "version": version}
            if not rows().update_one(guard, {"$set": row}).modified_count:
                raise Stale("calendar.changed_meanwhile")
        told = history.append(
            "calendar",
            thing_id(number),
            "change",
            by=who.acting("admin"),
            now=now,
            text=fit.reason,
            data={"year": number, "before": _content(year), "after": _content(fit)},
        )
        _owe_recomputing(number, version + 1, now)
        _announce("calendar.changed", number, told, now)
        return year_of(number)

    return transaction(work)


def alarm(year: int, now: datetime) -> None:
    """Owe the admins word, once a year, that something was promised into one that is not published.

    Joins the surrounding transaction.
    """
    key, payload = f"calendars.unpublished:{year}", {"year": year}
    duties.add("calendars.unpublished", thing_id(year), now=now, key=key, payload=payload)


def tell_unpublished(duty: Duty, now: datetime) -> None:
    """Have the admins told, unless the year has been published since."""

    def work() -> None:
        year = duty.payload["year"]
        if current().is_provisional(date(year, 12, 31)):
            row = history.append(
                "calendar",
                duty.subject,
                "unpublished",
                by=history.SYSTEM,
                now=now,
                data={"year": year},
            )
            _announce("calendar.unpublished", year, row, now)
        duties.finish(duty, now)

    transaction(work)


def _owe_recomputing(year: int, version: int, now: datetime) -> None:
    """At once; and once more when those are through who were promising by the old calendar just now."""
    key, payload = f"issues.recompute:{year}:{version}", {"year": year, "version": version}
    for suffix, due_at in (("", now), (":after", now + SETTLED)):
        duties.add(
            "issues.recompute",
            thing_id(year),
            now=now,
            due_at=due_at,
            key=key + suffix,
            payload=payload,
        )


def _announce(event: str, year: int, row: ObjectId, now: datetime) -> None:
    key, payload = f"notices.deliver:{row}", {"event": event, "row": row}
    duties.add("notices.deliver", thing_id(year), now=now, key=key, payload=payload)


def _content(year: Year | Stated) -> dict[str, Any]:
    """What is said of a year, as it is stored."""
    return {
        "published": year.published,
        "days_off": [str(day) for day in year.days_off],
        "working_days": [str(day) for day in year.working_days],
        "reason": year.reason,
    }


def _checked(number: int, said: Stated) -> Stated:
    """The same with its days in order. Raises Invalid for days that cannot be meant."""
    lists = {"days_off": said.days_off, "working_days": said.working_days}
    blamed: dict[str, list[Reason]] = {}
    for name, days in lists.items():
        other = lists["working_days"] if name == "days_off" else ()
        for day in sorted(set(days)):
            params = {"date": str(day)}
            if day.year != number:
                blamed.setdefault(name, []).append(Reason("calendar.of_another_year", params))
            if days.count(day) > 1:
                blamed.setdefault(name, []).append(Reason("calendar.named_twice", params))
            if day in other:
                blamed.setdefault(name, []).append(Reason("calendar.off_and_worked", params))
    if blamed:
        raise Invalid("calendar.unfit", fields=blamed)
    return Stated(
        said.published, tuple(sorted(said.days_off)), tuple(sorted(said.working_days)), said.reason
    )
