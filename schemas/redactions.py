"""Redactions of photos over the wire: what is hidden in what leaves staff."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.photos.boxes import BOX_KINDS, FOUND_BY, OTHER, Box
from app.photos.redacting import MOST_BOXES
from app.photos.redactions import NONE, STATES
from schemas.base import Base, ClientId, Id, Length, Moment, OneOf, Range, View

_MOST = 100_000


class RedactionBoxIn(Base):
    """A part of the picture to hide, in whole pixels of the view rendition, from its top left corner."""

    left = fields.Integer(strict=True, required=True, validate=Range(0, _MOST))
    top = fields.Integer(strict=True, required=True, validate=Range(0, _MOST))
    width = fields.Integer(strict=True, required=True, validate=Range(1, _MOST))
    height = fields.Integer(strict=True, required=True, validate=Range(1, _MOST))
    kind = fields.String(load_default=OTHER, validate=OneOf(BOX_KINDS))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Box:
        """As a value."""
        return Box(**data)


class RedactionIn(Base):
    """All boxes that are to be there, in place of those of the `version` that was looked at (0: none yet)."""

    client_id = ClientId(required=True)
    version = fields.Integer(strict=True, required=True, validate=Range(0, 1_000_000))
    boxes = fields.List(
        fields.Nested(RedactionBoxIn), required=True, validate=Length(max=MOST_BOXES)
    )


class RedactionCheckIn(Base):
    """The version of the boxes whose picture was looked at."""

    version = fields.Integer(strict=True, required=True, validate=Range(1, 1_000_000))


class RedactionBoxView(View):
    """A hidden part; `by` says whether the machine or a person drew it."""

    left = fields.Integer(required=True)
    top = fields.Integer(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    kind = fields.String(required=True, metadata={"enum": list(BOX_KINDS)})
    kind_name = fields.String(required=True)
    by = fields.String(required=True, metadata={"enum": list(FOUND_BY)})


class RedactionCheckView(View):
    """Who looked at the picture, and when."""

    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)


class RedactionView(View):
    """none, looking (the machine), detected (to be checked), checked; `releasable`: may leave staff.

    `boxes` are in pixels of a picture of `width` x `height`, which `view` shows as it is; `preview` shows it
    with the boxes of this `version` hidden, and is null until it is made.
    """

    photo_id = Id(required=True)
    state = fields.String(required=True, metadata={"enum": [NONE, *STATES]})
    state_name = fields.String(required=True)
    releasable = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    boxes = fields.List(fields.Nested(RedactionBoxView), required=True)
    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
    detector = fields.String(required=True, allow_none=True)
    problem = fields.String(required=True, allow_none=True)
    problem_text = fields.String(required=True, allow_none=True)
    view = fields.String(required=True, allow_none=True)
    preview = fields.String(required=True, allow_none=True)
    checked = fields.Nested(RedactionCheckView, required=True, allow_none=True)
