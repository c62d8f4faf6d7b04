"""Firms within two years of production, over the wire."""

from __future__ import annotations

from marshmallow import fields

from app.projects.growth.tracker import SORTS
from schemas.base import Id, OneOf, PageQuery, Text, View


class GrowthQuery(PageQuery):
    """Which of them; with `late` also those whose time is over and who are not on target."""

    unit = Text(40, least=1, load_default=None)
    sort = fields.String(load_default="months_left", validate=OneOf(SORTS))
    late = fields.Boolean(load_default=False)


class HelpView(View):
    """What is to be done next: a code for programs, a text for people."""

    code = fields.String(required=True)
    text = fields.String(required=True)


class GrowthView(View):
    """A project (or a firm by itself: `kind`) since production. Money is 万元 as text.

    `month` counts from production, `months_left` to the deadline to be on target. `sales_percent` and
    `tax_percent` are the trailing twelve months against the promise, of the part of a year that is over.
    """

    kind = fields.String(required=True)
    id = Id(required=True)
    name = fields.String(required=True)
    enterprise_id = Id(attribute="enterprise", allow_none=True)
    enterprise_name = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    production_on = fields.String(attribute="grown.production_on", required=True)
    month = fields.Integer(required=True)
    months_left = fields.Integer(required=True)
    on_target_on = fields.String(attribute="grown.on_target_on", allow_none=True)
    promised_sales = fields.String(attribute="grown.promised_sales", allow_none=True)
    promised_tax = fields.String(attribute="grown.promised_tax", allow_none=True)
    sales12 = fields.String(attribute="grown.sales12", allow_none=True)
    tax12 = fields.String(attribute="grown.tax12", allow_none=True)
    last_month = fields.String(attribute="grown.last_month", allow_none=True)
    sales_percent = fields.String(allow_none=True)
    tax_percent = fields.String(allow_none=True)
    next = fields.List(fields.Nested(HelpView), required=True)
