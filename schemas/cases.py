"""Cases over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.oversight.cases_documents import AUDIENCES, DEPARTMENT, KINDS, SUBJECTS, UNIT
from app.oversight.cases_evidence import KINDS as EVIDENCE
from app.oversight.cases_evidence import Exhibit
from app.oversight.cases_showing import Approval, Audience
from app.oversight.cases_states import STATES
from schemas.base import Base, ClientId, Id, Length, Moment, OneOf, PageQuery, Text, View
from schemas.warnings import of_our_times

WORDS = 5000


class CaseEvidenceIn(Base):
    """A check, a closure (by its ticket), an issue or a visit, and what it shows."""

    kind = fields.String(required=True, validate=OneOf(EVIDENCE))
    id = Id(required=True)
    text = Text(2000, least=1, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Exhibit:
        """As a value."""
        return Exhibit(**data)


class CaseIn(Base):
    """A department, a unit or an official as an example: never an enterprise."""

    client_id = ClientId(required=True)
    kind = fields.String(required=True, validate=OneOf(KINDS))
    subject_kind = fields.String(required=True, validate=OneOf(SUBJECTS))
    subject_id = Text(40, least=1, required=True)
    title = Text(100, least=1, required=True)
    text = Text(WORDS, least=1, required=True)
    evidence = fields.List(
        fields.Nested(CaseEvidenceIn), required=True, validate=Length(min=1, max=50)
    )


class CaseWordsIn(Base):
    """What is said with a step."""

    text = Text(WORDS, least=1, required=True)


class CaseReplyIn(CaseWordsIn):
    """What those say whom it is about."""

    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))


class CaseAudienceIn(Base):
    """The whole `staff`, or a `list` of departments and units."""

    kind = fields.String(required=True, validate=OneOf(AUDIENCES))
    department_ids = fields.List(Id(), load_default=list, validate=Length(max=100))
    units = fields.List(Text(20, least=1), load_default=list, validate=Length(max=100))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Audience:
        """As a value."""
        return Audience(**data)


class CaseCirculateIn(CaseWordsIn):
    """To whom it is shown inside."""

    audience = fields.Nested(CaseAudienceIn, required=True)


class CaseApprovalIn(Base):
    """The competent authority's approval, with a photo of it, and the words that may leave the house."""

    authority = Text(100, least=1, required=True)
    document_no = Text(100, least=1, required=True)
    approved_on = fields.Date(required=True, validate=of_our_times)
    approved_by = Text(50, least=1, required=True)
    photo_ids = fields.List(Id(), required=True, validate=Length(min=1, max=20))
    title = Text(100, least=1, required=True)
    public_text = Text(WORDS, least=1, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Approval:
        """As a value."""
        return Approval(**data)


class CasePublishIn(CaseWordsIn):
    """That it may be published outside."""

    approval = fields.Nested(CaseApprovalIn, required=True)


class CaseAppealAnswerIn(CaseWordsIn):
    """Whether the appeal is right; if so, the case is taken back."""

    upheld = fields.Boolean(required=True)


class CasesQuery(PageQuery):
    """Which cases."""

    kind = fields.String(validate=OneOf(KINDS))
    state = fields.String(validate=OneOf(STATES))
    subject_kind = fields.String(validate=OneOf(SUBJECTS))
    department_id = Id()
    unit = Text(20, least=1)


class CaseFiguresQuery(Base):
    """By what they are counted."""

    by = fields.String(validate=OneOf((DEPARTMENT, UNIT)), load_default=DEPARTMENT)
    kind = fields.String(validate=OneOf(KINDS))


class CaseSaidView(View):
    """What somebody said with a step."""

    text = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)


class CaseReplyView(CaseSaidView):
    """What those said whom it is about."""

    photo_ids = fields.List(fields.String(), required=True)


class CaseAppealAnswerView(CaseSaidView):
    """What was answered."""

    upheld = fields.Boolean(required=True)


class CaseAppealView(CaseSaidView):
    """An appeal, with its answer once there is one."""

    answer = fields.Nested(CaseAppealAnswerView, allow_none=True)


class CaseCirculationView(CaseSaidView):
    """To whom it is shown inside."""

    audience = fields.String(required=True)
    department_ids = fields.List(fields.String(), required=True)
    units = fields.List(fields.String(), required=True)


class CasePublicationView(CaseSaidView):
    """The authority's approval to publish."""

    authority = fields.String(required=True)
    document_no = fields.String(required=True)
    approved_on = fields.String(required=True)
    approved_by = fields.String(required=True)
    photo_ids = fields.List(fields.String(), required=True)


class CasePublicView(View):
    """All of it that may leave the house: of an official no more than the family name."""

    kind_name = fields.String(required=True)
    subject = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)


class CaseEvidenceView(View):
    """A row of evidence. `withheld`: what it is of is not for the viewer's eyes."""

    kind = fields.String(required=True)
    id = fields.String(allow_none=True)
    name = fields.String(required=True)
    text = fields.String(required=True)
    withheld = fields.Boolean(required=True)


class CaseStepView(CaseSaidView):
    """A step of the history."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)


class CaseView(View):
    """A case in a list."""

    id = Id(required=True)
    kind = fields.String(required=True)
    kind_name = fields.String(required=True)
    subject_kind = fields.String(required=True)
    subject_id = fields.String(required=True)
    subject = fields.String(required=True)
    department_id = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    actions = fields.List(fields.String(), required=True)


class CaseWholeView(CaseView):
    """A case whole. Who proposed it, replies, appeals and history are for those inside only."""

    by = fields.String(allow_none=True)
    evidence = fields.List(fields.Nested(CaseEvidenceView), required=True)
    reply_by = Moment(allow_none=True)
    appeal_by = Moment(allow_none=True)
    served = fields.Nested(CaseSaidView, allow_none=True)
    replies = fields.List(fields.Nested(CaseReplyView), required=True)
    decision = fields.Nested(CaseSaidView, allow_none=True)
    circulation = fields.Nested(CaseCirculationView, allow_none=True)
    publication = fields.Nested(CasePublicationView, allow_none=True)
    public = fields.Nested(CasePublicView, allow_none=True)
    appeals = fields.List(fields.Nested(CaseAppealView), required=True)
    withdrawal = fields.Nested(CaseSaidView, allow_none=True)
    history = fields.List(fields.Nested(CaseStepView), required=True)


class CaseCountView(View):
    """The circulated cases of a department or unit, and those withdrawn."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    positive = fields.Integer(required=True)
    negative = fields.Integer(required=True)
    withdrawn = fields.Integer(required=True)
    case_ids = fields.List(fields.String(), required=True)


class CaseFiguresView(View):
    """By department or unit."""

    items = fields.List(fields.Nested(CaseCountView), required=True)
