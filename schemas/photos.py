"""Photos over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.foundation.geo import Position
from app.foundation.reasons import Reason
from schemas.base import Base, ClientId, Id, Moment, OneOf, Pattern, Range, ReasonView, Text, View


class PhotoUpload(Base):
    """One multipart form: the file, and what the phone says of it."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    client_id = ClientId(required=True)
    latitude = fields.Float(validate=Range(-90, 90), load_default=None)
    longitude = fields.Float(validate=Range(-180, 180), load_default=None)
    accuracy_m = fields.Float(validate=Range(0, 100_000), load_default=None)
    coord_type = fields.String(load_default="wgs84", validate=OneOf(("wgs84", "gcj02", "bd09")))
    taken_at = Moment(load_default=None)
    sha256 = fields.String(validate=Pattern(r"^[0-9a-fA-F]{64}$"), load_default=None)

    @validates_schema(skip_on_field_errors=True)
    def both_or_none(self, data: dict[str, Any], **_: Any) -> None:
        """Half a position is none."""
        if (data["latitude"] is None) != (data["longitude"] is None):
            missing = "latitude" if data["latitude"] is None else "longitude"
            raise ValidationError({missing: ["request.required"]})
        if not hasattr(data["file"], "stream"):
            raise ValidationError({"file": [Reason("request.not_a_file")]})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The position as one value."""
        latitude, longitude = data.pop("latitude"), data.pop("longitude")
        datum, accuracy = data.pop("coord_type"), data.pop("accuracy_m")
        place = Position(latitude, longitude, datum, accuracy) if latitude is not None else None
        return {**data, "position": place}


class PhotoReceipt(View):
    """What was taken in."""

    id = Id(required=True)
    client_id = fields.String(required=True)
    state = fields.String(required=True)
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True)
    media_type = fields.String(required=True)


class EvidenceView(View):
    """How far it can be believed."""

    grade = fields.String(required=True)
    reasons = fields.List(fields.Nested(ReasonView), required=True)


class PhotoPositions(View):
    """Who says where: side by side."""

    device = fields.Dict(allow_none=True)
    exif = fields.Dict(allow_none=True)
    distance_to_site_m = fields.Float(allow_none=True)


class PhotoTimes(View):
    """Who says when: side by side."""

    device = Moment(allow_none=True)
    exif = Moment(allow_none=True)
    received = Moment(required=True)


class RenditionLinks(View):
    """Signed links that work for some minutes; null until the photo is ready."""

    thumb = fields.String(allow_none=True)
    view = fields.String(allow_none=True)


class PhotoView(PhotoReceipt):
    """A photo whole."""

    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    problem = fields.String(allow_none=True)
    evidence = fields.Nested(EvidenceView, required=True)
    position = fields.Nested(PhotoPositions, required=True)
    taken_at = fields.Nested(PhotoTimes, required=True)
    renditions = fields.Nested(RenditionLinks, required=True)
    warnings = fields.List(fields.Nested(ReasonView), required=True)


class LinkQuery(Base):
    """The signature of a rendition link."""

    token = Text(400, least=1, required=True)
