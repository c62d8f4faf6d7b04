"""Proposals to adjust a policy, over the wire."""

from __future__ import annotations

from marshmallow import fields

from app.policies.proposals.documents import STATES
from schemas.base import Base, ClientId, Id, Length, Moment, OneOf, PageQuery, Text, View
from schemas.claims import ClaimSaidView
from schemas.policies import WORDS

_IDS = Length(max=50)


class ProposalIn(Base):
    """Why the policy should be adjusted; the department may name what it rests on, others their issues."""

    client_id = ClientId(required=True)
    text = Text(WORDS, least=1, required=True)
    claim_ids = fields.List(Id(), load_default=list, validate=_IDS)
    objection_ids = fields.List(Id(), load_default=list, validate=_IDS)
    issue_ids = fields.List(Id(), load_default=list, validate=_IDS)


class ProposalDecisionIn(Base):
    """Adopted or declined, why, and the edition of the policy that follows from it."""

    adopted = fields.Boolean(required=True)
    text = Text(WORDS, least=1, required=True)
    edition_id = Id(load_default=None, allow_none=True)


class ProposalsQuery(PageQuery):
    """Which proposals."""

    state = fields.String(validate=OneOf(STATES))
    code = Text(40, least=1)


class ProposalEvidenceView(View):
    """What a proposal rests on: a refusal (a claim), an objection or a complaint (an issue)."""

    kind = fields.String(required=True)
    kind_name = fields.String(required=True)
    id = Id(required=True)
    at = Moment(required=True)
    text = fields.String(required=True)


class ProposalDecisionView(ClaimSaidView):
    """What was decided."""

    edition_id = Id(allow_none=True)


class ProposalView(View):
    """A proposal. `group` names what was alike where the machine proposed; `actions` are the viewer's."""

    id = Id(required=True)
    code = fields.String(required=True)
    policy_id = Id(required=True)
    title = fields.String(required=True)
    department_id = Id(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    by_machine = fields.Boolean(required=True)
    group = fields.String(allow_none=True)
    group_name = fields.String(allow_none=True)
    text = fields.String(required=True)
    count = fields.Integer(required=True)
    evidence = fields.List(fields.Nested(ProposalEvidenceView), required=True)
    decision = fields.Nested(ProposalDecisionView, allow_none=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    actions = fields.List(fields.String(), required=True)
