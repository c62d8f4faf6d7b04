"""Units, categories, enterprises and projects over the wire."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import Base, Id, PageQuery, Text, View


class UnitView(View):
    """A town, sub-district or park."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)


class CategoryView(View):
    """What an issue can be about, who leads it and what is promised, in working days."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    owner = fields.String(required=True)
    reply_wd = fields.Integer(required=True)
    resolve_wd = fields.Integer(required=True)


class RegisterQuery(PageQuery):
    """Which entries; `q` finds names and codes."""

    q = Text(100, least=1)
    unit = Text(40, least=1)


class SiteView(View):
    """A place in WGS-84 degrees."""

    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)


class EnterpriseView(View):
    """An enterprise."""

    id = Id(required=True)
    credit_code = fields.String(allow_none=True)
    name = fields.String(required=True)
    unit = fields.String(allow_none=True)
    industry = fields.String(required=True)
    address = fields.String(required=True)
    site = fields.Nested(SiteView, allow_none=True)
    tags = fields.List(fields.String(), required=True)
    provisional = fields.Boolean(required=True)
    synthetic = fields.Boolean(required=True)


class EnterpriseComplete(Base):
    """What the business register says of a firm that was only named so far."""

    credit_code = Text(30, least=18, required=True)
    unit = Text(40, least=1, required=True)
    name = Text(200, least=1, load_default=None)
    industry = Text(100, load_default="")
    address = Text(300, load_default="")


class ProjectView(View):
    """A project."""

    id = Id(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    enterprise_id = fields.String(allow_none=True)
    unit = fields.String(required=True)
    stage = fields.String(required=True)
    level = fields.String(required=True)
    kind = fields.String(required=True)
    site = fields.Nested(SiteView, allow_none=True)
    site_radius_m = fields.Integer(required=True)
    synthetic = fields.Boolean(required=True)


class ProjectQuery(RegisterQuery):
    """Which projects."""

    enterprise_id = Id()


class HealthCheck(View):
    """One thing looked at."""

    name = fields.String(required=True)
    ok = fields.Boolean(required=True)
    detail = fields.String(required=True)


class HealthView(View):
    """Whether the service can do its work."""

    status = fields.String(required=True)
    checks = fields.List(fields.Nested(HealthCheck), required=True)
