"""Policies over the wire. Money is 万元 as text, days are local."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.policies.documents import STATES
from app.policies.register import REGISTER
from app.policies.rules.conditions import VERDICTS
from schemas.base import (
    Base,
    ClientId,
    Id,
    Length,
    Moment,
    OneOf,
    PageQuery,
    ReasonView,
    Text,
    View,
)
from schemas.ledger import content_of, view_of

_RULES = {
    "conditions": fields.Dict(required=True),
    "amount_rule": fields.Dict(required=True),
    "papers": fields.List(Text(60, least=1), validate=Length(max=20)),
}
WORDS = 5000


class _PolicyFields(content_of(REGISTER, "_PolicyFields", without=("edition",), more=_RULES)):  # type: ignore[misc]
    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{row} by the names of the register's fields, and the client_id of a new one."""
        own = {"client_id": data.pop("client_id")} if "client_id" in data else {}
        return {**own, "row": data}


class PolicyIn(_PolicyFields):
    """A new policy, as a draft. `conditions` and `amount_rule` are data: see docs/policies.md."""

    client_id = ClientId(required=True)


class PolicyContent(_PolicyFields):
    """A draft as a whole; what is left out is empty. Its code stays."""


class PolicyEditionIn(Base):
    """Another edition of a policy, begun as a draft of what is there."""

    client_id = ClientId(required=True)


class PolicyWordsIn(Base):
    """What is said with a step."""

    text = Text(WORDS, load_default="")


class PoliciesQuery(PageQuery):
    """Which policies; `q` is part of a code or title, `open_now` those that may be claimed today."""

    q = Text(60, least=1)
    state = fields.String(validate=OneOf(STATES))
    code = Text(40, least=1)
    department_id = Id()
    open_now = fields.Boolean()


class PolicyStepView(View):
    """A step of a policy's history."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    text = fields.String(required=True)


_SEEN = {
    "id": Id(required=True),
    "conditions": fields.Dict(required=True),
    "amount_rule": fields.Dict(required=True),
    "papers": fields.List(fields.String(), required=True),
    "state": fields.String(required=True),
    "state_name": fields.String(required=True),
    "department_id": Id(required=True),
    "department_name": fields.String(required=True),
    "published_at": Moment(allow_none=True),
    "closed_at": Moment(allow_none=True),
    "replaced_by_id": Id(allow_none=True),
    "created_at": Moment(required=True),
    "updated_at": Moment(allow_none=True),
    "actions": fields.List(fields.String(), required=True),
}


class PolicyView(view_of(REGISTER, "_PolicyView", more=_SEEN)):  # type: ignore[misc]
    """A policy. `department` is the code of who issues it; `actions` are what the viewer may do now."""


class PolicyWholeView(PolicyView):
    """A policy with its history, which is for its department and who oversees; else it is empty."""

    history = fields.List(fields.Nested(PolicyStepView), required=True)


class PolicyConditionView(View):
    """A condition held against a firm: `verdict` met, not_met or unknown, why, and the value looked at.

    `of` are the parts of a group. `value` is null where these eyes may not see the firm's figures.
    """

    kind = fields.String(required=True)
    verdict = fields.String(required=True)
    verdict_name = fields.String(required=True)
    reason = fields.Nested(ReasonView, required=True)
    value = fields.Raw(allow_none=True)
    of = fields.List(fields.Nested(lambda: PolicyConditionView()), required=True)


class PolicyClaimLinkView(View):
    """The claim that the firm has in the policy's window."""

    id = Id(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)


class _PolicyMatchView(View):
    verdict = fields.String(required=True)
    verdict_name = fields.String(required=True)
    conditions = fields.Nested(PolicyConditionView, required=True)
    estimate = fields.String(allow_none=True)
    estimate_reason = fields.Nested(ReasonView, required=True)
    todo = fields.List(fields.Nested(ReasonView), required=True)
    claim = fields.Nested(PolicyClaimLinkView, allow_none=True)


class PolicyForFirmView(_PolicyMatchView):
    """A policy held against a firm; `todo` says what is to be stated where something is unknown."""

    policy_id = Id(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    department_name = fields.String(required=True)
    since = fields.String(allow_none=True)
    until = fields.String(allow_none=True)
    papers = fields.List(fields.String(), required=True)


class PolicyFirmView(_PolicyMatchView):
    """A firm held against a policy."""

    enterprise_id = Id(required=True)
    enterprise = fields.String(required=True)
    unit = fields.String(allow_none=True)
    commissioner_id = Id(allow_none=True)


class PolicyFirmsQuery(PageQuery):
    """Which firms: `claimed=false` those without a claim; by themselves those that meet it, and unknown."""

    claimed = fields.Boolean(load_default=None)
    verdict = fields.String(load_default=None, validate=OneOf(VERDICTS))
    unit = Text(20, least=1, load_default=None)


class PolicyCountsView(View):
    """How many firms of each verdict, of those that were asked for by claim and unit."""

    met = fields.Integer(required=True)
    not_met = fields.Integer(required=True)
    not_known = fields.Integer(required=True, data_key="unknown", attribute="unknown")


class PolicyFirmsView(View):
    """A page of firms, and how many there are of each verdict."""

    items = fields.List(fields.Nested(PolicyFirmView), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    counts = fields.Nested(PolicyCountsView, required=True)
