"""The working calendar over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.calendars.actions import Stated
from schemas.base import Base, Length, Moment, ReasonView, Text, View

MOST_DAYS = 366


def _days() -> fields.List[Any]:
    return fields.List(fields.Date(), required=True, validate=Length(max=MOST_DAYS))


class YearStated(Base):
    """A year as a whole: is its national notice out, and which days win over those the service knows."""

    published = fields.Boolean(required=True)
    days_off = _days()
    working_days = _days()
    reason = Text(500, least=1, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Stated:
        """What was said, as a value."""
        return Stated(
            data["published"], tuple(data["days_off"]), tuple(data["working_days"]), data["reason"]
        )


class OfficeHours(View):
    """A span of a working day, in local time."""

    opens = fields.Time(required=True, format="%H:%M")
    closes = fields.Time(required=True, format="%H:%M")


class SpecialDay(View):
    """A day off (weekends too), or one that is worked though it is a weekend or holiday."""

    date = fields.Date(required=True)
    works = fields.Boolean(required=True)
    why = fields.Nested(ReasonView, required=True)


class CalendarView(View):
    """A year. `days_off` and `working_days` are what was stated over `days`, where all of it shows.

    `provisional`: this year, or one before it, is not published, so times in it may still move.
    """

    year = fields.Integer(required=True)
    published = fields.Boolean(required=True)
    provisional = fields.Boolean(required=True)
    office_hours = fields.List(fields.Nested(OfficeHours), required=True)
    days_off = fields.List(fields.Date(), required=True)
    working_days = fields.List(fields.Date(), required=True)
    reason = fields.String(allow_none=True)
    changed_at = Moment(allow_none=True)
    days = fields.List(fields.Nested(SpecialDay), required=True)
