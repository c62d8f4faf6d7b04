"""A commissioner's day, and figures of visits, over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.foundation.geo import Position
from schemas.base import Base, Id, Moment, OneOf, Pattern, Range, ReasonView, Text, View
from schemas.registers import SiteView
from schemas.reports import MONTH

YEARS = range(2000, 2101)


class RoundQuery(Base):
    """Which day (today), where one is, and of enterprises with which tag, if not of all that one serves."""

    date = fields.Date(load_default=None)
    tag = Text(40, least=1)
    latitude = fields.Float(validate=Range(-90, 90))
    longitude = fields.Float(validate=Range(-180, 180))
    coord_type = fields.String(load_default="wgs84", validate=OneOf(("wgs84", "gcj02", "bd09")))

    @validates_schema(skip_on_field_errors=True)
    def both(self, data: dict[str, Any], **_: Any) -> None:
        """Raises ValidationError for half a position, and for a day out of all bounds."""
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if one in data and other not in data:
                raise ValidationError({other: ["request.required"]})
        if data["date"] is not None and data["date"].year not in YEARS:
            raise ValidationError({"date": ["request.invalid_value"]})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{day, position, tag}."""
        coord_type, tag = data.pop("coord_type"), data.pop("tag", None)
        day = data.pop("date")
        position = Position(**data, coord_type=coord_type) if data else None
        return {"day": day, "position": position, "tag": tag}


class StopView(View):
    """A place of the round, with why. `n` is its place on the way, `rank` how pressing it is, 1 first.

    Metres: `distance_m` from where one is, `leg_m` from the stop before. `for_whom` is the absent person
    who serves it.
    """

    n = fields.Integer(required=True)
    rank = fields.Integer(required=True)
    kind = fields.String(required=True, metadata={"enum": ["enterprise", "project"]})
    id = Id(required=True)
    name = fields.String(required=True)
    enterprise_id = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    site = fields.Nested(SiteView, allow_none=True)
    for_whom = fields.String(allow_none=True)
    startup = fields.Boolean(required=True)
    open_issues = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    awaiting = fields.Integer(required=True)
    red = fields.Integer(required=True)
    yellow = fields.Integer(required=True)
    last_visit_at = Moment(allow_none=True)
    days_since = fields.Integer(allow_none=True)
    quota = fields.Integer(required=True)
    visits_this_month = fields.Integer(required=True)
    quota_missing = fields.Integer(required=True)
    distance_m = fields.Float(allow_none=True)
    leg_m = fields.Float(allow_none=True)
    reasons = fields.List(fields.Nested(ReasonView), required=True)


class RoundView(View):
    """The stops in the order of the way; `served` places in all, `visited` of them on this day already."""

    date = fields.Date(required=True)
    items = fields.List(fields.Nested(StopView), required=True)
    served = fields.Integer(required=True)
    visited = fields.Integer(required=True)
    length_m = fields.Float(required=True)


class VisitFiguresQuery(Base):
    """Which local month (the present one), whose, where."""

    month = fields.String(validate=Pattern(MONTH), metadata={"pattern": f"^{MONTH}$"})
    commissioner = Id(load_default=None)
    unit = Text(40, least=1, load_default=None)


class QuotaView(View):
    """An enterprise and its visits of the month, by anybody."""

    enterprise_id = Id(required=True)
    enterprise = fields.String(required=True)
    unit = fields.String(allow_none=True)
    quota = fields.Integer(required=True)
    visits = fields.Integer(required=True)
    missing = fields.Integer(required=True)


class VisitShare(View):
    """What was, out of what could have been; no rate of nothing."""

    numerator = fields.Integer(required=True)
    denominator = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True)


class CommissionerFigures(View):
    """What one commissioner did in a month. `quotas` are of the enterprises they serve at its end."""

    person_id = Id(required=True)
    person = fields.String(required=True)
    visits = fields.Integer(required=True)
    firms = fields.Integer(required=True)
    issues = fields.Integer(required=True)
    photos_verified = fields.Nested(VisitShare, required=True)
    quotas_met = fields.Nested(VisitShare, required=True)
    quotas = fields.List(fields.Nested(QuotaView), required=True)


class VisitFiguresView(View):
    """The figures of a month, by name of the commissioner."""

    month = fields.String(required=True)
    items = fields.List(fields.Nested(CommissionerFigures), required=True)
