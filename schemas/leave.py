"""Leave of absence over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.people.leave import Absence
from schemas.base import Base, Id, Moment, PageQuery, View, page_of


class LeaveIn(Base):
    """From when until when, and who stands in. A `since` in the past is now; `until` is no longer leave."""

    since = Moment(required=True)
    until = Moment(required=True)
    deputy_id = Id(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Absence:
        """What was asked for, as a value."""
        return Absence(**data)


class LeaveQuery(PageQuery):
    """Whose leaves."""

    department_id = Id(load_default=None)


class LeaveView(View):
    """A leave of absence: coming, running or over."""

    id = Id(required=True)
    person_id = Id(required=True)
    person = fields.String(required=True)
    deputy_id = Id(required=True)
    deputy = fields.String(required=True)
    since = Moment(required=True)
    until = Moment(required=True)
    ended_at = Moment(allow_none=True)
    state = fields.String(required=True, metadata={"enum": ["coming", "running", "over"]})
    created_at = Moment(required=True)


LeavePage = page_of(LeaveView)
