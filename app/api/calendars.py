"""The working calendar: looked at by everybody, stated by admins."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.conditions import require_match
from app.api.operation import Blueprint
from app.calendars import actions, registry
from app.calendars.registry import Special, Year
from app.foundation import clock
from app.foundation.reasons import Reason
from app.people.access import require
from schemas.calendars import CalendarView, YearStated

blueprint = Blueprint("calendars", __name__, description="工作日历")


def _whole(year: Year) -> dict[str, Any]:
    calendar = registry.current()
    return {
        "year": year.year,
        "published": year.published,
        "provisional": calendar.is_provisional(date(year.year, 12, 31)),
        "office_hours": [{"opens": a, "closes": b} for a, b in calendar.office_hours],
        "days_off": year.days_off,
        "working_days": year.working_days,
        "reason": year.reason,
        "changed_at": year.changed_at,
        "days": [_day(each) for each in registry.specials(calendar, year.year)],
    }


def _day(day: Special) -> dict[str, Any]:
    [why] = views.reasons([Reason(f"calendar.day.{day.code}")])
    return {"date": day.date, "works": day.works, "why": why}


@blueprint.route("/calendar/<int:year>")
class CalendarYear(MethodView):
    @blueprint.operation(shows=CalendarView, also=(404,))
    def get(self, year: int) -> dict[str, Any]:
        """A year: whether it is published, office hours, days off and make-up days with their reasons."""
        return _whole(registry.year_of(year))

    @blueprint.operation(body=YearStated, shows=CalendarView, whole=True, also=(404,))
    def put(self, body: actions.Stated, year: int) -> dict[str, Any]:
        """State a year as a whole; promises into it are recomputed. The same again answers 200."""
        require(auth.me(), "calendar.change")
        found = registry.year_of(year)
        if not actions.is_replay(found, body):
            require_match(CalendarView, _whole(found))
            found = actions.change_year(auth.me(), year, body, found.version, clock.now())
        return _whole(found)
