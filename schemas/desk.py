"""What the dispatcher's desk does with issues, over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.issues.desk.correcting import Correction
from app.issues.desk.splitting import Part
from schemas.base import Base, ClientId, Id, Length, PositionIn, Text
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


class RestrictIn(ReasonIn):
    """Why it is restricted (a code of the rulebook), and the departments that it complains of."""

    restriction = Text(40, least=1, required=True)
    department_ids = fields.List(Id(), load_default=list, validate=Length(max=20))


class LinkIn(ReasonIn):
    """Which issue is answered for all of the same cause."""

    master_id = Id(required=True)
