"""Issues of several enterprises about one cause, over the wire."""

from __future__ import annotations

from marshmallow import fields

from app.issues.desk.clusters import STATES
from schemas.base import Base, Id, Length, Moment, OneOf, PageQuery, View


class ClusterQuery(PageQuery):
    """Which clusters."""

    state = fields.String(load_default=None, validate=OneOf(STATES))


class ClusterAcceptIn(Base):
    """Which issue is answered for all, and which are linked to it."""

    master_id = Id(required=True)
    issue_ids = fields.List(Id(), required=True, validate=Length(1, 1000))


class PointView(View):
    """Degrees of WGS-84."""

    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)


class ClusterSettledView(View):
    """Who settled it, when and why."""

    by = fields.String(required=True)
    role = fields.String(required=True)
    reason = fields.String(required=True)
    at = Moment(required=True)


class ClusterLineView(View):
    """A cluster in a list: `enterprises` of them say `what`, in their words."""

    id = Id(required=True)
    title = fields.String(required=True)
    what = fields.String(required=True)
    enterprises = fields.Integer(required=True)
    issue_ids = fields.List(fields.String(), required=True)
    category = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    position = fields.Nested(PointView, allow_none=True)
    master_id = Id(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    settled = fields.Nested(ClusterSettledView, allow_none=True)
    found_at = Moment(required=True)
    updated_at = Moment(required=True)
    actions = fields.List(fields.String(), required=True)


class ClusterIssueView(View):
    """An issue of a cluster."""

    id = Id(required=True)
    number = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    excerpt = fields.String(required=True)
    category = fields.String(allow_none=True)
    enterprise_id = fields.String(allow_none=True)
    enterprise = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    photos = fields.Integer(required=True)
    master_id = fields.String(allow_none=True)
    created_at = Moment(required=True)


class LeftOutView(View):
    """An issue that could not be linked, and why."""

    issue_id = Id(required=True)
    code = fields.String(required=True)


class ClusterView(ClusterLineView):
    """A cluster with those of its issues that the viewer may see.

    Once accepted, those of `wanted_ids` are linked one after the other: `linked_ids` are.
    """

    issues = fields.List(fields.Nested(ClusterIssueView), required=True)
    wanted_ids = fields.List(fields.String(), required=True)
    linked_ids = fields.List(fields.String(), required=True)
    left_out = fields.List(fields.Nested(LeftOutView), required=True)
