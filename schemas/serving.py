"""Who serves whom, over the wire."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import Base, ClientId, Id, Moment, PageQuery, Text, View
from schemas.ledger import LocalDay


class AssignmentQuery(PageQuery):
    """Which assignments; with `present` off past and coming ones too."""

    person_id = Id()
    enterprise_id = Id()
    project_id = Id()
    unit = Text(40, least=1)
    present = fields.Boolean(load_default=True)


class AssignmentIn(Base):
    """Who is to serve an enterprise or a project, from a day on (today)."""

    client_id = ClientId(required=True)
    enterprise_id = Id(load_default=None, allow_none=True)
    project_id = Id(load_default=None, allow_none=True)
    person_id = Id(required=True)
    since = LocalDay(load_default=None, allow_none=True)
    until = LocalDay(load_default=None, allow_none=True)
    reason = Text(500, least=1, required=True)


class AssignmentEnd(Base):
    """Before which day it ends (today), and why."""

    on = LocalDay(load_default=None, allow_none=True)
    reason = Text(500, least=1, required=True)


class HandOver(Base):
    """What goes from one to another: the named ones, or all that the first serves."""

    from_id = Id(required=True)
    to_id = Id(required=True)
    enterprise_ids = fields.List(Id(), load_default=list)
    project_ids = fields.List(Id(), load_default=list)
    since = LocalDay(load_default=None, allow_none=True)
    reason = Text(500, least=1, required=True)


class HandedOver(View):
    """How many enterprises and projects went over; null when it was done before."""

    count = fields.Integer(required=True, allow_none=True)


class AssignmentView(View):
    """Who serves an enterprise or a project, from a day to before another.

    `until` is what was said of its end, `ends` the day before which it ends by whatever ends it.
    """

    id = Id(required=True)
    kind = fields.String(required=True, metadata={"enum": ["enterprise", "project"]})
    enterprise_id = fields.String(allow_none=True)
    project_id = fields.String(allow_none=True)
    name = fields.String(required=True)
    unit = fields.String(allow_none=True)
    person_id = Id(required=True)
    person = fields.String(required=True)
    since = fields.String(required=True)
    until = fields.String(allow_none=True)
    ends = fields.String(allow_none=True)
    reason = fields.String(required=True)
    by = fields.String(required=True, attribute="by_name")
    known_at = Moment(required=True)
