"""Notices over the wire."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import Id, Moment, PageQuery, View


class NoticeQuery(PageQuery):
    """Which notices."""

    unread = fields.Boolean(load_default=False)


class NoticeView(View):
    """One notice."""

    id = Id(required=True)
    event = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    issue_id = Id(allow_none=True)
    visit_id = Id(allow_none=True)
    photo_id = Id(allow_none=True)
    created_at = Moment(required=True)
    read_at = Moment(allow_none=True)
