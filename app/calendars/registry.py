"""The working calendar in use: the pack's, with the years over it that admins have stated.

The national notice for a year comes out in the autumn before; an admin states it here, or a day of the
district's own, without a new pack. A stated year takes the place of what the pack says of that year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from app.foundation import db
from app.foundation.district import pack
from app.foundation.errors import NotFound
from app.sla.calendar import WorkingCalendar, china
from config.pack import Pack

FIRST_YEAR, LAST_YEAR = 2024, 2060
"""Days outside these years know only weekends; nobody can state them."""

Stamp = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Year:
    """What is said of a year over the library's days, in order; `version` 0 is the pack's word."""

    year: int
    published: bool
    days_off: tuple[date, ...]
    working_days: tuple[date, ...]
    reason: str | None = None
    changed_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Special:
    """A day off, or one worked though it is a weekend or holiday, with the code of why."""

    date: date
    works: bool
    code: str


@dataclass(frozen=True, slots=True)
class _Kept:
    pack: Pack
    stamp: Stamp
    calendar: WorkingCalendar


_kept: list[_Kept] = []


def rows() -> Any:
    """The bare collection of stated years, each under its number. `actions` alone writes to it."""
    return db.collection("calendar_years")


def thing_id(year: int) -> ObjectId:
    """The id of a year in history and duties."""
    return ObjectId(f"{year:024d}")


def current() -> WorkingCalendar:
    """The calendar in use, as stored at this moment; one small query, the rest is kept."""
    versions = rows().find({}, {"version": 1, "at": 1}).sort("_id", 1)
    stamp = tuple((row["_id"], row["version"], row["at"]) for row in versions)
    kept = _kept[0] if _kept else None
    if kept is None or kept.pack is not pack() or kept.stamp != stamp:
        stated = [_from_row(row) for row in rows().find().sort("_id", 1)]
        kept = _Kept(pack(), _stamp(stated), calendar_of(pack(), stated))
        _kept[:] = [kept]
    return kept.calendar


def own(code: str, base: WorkingCalendar) -> WorkingCalendar:
    """The calendar of a body that works otherwise than the district, whose `base` is.

    The base itself where the pack has no such calendar any more.
    """
    said = pack().calendar(code)
    if said is None:
        return base
    return replace(
        base,
        office_hours=said.office_hours or base.office_hours,
        holidays=frozenset() if "holidays" in said.works else base.holidays,
        weekends_off="weekends" not in said.works,
        title=said.name,
    )


def calendar_of(district: Pack, stated: Iterable[Year] = ()) -> WorkingCalendar:
    """The calendar of a pack with stated years in place of the pack's own."""
    over = {each.year: each for each in stated}
    years = [over.get(each) or of_pack(district, each) for each in range(FIRST_YEAR, LAST_YEAR + 1)]
    return china(
        range(FIRST_YEAR, LAST_YEAR + 1),
        zone=district.zone,
        office_hours=district.office_hours,
        published_through=_published_through(years),
        days_off=[day for each in years for day in each.days_off],
        working_days=[day for each in years for day in each.working_days],
    )


def year_of(number: int) -> Year:
    """What is said of a year now. Raises NotFound outside FIRST_YEAR to LAST_YEAR."""
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise NotFound("not_found")
    row = rows().find_one({"_id": number})
    return _from_row(row) if row else of_pack(pack(), number)


def of_pack(district: Pack, number: int) -> Year:
    """What the pack says of a year."""
    days = district.holidays
    return Year(
        year=number,
        published=number <= days.published_through,
        days_off=tuple(sorted(day for day in days.days_off if day.year == number)),
        working_days=tuple(sorted(day for day in days.working_days if day.year == number)),
    )


def specials(calendar: WorkingCalendar, number: int) -> list[Special]:
    """Every day of the year that is not what its weekday says, and the weekends, in order.

    Codes are those of `WorkingCalendar.skipped`, `made_up` for a weekend that is worked, and `worked`
    for a holiday that is.
    """
    before, last = date(number - 1, 12, 31), date(number, 12, 31)
    made_up = set(calendar.made_up(before, last))
    works = {day for day in calendar.working if day.year == number} | made_up
    found = [Special(day, False, code) for day, code in calendar.skipped(before, last)]
    found += [Special(day, True, "made_up" if day in made_up else "worked") for day in works]
    return sorted(found, key=lambda each: each.date)


def _published_through(years: Sequence[Year]) -> int:
    """The last of the years, in order, that is known with all before it."""
    last = FIRST_YEAR - 1
    for each in years:
        if not each.published:
            break
        last = each.year
    return last


def _from_row(row: Mapping[str, Any]) -> Year:
    return Year(
        year=row["_id"],
        published=row["published"],
        days_off=tuple(map(date.fromisoformat, row["days_off"])),
        working_days=tuple(map(date.fromisoformat, row["working_days"])),
        reason=row["reason"],
        changed_at=row["at"],
        version=row["version"],
    )


def _stamp(stated: Iterable[Year]) -> Stamp:
    return tuple((each.year, each.version, each.changed_at) for each in stated)
