"""When things happened in the demo: in office hours of working days, each after the last, none to come."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from app.sla.calendar import WorkingCalendar

DAY_MINUTES = 420
LEAST_PAST = timedelta(minutes=15)
# What is left until now stays open, so that a next step always fits in.
MOST_OF_REST = 0.6

Chance = random.Random


def chance(key: str) -> Chance:
    """Chance that falls the same way for the same key."""
    return random.Random(key)  # noqa: S311 - plausible times, not secrets


def opening_moment(
    calendar: WorkingCalendar, now: datetime, days_ago: int, luck: Chance
) -> datetime:
    """A moment of office hours `days_ago` days before `now`, or on a working day next to that.

    It lies at least a quarter of an hour back.
    """
    latest = now - LEAST_PAST
    day = calendar.local(now).date() - timedelta(days=days_ago)
    if not calendar.is_working_day(day):
        # Not all of a weekend may fall on its Friday.
        day = calendar.add_working_days(day, luck.choice((-1, 1)))
    while True:
        opens = datetime.combine(day, calendar.office_hours[0][0], calendar.zone)
        minutes = calendar.working_minutes(opens, min(calendar.closing(day), latest))
        if minutes > 0:
            start = calendar.add_working_minutes(opens, luck.randrange(minutes))
            return start + timedelta(seconds=luck.randrange(60))
        day = calendar.add_working_days(day, -1)


class Diary:
    """The moments of one matter: `at` is the last one written, and goes forward only."""

    def __init__(self, calendar: WorkingCalendar, start: datetime, now: datetime) -> None:
        self.at, self.now = start, now
        self._calendar = calendar

    def moments_later(self, seconds: int) -> datetime:
        """Some seconds later, as machines are."""
        self.at = min(self.at + timedelta(seconds=seconds), self.now)
        return self.at

    def not_before(self, moment: datetime) -> datetime:
        """On to that moment, if it is ahead."""
        self.at = max(self.at, moment)
        return self.at

    def later(self, minutes: float) -> datetime:
        """Some minutes of office hours later, or sooner when there is not so much time before now."""
        return self._forward(min(minutes, self._rest() * MOST_OF_REST))

    def before_now(self, minutes: float) -> datetime:
        """That many minutes of office hours before now, or sooner when that is past."""
        rest = self._rest()
        return self._forward(max(rest - minutes, rest / 2))

    def towards(self, start: datetime, end: datetime, share: float) -> datetime:
        """When that share of the office hours from `start` to `end` has passed, if that is ahead."""
        target = self._calendar.working_minutes(start, end) * share
        passed = self._calendar.working_minutes(start, self.at)
        return self.later(max(target - passed, 20))

    def _rest(self) -> int:
        return self._calendar.working_minutes(self.at, self.now)

    def _forward(self, minutes: float) -> datetime:
        if minutes >= 1:
            self.at = self._calendar.add_working_minutes(self.at, int(minutes))
        return self.at
