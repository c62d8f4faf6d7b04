"""Photos over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.foundation.geo import Position
from app.foundation.reasons import Reason
from app.photos.documents import EVIDENCE, PREVIEW, ROLES, VERDICTS
from app.photos.sharing import AUDIENCES, INSIDE
from schemas.base import Base, ClientId, Id, Moment, OneOf, Pattern, Range, ReasonView, Text, View


class ShotFields(Base):
    """What the phone says of a photo, however its bytes arrive.

    `replaces` is the client_id of a preview that this original takes the place of. `capture_token` is the
    last one handed out before the shot, `token_received_at` the phone's own clock when it got it.
    """

    client_id = ClientId(required=True)
    latitude = fields.Float(validate=Range(-90, 90), load_default=None)
    longitude = fields.Float(validate=Range(-180, 180), load_default=None)
    accuracy_m = fields.Float(validate=Range(0, 100_000), load_default=None)
    coord_type = fields.String(load_default="wgs84", validate=OneOf(("wgs84", "gcj02", "bd09")))
    heading = fields.Float(validate=Range(0, 360), load_default=None)
    taken_at = Moment(load_default=None)
    role = fields.String(load_default=EVIDENCE, validate=OneOf(ROLES))
    replaces = ClientId(load_default=None)
    device_id = Text(100, least=1, load_default=None)
    mock_location = fields.Boolean(load_default=None)
    capture_token = Text(300, least=1, load_default=None)
    token_received_at = Moment(load_default=None)

    @validates_schema(skip_on_field_errors=True)
    def fits_together(self, data: dict[str, Any], **_: Any) -> None:
        """Half a position is none; a preview replaces nothing."""
        if (data["latitude"] is None) != (data["longitude"] is None):
            missing = "latitude" if data["latitude"] is None else "longitude"
            raise ValidationError({missing: ["request.required"]})
        if data["replaces"] and data["role"] == PREVIEW:
            raise ValidationError({"replaces": [Reason("photo.preview_replaces")]})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The position as one value."""
        latitude, longitude = data.pop("latitude"), data.pop("longitude")
        datum, accuracy = data.pop("coord_type"), data.pop("accuracy_m")
        place = Position(latitude, longitude, datum, accuracy) if latitude is not None else None
        return {**data, "position": place}


class PhotoUpload(ShotFields):
    """One multipart form: the file, and what the phone says of it."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    sha256 = fields.String(validate=Pattern(r"^[0-9a-fA-F]{64}$"), load_default=None)

    @validates_schema(skip_on_field_errors=True)
    def is_a_file(self, data: dict[str, Any], **_: Any) -> None:
        """A text field of that name is no file."""
        if not hasattr(data["file"], "stream"):
            raise ValidationError({"file": [Reason("request.not_a_file")]})


class PhotoReceipt(View):
    """What was taken in."""

    id = Id(required=True)
    client_id = fields.String(required=True)
    state = fields.String(required=True)
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True)
    media_type = fields.String(required=True)
    role = fields.String(required=True)
    replaced_by = fields.String(allow_none=True)
    warnings = fields.List(fields.Nested(ReasonView), required=True)


class EvidenceView(View):
    """How far it can be believed."""

    grade = fields.String(required=True)
    reasons = fields.List(fields.Nested(ReasonView), required=True)


class PhotoPositions(View):
    """Who says where: side by side. Distances are metres."""

    device = fields.Dict(allow_none=True)
    exif = fields.Dict(allow_none=True)
    site = fields.Dict(allow_none=True)
    distance_to_site_m = fields.Float(allow_none=True)


class PhotoTimes(View):
    """Who says when: side by side. `device_corrected` is the phone's time without its clock's error.

    `exif` is the camera's clock, `exif_gps` the satellites', `arrived` the start of the visit.
    """

    device = Moment(allow_none=True)
    device_corrected = Moment(allow_none=True)
    exif = Moment(allow_none=True)
    exif_gps = Moment(allow_none=True)
    arrived = Moment(allow_none=True)
    received = Moment(required=True)


class RenditionLinks(View):
    """Signed links that work for some minutes; null until there is such a picture."""

    thumb = fields.String(allow_none=True)
    view = fields.String(allow_none=True)
    share = fields.String(allow_none=True)


class ShareIn(Base):
    """Whom the picture is for: what goes `outside` of staff shows no faces and no plates."""

    audience = fields.String(load_default=INSIDE, validate=OneOf(AUDIENCES))


class ShareView(View):
    """The picture with its caption: none, making, ready or failed, with the reason."""

    state = fields.String(required=True)
    audience = fields.String(allow_none=True)
    problem = fields.String(allow_none=True)
    problem_text = fields.String(allow_none=True)


class CopyView(View):
    """An earlier photo with the same file or the same look."""

    photo_id = fields.String(
        allow_none=True, metadata={"description": "null unless one may see it"}
    )
    day = fields.String(required=True)
    exact = fields.Boolean(required=True)
    mirrored = fields.Boolean(required=True)


class ReviewView(View):
    """What an inspector found."""

    verdict = fields.String(required=True)
    reason = fields.String(required=True)
    by = fields.String(required=True)
    at = Moment(required=True)


class HiddenView(View):
    """Why only the owner and inspectors see it: it was attached to the wrong thing."""

    reason = fields.String(required=True)
    by = fields.String(required=True)
    at = Moment(required=True)


class PhotoView(PhotoReceipt):
    """A photo whole."""

    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    short_code = fields.String(allow_none=True)
    problem = fields.String(allow_none=True)
    problem_text = fields.String(allow_none=True)
    evidence = fields.Nested(EvidenceView, required=True)
    position = fields.Nested(PhotoPositions, required=True)
    taken_at = fields.Nested(PhotoTimes, required=True)
    camera = fields.Dict(allow_none=True)
    renditions = fields.Nested(RenditionLinks, required=True)
    share = fields.Nested(ShareView, required=True)
    copies = fields.List(fields.Nested(CopyView), required=True)
    hidden = fields.Nested(HiddenView, allow_none=True)
    verdict = fields.String(allow_none=True)
    reviews = fields.List(fields.Nested(ReviewView), required=True)


class ReviewIn(Base):
    """An inspector's verdict; a rejection says why."""

    verdict = fields.String(required=True, validate=OneOf(VERDICTS))
    reason = Text(500, load_default="")

    @validates_schema(skip_on_field_errors=True)
    def rejected_with_a_reason(self, data: dict[str, Any], **_: Any) -> None:
        """Whoever took it must be able to do better."""
        if data["verdict"] == "rejected" and not data["reason"].strip():
            raise ValidationError({"reason": ["request.required"]})


class VerifyView(View):
    """What anybody who holds a shared picture may know: no names, no places below the district."""

    short_code = fields.String(required=True)
    grade = fields.String(required=True)
    grade_name = fields.String(required=True)
    verdict = fields.String(allow_none=True)
    day = fields.Date(required=True)
    district = fields.String(required=True)


class LinkQuery(Base):
    """The signature of a rendition link."""

    token = Text(400, least=1, required=True)
