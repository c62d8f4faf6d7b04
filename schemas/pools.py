"""Pools (四库) and directions of industry (1+4) over the wire. Days are local."""

from __future__ import annotations

from marshmallow import fields

from app.offers.pools.documents import KINDS
from schemas.base import Base, ClientId, Id, OneOf, PageQuery, Text, View
from schemas.ledger import LocalDay


class PoolsQuery(Base):
    """As of which day; by itself today."""

    on = LocalDay(load_default=None)


class PoolMembersQuery(PageQuery):
    """What is in it on which day; by itself today."""

    on = LocalDay(load_default=None)
    kind = fields.String(validate=OneOf(KINDS))


class PoolCountView(View):
    """A pool that is valid on the day, and how much is in it then; opens to its members."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    since = fields.String(allow_none=True)
    until = fields.String(allow_none=True)
    projects = fields.Integer(required=True)
    enterprises = fields.Integer(required=True)
    leads = fields.Integer(required=True)
    total = fields.Integer(required=True)


class PoolsView(View):
    """All pools of a day."""

    on = fields.String(required=True)
    items = fields.List(fields.Nested(PoolCountView), required=True)


class PoolMemberIn(Base):
    """A project, an enterprise or a lead (one of them), from a day on; by itself from today."""

    client_id = ClientId(required=True)
    project_id = Id(load_default=None, allow_none=True)
    enterprise_id = Id(load_default=None, allow_none=True)
    lead_id = Id(load_default=None, allow_none=True)
    since = LocalDay(load_default=None, allow_none=True)
    until = LocalDay(load_default=None, allow_none=True)
    note = Text(500, load_default="")


class PoolMemberEndIn(Base):
    """In the pool before this day only."""

    until = fields.Date(required=True)


class PoolMemberView(View):
    """What is in a pool. One without `id` is in it by the project's own row, since nobody knows when."""

    id = Id(allow_none=True)
    pool = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    member_id = Id(required=True)
    name = fields.String(required=True)
    unit = fields.String(allow_none=True)
    since = fields.String(allow_none=True)
    until = fields.String(allow_none=True)
    note = fields.String(required=True)


class PoolDirectionView(View):
    """A direction of industry, valid on the day, with the industries that it takes in, and what they have."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    since = fields.String(allow_none=True)
    until = fields.String(allow_none=True)
    industries = fields.List(fields.String(), required=True)
    enterprises = fields.Integer(required=True)
    projects = fields.Integer(required=True)
    finance_tools = fields.Integer(required=True)


class PoolDirectionsView(View):
    """All directions of a day."""

    on = fields.String(required=True)
    items = fields.List(fields.Nested(PoolDirectionView), required=True)
