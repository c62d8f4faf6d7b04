"""Visits over the wire."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import (
    Base,
    ClientId,
    Id,
    Length,
    Moment,
    PageQuery,
    PositionIn,
    PositionView,
    Text,
    View,
)


class ChecklistIn(Base):
    """Answers to a checklist."""

    template = Text(60, least=1, required=True)
    version = fields.Integer(load_default=1)
    answers = fields.Dict(
        keys=Text(60, least=1), values=Text(1000), required=True, validate=Length(max=100)
    )


class VisitOpen(Base):
    """A visit as the phone logs it."""

    client_id = ClientId(required=True)
    enterprise_id = Id(load_default=None)
    project_id = Id(load_default=None)
    started_at = Moment(required=True)
    ended_at = Moment(load_default=None)
    position = fields.Nested(PositionIn, load_default=None)
    note = Text(5000, load_default="")
    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))
    photo_client_ids = fields.List(ClientId(), load_default=list, validate=Length(max=50))
    checklist = fields.Nested(ChecklistIn, load_default=dict)


class VisitQuery(PageQuery):
    """Which visits."""

    enterprise_id = Id()
    project_id = Id()


class VisitView(View):
    """A visit."""

    id = Id(required=True)
    client_id = fields.String(required=True)
    owner_id = Id(required=True)
    enterprise_id = Id(allow_none=True)
    project_id = Id(allow_none=True)
    unit = fields.String(allow_none=True)
    started_at = Moment(required=True)
    ended_at = Moment(allow_none=True)
    position = fields.Nested(PositionView, allow_none=True)
    note = fields.String(required=True)
    photo_ids = fields.List(fields.String(), required=True)
    checklist = fields.Dict(required=True)
    created_at = Moment(required=True)
