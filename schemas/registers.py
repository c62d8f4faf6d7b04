"""Units, categories, enterprises and projects over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.enterprises import register as enterprises
from app.projects import register as projects
from app.projects.documents import COURSES, LEVELS, SIZES, STAGES
from schemas.base import (
    Base,
    ClientId,
    Id,
    Length,
    OneOf,
    PageQuery,
    Pattern,
    PositionIn,
    Text,
    View,
)
from schemas.intake import PHONE
from schemas.ledger import content_of

SIZE_CLASSES = tuple(code for code, _ in SIZES)
_APART = ("site",)
"""Of the fields of a register what comes in as an object of its own."""


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


class EnterpriseContact(Base):
    """Somebody of a firm who is not here themselves."""

    name = Text(50, least=1, required=True)
    phone = fields.String(load_default=None, allow_none=True, validate=Pattern(PHONE))
    title = Text(50, load_default="")


def _content(data: dict[str, Any], *own: str) -> dict[str, Any]:
    """The fields of the register as one mapping, beside what is the operation's own."""
    apart = {name: data.pop(name, None) for name in own}
    position = data.pop("site", None)
    if position is not None:
        latitude, longitude = position.wgs84()
        data["site"] = f"{longitude},{latitude}"
    return {**apart, "row": data}


class EnterpriseContent(content_of(enterprises.REGISTER, "_Enterprise", without=_APART)):  # type: ignore[misc]
    """An enterprise as a whole; what is left out is empty. Land is mu."""

    site = fields.Nested(PositionIn, load_default=None, allow_none=True)
    contacts = fields.List(
        fields.Nested(EnterpriseContact), load_default=list, validate=Length(max=20)
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{row, contacts}."""
        return _content(data, "contacts")


class EnterpriseIn(EnterpriseContent):
    """A new enterprise."""

    client_id = ClientId(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{row, contacts, client_id}."""
        return _content(data, "contacts", "client_id")


class EnterpriseView(View):
    """An enterprise."""

    id = Id(required=True)
    credit_code = fields.String(allow_none=True)
    name = fields.String(required=True)
    unit = fields.String(allow_none=True)
    industry = fields.String(required=True)
    sector = fields.String(required=True)
    address = fields.String(required=True)
    site = fields.Nested(SiteView, allow_none=True)
    land_owned_mu = fields.String(allow_none=True)
    land_leased_mu = fields.String(allow_none=True)
    founded_on = fields.String(allow_none=True)
    production_on = fields.String(allow_none=True)
    growth_class = fields.String(allow_none=True)
    tags = fields.List(fields.String(), required=True)
    contacts = fields.List(fields.Dict(), required=True)
    commissioner_id = fields.String(allow_none=True)
    platform_id = fields.String(allow_none=True)
    provisional = fields.Boolean(required=True)
    synthetic = fields.Boolean(required=True)


class EnterpriseComplete(Base):
    """What the business register says of a firm that was only named so far."""

    credit_code = Text(30, least=18, required=True)
    unit = Text(40, least=1, required=True)
    name = Text(200, least=1, load_default=None)
    industry = Text(100, load_default="")
    address = Text(300, load_default="")


class ProjectContent(content_of(projects.REGISTER, "_Project", without=_APART)):  # type: ignore[misc]
    """A project as a whole; what is left out is empty. Money is 万元, land mu.

    `enterprise` is a credit code, a name or an id; `area` a GeoJSON polygon in WGS-84.
    """

    site = fields.Nested(PositionIn, load_default=None, allow_none=True)
    area = fields.Dict(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{row, area}."""
        return _content(data, "area")


class ProjectIn(ProjectContent):
    """A new project."""

    client_id = ClientId(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{row, area, client_id}."""
        return _content(data, "area", "client_id")


class ProjectView(View):
    """A project. `unit` is the one that it is accounted to."""

    id = Id(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    enterprise_id = fields.String(allow_none=True)
    unit = fields.String(required=True)
    territorial_unit = fields.String(allow_none=True)
    tax_unit = fields.String(allow_none=True)
    industry = fields.String(required=True)
    stage = fields.String(required=True)
    course = fields.String(required=True)
    level = fields.String(required=True)
    kind = fields.String(required=True)
    size_class = fields.String(allow_none=True)
    investment = fields.String(allow_none=True)
    equipment_investment = fields.String(allow_none=True)
    land_mu = fields.String(allow_none=True)
    promised_sales = fields.String(allow_none=True)
    promised_tax = fields.String(allow_none=True)
    promised_jobs = fields.Integer(allow_none=True)
    funding = fields.List(fields.String(), required=True)
    pools = fields.List(fields.String(), required=True)
    mechanism_531 = fields.List(fields.String(), required=True)
    site = fields.Nested(SiteView, allow_none=True)
    site_radius_m = fields.Integer(required=True)
    area = fields.Dict(allow_none=True)
    commissioner_id = fields.String(allow_none=True)
    leader_id = fields.String(allow_none=True)
    platform_id = fields.String(allow_none=True)
    synthetic = fields.Boolean(required=True)


class EnterpriseQuery(RegisterQuery):
    """Which enterprises; `tag` is a code of the dictionary of tags."""

    tag = Text(40, least=1)


class ProjectQuery(RegisterQuery):
    """Which projects; `gate` is one that they stand at, `mechanism_531` a code of its dictionary."""

    enterprise_id = Id()
    stage = fields.String(validate=OneOf(STAGES))
    course = fields.String(validate=OneOf(COURSES))
    level = fields.String(validate=OneOf(LEVELS))
    industry = Text(60, least=1)
    size_class = fields.String(validate=OneOf(SIZE_CLASSES))
    mechanism_531 = Text(60, least=1)
    gate = Text(40, least=1)
    served = fields.Boolean()


class GateCountView(View):
    """How many projects stand at a gate; opens to `/projects?gate=`."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    projects = fields.Integer(required=True)


class GatesOfWordingView(View):
    """The gates of one wording, in order."""

    code = fields.String(required=True)
    gates = fields.List(fields.Nested(GateCountView), required=True)


class GatesView(View):
    """The projects one may see, by the gate that they stand at, in each wording; the last one is in use."""

    wordings = fields.List(fields.Nested(GatesOfWordingView), required=True)


class HealthCheck(View):
    """One thing looked at."""

    name = fields.String(required=True)
    ok = fields.Boolean(required=True)
    detail = fields.String(required=True)


class HealthView(View):
    """Whether the service can do its work."""

    status = fields.String(required=True)
    checks = fields.List(fields.Nested(HealthCheck), required=True)
