"""Issues that may be about the same, over the wire."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import Base, Id, Moment, View


class SimilarView(View):
    """An open issue that may be about the same.

    `score` says how likely, 0 to 1: by `likeness` of the texts (0 to 1), lifted by the same firm or a near
    place, the same category and how recent it is. Distances are metres. `may_follow`: the caller may follow
    it instead.
    """

    id = Id(required=True)
    number = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    excerpt = fields.String(required=True)
    created_at = Moment(required=True)
    score = fields.Float(required=True)
    likeness = fields.Float(required=True)
    distance_m = fields.Float(allow_none=True)
    days_ago = fields.Integer(required=True)
    same_enterprise = fields.Boolean(required=True)
    same_category = fields.Boolean(required=True)
    may_follow = fields.Boolean(required=True)


class SimilarList(View):
    """The likeliest first; `nearby` counts further ones that the caller may not see."""

    items = fields.List(fields.Nested(SimilarView), required=True)
    nearby = fields.Integer(required=True)


class FollowInsteadIn(Base):
    """Which issue is followed instead."""

    issue_id = Id(required=True)
