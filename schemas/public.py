"""What everybody may see, over the wire. A null number is withheld: of fewer than `k`, or to protect one."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import Moment, OneOf, View


class PublicItemView(View):
    """One value of a table."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    value = fields.Integer(required=True, allow_none=True)


class PublicTableView(View):
    """Counts told apart. `total` is null of months, and where nothing of a table is told."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    text = fields.String(required=True)
    as_of = Moment(required=True)
    total = fields.Integer(required=True, allow_none=True)
    items = fields.List(fields.Nested(PublicItemView), required=True)


class PublicRateView(View):
    """A share in whole %."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    text = fields.String(required=True)
    as_of = Moment(required=True)
    percent = fields.Integer(required=True, allow_none=True)


class PublicFiguresView(View):
    """All figures for everybody, taken at `as_of`, anew every `every_seconds`."""

    title = fields.String(required=True)
    as_of = Moment(required=True)
    every_seconds = fields.Integer(required=True)
    k = fields.Integer(required=True)
    tables = fields.List(fields.Nested(PublicTableView), required=True)
    rates = fields.List(fields.Nested(PublicRateView), required=True)
    notes = fields.List(fields.String(), required=True)


class PublicUnitView(View):
    """A unit's figures."""

    unit = fields.String(required=True)
    name = fields.String(required=True)
    issues = fields.Integer(required=True, allow_none=True)
    projects = fields.Integer(required=True, allow_none=True)


class PublicFeatureView(View):
    """A unit without a shape: no boundary or base layer is approved for publication."""

    type = fields.String(required=True, validate=OneOf(("Feature",)))
    geometry = fields.Raw(required=True, metadata={"type": "null"})
    properties = fields.Nested(PublicUnitView, required=True)


class PublicMapView(View):
    """A FeatureCollection (RFC 7946) of units."""

    type = fields.String(required=True, validate=OneOf(("FeatureCollection",)))
    as_of = Moment(required=True)
    features = fields.List(fields.Nested(PublicFeatureView), required=True)
