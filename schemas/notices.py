"""Notices over the wire: the inbox, what one wants to hear of, calls to make, the channels."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from schemas.base import Base, Id, Length, Moment, OneOf, PageQuery, Range, Text, View


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
    project_id = Id(allow_none=True)
    thing = fields.String(allow_none=True)
    thing_id = Id(allow_none=True)
    created_at = Moment(required=True)
    read_at = Moment(allow_none=True)


class SwitchesIn(Base):
    """Channels on or off."""

    wechat = fields.Boolean(load_default=True)
    sms = fields.Boolean(load_default=True)


class PreferencesIn(Base):
    """What one wants to hear of outside of the inbox, as a whole."""

    muted = fields.List(Text(60, least=1), required=True, validate=Length(0, 100))
    channels = fields.Nested(SwitchesIn, required=True)
    digest = fields.Boolean(required=True)

    @post_load
    def switched_off(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """As the room has it: the channels that are off."""
        channels = data.pop("channels")
        return {**data, "off": tuple(name for name, on in channels.items() if not on)}


class SwitchesView(View):
    """Channels on or off."""

    wechat = fields.Boolean(required=True)
    sms = fields.Boolean(required=True)


class PreferencesView(View):
    """What one wants to hear of outside of the inbox. `unmutable` may not be silenced."""

    muted = fields.List(fields.String(), required=True)
    channels = fields.Nested(SwitchesView, required=True)
    digest = fields.Boolean(required=True)
    unmutable = fields.List(fields.String(), required=True)


class SubscriptionIn(Base):
    """`wx.requestSubscribeMessage` came back: so many more messages of this template were agreed to."""

    template = Text(100, least=1, required=True)
    accepted = fields.Integer(required=True, validate=Range(1, 100))


class SubscriptionView(View):
    """A template of the mini-program, the events it is sent for, and how often one agreed to it."""

    template = fields.String(required=True)
    events = fields.List(fields.String(), required=True)
    count = fields.Integer(required=True)


class SubscriptionList(View):
    """All templates."""

    items = fields.List(fields.Nested(SubscriptionView), required=True)


class CallQuery(PageQuery):
    """Which calls."""

    state = fields.String(load_default="open", validate=OneOf(("open", "done", "dropped")))


class CallView(View):
    """A call to make. The phone number is for those who may make it."""

    id = Id(required=True)
    issue_id = Id(required=True)
    number = fields.String(required=True)
    enterprise_id = Id(allow_none=True)
    enterprise = fields.String(allow_none=True)
    contact_name = fields.String(required=True)
    contact_phone = fields.String(allow_none=True)
    commissioner_id = Id(allow_none=True)
    event = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    due_at = Moment(required=True)
    overdue = fields.Boolean(required=True)
    state = fields.String(required=True)
    outcome = fields.String(allow_none=True)
    note = fields.String(required=True)
    done_at = Moment(allow_none=True)


class CallDone(Base):
    """How a call went."""

    outcome = fields.String(required=True, validate=OneOf(("reached", "unreachable")))
    note = Text(1000, load_default="")


class ChannelView(View):
    """A channel out of the app. `sent` and `failed` are of the last seven days, `waiting` is now."""

    name = fields.String(required=True)
    running = fields.Boolean(required=True)
    failing_since = Moment(allow_none=True)
    failures = fields.Integer(required=True)
    retry_at = Moment(allow_none=True)
    error = fields.String(allow_none=True)
    waiting = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    failed = fields.Integer(required=True)


class ChannelList(View):
    """All channels."""

    items = fields.List(fields.Nested(ChannelView), required=True)
