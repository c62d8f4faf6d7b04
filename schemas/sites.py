"""Sites of enterprises over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.enterprises.sites import Said
from app.foundation.reasons import Reason
from schemas.base import (
    Base,
    ClientId,
    Id,
    Moment,
    PageQuery,
    Pattern,
    PositionIn,
    PositionView,
    Range,
    Text,
    View,
)
from schemas.intake import PHONE


class SiteContactIn(Base):
    """Whom to ask there: a person who speaks for the enterprise here, or somebody by name."""

    person_id = Id(load_default=None, allow_none=True)
    name = Text(50, least=1, load_default=None, allow_none=True)
    phone = fields.String(load_default=None, allow_none=True, validate=Pattern(PHONE))

    @validates_schema(skip_on_field_errors=True)
    def one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        """Raises ValidationError for a person with other particulars, and for nobody."""
        if data["person_id"] and (data["name"] or data["phone"]):
            raise ValidationError({"person_id": [Reason("site.contact_twice")]})
        if not (data["person_id"] or data["name"]):
            raise ValidationError({"name": ["request.required"]})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """What was said of them, and no more."""
        return {name: value for name, value in data.items() if value is not None}


class SiteContent(Base):
    """A site as a whole. Without a `unit` it is the one whose area the position lies in."""

    name = Text(100, least=1, required=True)
    unit = Text(40, least=1, load_default=None, allow_none=True)
    position = fields.Nested(PositionIn, required=True)
    radius_m = fields.Integer(load_default=500, strict=True, validate=Range(1, 20_000))
    address = Text(300, load_default="")
    contact = fields.Nested(SiteContactIn, load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """What was said, as a value."""
        return Said(**data)


class SiteIn(SiteContent):
    """A new site."""

    client_id = ClientId(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """What was said as a value, beside the client_id."""
        client_id = data.pop("client_id")
        return {"client_id": client_id, "said": Said(**data)}


class SitesQuery(PageQuery):
    """Which sites of an enterprise; with `closed` those that are no more, too."""

    closed = fields.Boolean(load_default=False)


class SiteContactView(View):
    """Whom to ask; the phone for those who may ring them up."""

    person_id = fields.String(allow_none=True)
    name = fields.String(required=True)
    phone = fields.String(allow_none=True)


class EnterpriseSiteView(View):
    """A site of an enterprise; `active` off is closed."""

    id = Id(required=True)
    client_id = fields.String(required=True)
    enterprise_id = Id(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    position = fields.Nested(PositionView, required=True)
    radius_m = fields.Integer(required=True)
    address = fields.String(required=True)
    contact = fields.Nested(SiteContactView, allow_none=True)
    active = fields.Boolean(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
