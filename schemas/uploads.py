"""Resumable uploads over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from app.photos.uploads import MOST_BYTES
from schemas.base import Base, Id, Length, Moment, Pattern, Range, View
from schemas.photos import PhotoReceipt, ShotFields

SHA256 = r"^[0-9a-fA-F]{64}$"
MEDIA_TYPE = r"^[A-Za-z0-9][A-Za-z0-9.+-]{0,60}/[A-Za-z0-9][A-Za-z0-9.+-]{0,60}$"

# For the OpenAPI description: what the body of a PUT is.
OCTETS: dict[str, Any] = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


class UploadBegin(ShotFields):
    """What will be sent, and what the phone says of the photo. `size` is bytes, `sha256` of them all."""

    size = fields.Integer(
        required=True, strict=True, validate=Range(min=1), metadata={"maximum": MOST_BYTES}
    )
    sha256 = fields.String(required=True, validate=Pattern(SHA256))
    media_type = fields.String(required=True, validate=Pattern(MEDIA_TYPE))


class OffsetQuery(Base):
    """How many bytes the server has already."""

    offset = fields.Integer(required=True, validate=Range(0, MOST_BYTES))


class UploadView(View):
    """Where an upload stands: the next byte to send is at `offset`; `photo` once it is done."""

    id = Id(required=True)
    client_id = fields.String(required=True)
    offset = fields.Integer(required=True)
    size = fields.Integer(required=True)
    expires_at = Moment(required=True)
    photo = fields.Nested(PhotoReceipt, allow_none=True)


class PhotoCheck(Base):
    """Hashes of photos that a phone is about to send."""

    sha256 = fields.List(
        fields.String(validate=Pattern(SHA256)), required=True, validate=Length(1, 200)
    )


class KnownPhoto(View):
    """A photo whose bytes need not be sent; `photo_id` is one's own photo of it, null if there is none."""

    sha256 = fields.String(required=True)
    photo_id = fields.String(allow_none=True)


class PhotoCheckView(View):
    """Each hash once, in lower case."""

    known = fields.List(fields.Nested(KnownPhoto), required=True)
    missing = fields.List(fields.String(), required=True)
