"""The working calendar: which days count, and when the office closes on them.

Pure: a calendar is a value, and every method answers from it and its arguments alone. Datetimes
must be aware (ValueError otherwise), may carry any offset, and are read and answered in `zone`. In
periods counted in days the start day is not counted (Civil Code of the PRC, articles 201 to 203).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from holidays import country_holidays

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SATURDAY = 5

WEEKEND = "weekend"
DAY_OFF = "day_off"

# How the library begins the names of the statutory holidays (State Council Order 795): our codes.
FESTIVALS = (
    ("New Year's Day", "new_year"),
    ("Chinese New Year", "spring_festival"),
    ("Tomb-Sweeping Day", "qingming"),
    ("Labor Day", "labor_day"),
    ("Dragon Boat Festival", "dragon_boat"),
    ("Mid-Autumn Festival", "mid_autumn"),
    ("National Day", "national_day"),
)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Days and office hours of one district.

    `holidays` are days off, on whatever weekday; `working` are days worked though they fall on a
    weekend (or in `holidays`, over which they win). `published_through` is the last year whose
    holidays are known; later days are answered by what is assumed and count as provisional.
    `names` gives the code of a day off, for `skipped`. `title` names a calendar that is not the district's
    but a body's own; without `weekends_off` weekends are working days. Raises ValueError for office hours
    that are empty, overlapping, out of order or finer than a minute.
    """

    zone: ZoneInfo
    office_hours: tuple[tuple[time, time], ...]
    holidays: frozenset[date]
    working: frozenset[date]
    published_through: int
    names: Mapping[date, str] = field(default_factory=dict, hash=False, compare=False, repr=False)
    weekends_off: bool = True
    title: str = ""

    def __post_init__(self) -> None:
        edges = [edge for pair in self.office_hours for edge in pair]
        if not edges:
            raise ValueError("office hours are empty")
        if any(a >= b for a, b in pairwise(edges)):
            raise ValueError("office hours overlap or are out of order")
        if any(edge.second or edge.microsecond or edge.tzinfo for edge in edges):
            raise ValueError("office hours are whole minutes of local time")

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on `day`: a make-up day, or a weekday that is no holiday."""
        if day in self.working:
            return True
        return day not in self.holidays and not (self.weekends_off and day.weekday() >= SATURDAY)

    def is_provisional(self, day: date) -> bool:
        """Whether the holidays of that year are not published yet."""
        return day.year > self.published_through

    def add_working_days(self, start: date, n: int) -> date:
        """The `n`th working day after `start`, which is not counted itself.

        A negative `n` counts back. 0 is `start`, or the first working day after it where `start`
        is a day off.
        """
        if n == 0:
            return start if self.is_working_day(start) else self.add_working_days(start, 1)
        step = DAY if n > 0 else -DAY
        day, left = start, abs(n)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(day) for day in _days_after(start, end))

    def closing(self, day: date) -> datetime:
        """When the office closes on `day`, whether or not it is worked."""
        return datetime.combine(day, self.office_hours[-1][1], self.zone)

    def deadline(self, start: datetime, n: int) -> datetime:
        """Closing time on the `n`th working day after the local date of `start`.

        ValueError for `n` below 1.
        """
        if n < 1:
            raise ValueError(f"a deadline is at least one working day away, not {n}")
        return self.closing(self.add_working_days(self.local(start).date(), n))

    def add_working_minutes(self, start: datetime, minutes: int) -> datetime:
        """The earliest moment by which `minutes` of office hours have passed since `start`.

        0 gives `start`, or the next opening when the office is closed then. ValueError below 0.
        """
        if minutes < 0:
            raise ValueError(f"cannot add {minutes} working minutes")
        left, since = minutes * MINUTE, _utc(self.local(start))
        for opens, closes in self._sessions(self.local(start).date()):
            begins = max(opens, since)
            if begins <= closes and left <= closes - begins:
                return (begins + left).astimezone(self.zone)
            left -= max(closes - begins, timedelta())
        raise OverflowError("past the last day of the calendar")

    def working_minutes(self, start: datetime, end: datetime) -> int:
        """Minutes of office hours from `start` to `end`; negative when `end` is earlier.

        Both are read to the whole minute, so that parts always add up to their whole.
        """
        first, last = (_utc(whole_minute(self.local(each))) for each in (start, end))
        if last < first:
            return -self.working_minutes(end, start)
        total = timedelta()
        for opens, closes in self._sessions(self.local(start).date()):
            if opens >= last:
                break
            total += max(min(closes, last) - max(opens, first), timedelta())
        return total // MINUTE

    def skipped(self, start: date, end: date) -> tuple[tuple[date, str], ...]:
        """Days off after `start` up to and including `end`, each with the code of why.

        Codes are `weekend`, a festival of `FESTIVALS`, or `day_off` for any other.
        """
        return tuple(
            (day, self._why_off(day))
            for day in _days_after(start, end)
            if not self.is_working_day(day)
        )

    def made_up(self, start: date, end: date) -> tuple[date, ...]:
        """Make-up days (weekends that are worked) after `start` up to and including `end`."""
        return tuple(
            day
            for day in _days_after(start, end)
            if self.weekends_off and day.weekday() >= SATURDAY and self.is_working_day(day)
        )

    def is_open(self, moment: datetime) -> bool:
        """Whether the office is open at `moment`; ValueError for a naive one."""
        opens, closes = next(
            span for span in self._sessions(self.local(moment).date()) if span[1] > moment
        )
        return opens <= moment < closes

    def local(self, moment: datetime) -> datetime:
        """`moment` in the calendar's zone; ValueError for a naive one."""
        if moment.tzinfo is None or moment.utcoffset() is None:
            raise ValueError("a time without an offset could mean several moments")
        return moment.astimezone(self.zone)

    def _why_off(self, day: date) -> str:
        ordinary = WEEKEND if day.weekday() >= SATURDAY else DAY_OFF
        return self.names.get(day, ordinary)

    def _sessions(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Spans of office hours from `day` on, without end, in UTC so that differences are real."""
        while True:
            if self.is_working_day(day):
                for opens, closes in self.office_hours:
                    yield (
                        _utc(datetime.combine(day, opens, self.zone)),
                        _utc(datetime.combine(day, closes, self.zone)),
                    )
            day += DAY


def china(
    years: Iterable[int],
    *,
    zone: ZoneInfo,
    office_hours: tuple[tuple[time, time], ...],
    published_through: int,
    days_off: Iterable[date] = (),
    working_days: Iterable[date] = (),
) -> WorkingCalendar:
    """The calendar of the People's Republic for `years`, with a district's own changes.

    Public holidays and make-up days come from the `holidays` library, which follows the yearly
    notice of the State Council; for a year without one it gives the statutory days and the likely
    rest days. `days_off` and `working_days` win over it; a day in both is a ValueError. One of
    `days_off` that prolongs a festival goes by its name. Other years than `years` know only weekends,
    so pass every year that will be asked about.
    """
    wanted, off, worked = frozenset(years), frozenset(days_off), frozenset(working_days)
    if both := off & worked:
        raise ValueError(f"both a day off and a working day: {sorted(map(str, both))}")
    # A make-up day in December belongs to the notice of the next year.
    table = country_holidays("CN", years=wanted | {year + 1 for year in wanted}, language="en_US")
    made_up = frozenset(day for day in table.weekend_workdays if day.year in wanted)
    rest = {day: name for day, name in table.items() if day.year in wanted and day not in made_up}
    free = dict.fromkeys(off, "") | {day: rest[day] for day in rest.keys() - worked}
    names = {day: _festival(day, free, (made_up | worked) - off) for day in free}
    return WorkingCalendar(
        zone=zone,
        office_hours=office_hours,
        holidays=(frozenset(rest) | off) - worked,
        working=(made_up | worked) - off,
        published_through=published_through,
        names=names,
    )


def _festival(day: date, rest: Mapping[date, str], made_up: frozenset[date]) -> str:
    """The code of a day off; one without a name of its own is of the festival it prolongs."""
    for step in (-DAY, DAY):
        near = day
        while near in rest or (near.weekday() >= SATURDAY and near not in made_up):
            for beginning, code in FESTIVALS:
                if rest.get(near, "").startswith(beginning):
                    return code
            near += step
    return DAY_OFF


def _days_after(start: date, end: date) -> Iterator[date]:
    for ahead in range(1, (end - start).days + 1):
        yield start + ahead * DAY


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def whole_minute(moment: datetime) -> datetime:
    """The beginning of the minute that `moment` lies in."""
    return moment.replace(second=0, microsecond=0)
