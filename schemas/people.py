"""Logging in, and the person one is."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import Base, Id, Moment, Text, View


class PasswordLogin(Base):
    """An account and its password."""

    account = Text(100, least=1, required=True)
    password = Text(200, least=1, required=True, load_only=True)


class WeChatLogin(Base):
    """The code that wx.login gave."""

    code = Text(200, least=1, required=True)


class Refresh(Base):
    """A refresh token."""

    refresh_token = Text(2000, least=1, required=True)


class GrantView(View):
    """A role and where it holds."""

    role = fields.String(required=True)
    department_id = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    enterprise_id = fields.String(allow_none=True)


class PersonView(View):
    """A person as oneself sees it."""

    id = Id(required=True)
    name = fields.String(required=True)
    account = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    roles = fields.List(fields.Nested(GrantView), required=True)


class UnreadView(View):
    """What waits for a person."""

    notices = fields.Integer(required=True)
    tickets = fields.Integer(required=True)
    dispatching = fields.Integer(required=True)


class CaptureView(View):
    """What the phone keeps for the photos it takes from now on, and our clock at this moment.

    Sent along as `capture_token`, with the phone's own clock at this moment as `token_received_at`.
    """

    token = fields.String(required=True)
    server_time = Moment(required=True)


class MeView(PersonView):
    """Oneself, with what waits."""

    unread = fields.Nested(UnreadView, required=True)
    server_time = Moment(required=True)
    capture = fields.Nested(CaptureView, required=True)


class AccessView(View):
    """A new access token."""

    access_token = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "seconds"})


class TokensView(AccessView):
    """A login: both tokens and the person."""

    refresh_token = fields.String(required=True)
    person = fields.Nested(PersonView, required=True)
    capture = fields.Nested(CaptureView, required=True)
