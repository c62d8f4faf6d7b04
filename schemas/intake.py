"""What comes with an issue: whose word it is, what is still on its way, and photos in pairs."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import Base, Id, Pattern, Text, View

PHONE = r"[0-9+()\- ]{3,30}"


class PersonIn(Base):
    """Somebody by name, and how to reach them."""

    name = Text(50, least=1, required=True)
    phone = fields.String(load_default=None, validate=Pattern(PHONE))


class PairIn(Base):
    """A photo of the answer, and the photo of the issue that it answers."""

    before_photo_id = Id(required=True)
    after_photo_id = Id(required=True)


class AwaitedView(View):
    """What was named and is not here yet."""

    count = fields.Integer(required=True)
    client_ids = fields.List(fields.String(), required=True)
    visit_client_id = fields.String(allow_none=True)


class PersonLine(View):
    """Somebody by name; `phone` only for those who handle the issue."""

    name = fields.String(required=True)
    phone = fields.String(allow_none=True)


class PairView(View):
    """As found and as left. How far apart the two were taken, and how far the camera had turned."""

    before = fields.String(required=True)
    after = fields.String(required=True)
    distance_m = fields.Float(allow_none=True)
    heading_difference_deg = fields.Float(allow_none=True)
