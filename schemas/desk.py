"""What the dispatcher's desk does with issues, over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.issues.desk.correcting import Correction
from app.issues.desk.splitting import Part
from schemas.base import Base, ClientId, Id, Length, Moment, PositionIn, Text, View
from schemas.tickets import ReasonIn


class PartIn(Base):
    """One demand of a talk."""

    text = Text(5000, least=1, required=True)
    category = Text(40, least=1, load_default=None)
    client_id = ClientId(load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Part:
        """The part as a value."""
        return Part(**data)


class SplitIn(ReasonIn):
    """The demands of one talk: the issue itself is about the first, each other becomes an issue."""

    parts = fields.List(fields.Nested(PartIn), required=True, validate=Length(2, 10))


class CorrectIn(ReasonIn):
    """What is right. Enterprise and project go together: one that is left out is none."""

    enterprise_id = Id(load_default=None)
    project_id = Id(load_default=None)
    position = fields.Nested(PositionIn, load_default=None)
    remove_photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))
    restore_photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Correction:
        """The correction as a value."""
        return Correction(**data)


class MergeIn(ReasonIn):
    """Which issue goes on."""

    into_id = Id(required=True)


class LinkIn(ReasonIn):
    """Which issue is answered for all of the same cause."""

    master_id = Id(required=True)


class SimilarView(View):
    """An open issue that may be about the same; `likeness` is 0 to 1, distances are metres."""

    id = Id(required=True)
    number = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    excerpt = fields.String(required=True)
    created_at = Moment(required=True)
    distance_m = fields.Float(allow_none=True)
    same_enterprise = fields.Boolean(required=True)
    likeness = fields.Float(required=True)


class SimilarList(View):
    """The likeliest first; `nearby` counts further ones that the caller may not see."""

    items = fields.List(fields.Nested(SimilarView), required=True)
    nearby = fields.Integer(required=True)
