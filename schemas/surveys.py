"""Surveys over the wire. Money is 万元 as text; days and months are local."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.enterprises.documents import GROWTH
from app.surveys.forms import FEEDS, KEY, KINDS, MOST_QUESTIONS
from app.surveys.keeping import Said
from app.surveys.states import STATES
from schemas.base import (
    Base,
    ClientId,
    Id,
    Length,
    Moment,
    OneOf,
    PageQuery,
    Pattern,
    Range,
    Text,
    View,
)
from schemas.checklists import OpensView
from schemas.ledger import LocalDay

REASON = 500


class SurveyOnlyIf(Base):
    """Asked only if an earlier question was answered with one of these."""

    key = fields.String(required=True, validate=Pattern(KEY))
    values = fields.List(Text(100, least=1), required=True, validate=Length(min=1, max=60))


class SurveyOpens(Base):
    """Answers that suggest an issue of a category."""

    category = Text(40, least=1, required=True)
    when = fields.List(Text(100, least=1), required=True, validate=Length(min=1, max=60))


class SurveyQuestion(Base):
    """A question. `feeds` is what of an expansion intent its answer fills; `unit` what a number counts."""

    key = fields.String(required=True, validate=Pattern(KEY))
    text = Text(200, least=1, required=True)
    type = fields.String(required=True, validate=OneOf(KINDS))
    required = fields.Boolean(load_default=False)
    unit = Text(20, load_default="")
    choices = fields.List(Text(100, least=1), load_default=list, validate=Length(max=60))
    only_if = fields.Nested(SurveyOnlyIf, load_default=None, allow_none=True)
    opens_issue = fields.Nested(SurveyOpens, load_default=None, allow_none=True)
    feeds = fields.String(load_default=None, allow_none=True, validate=OneOf(tuple(FEEDS)))


class SurveyChosen(Base):
    """Which firms: those named, and those that fit each kind of mark that is given; with neither all."""

    tags = fields.List(Text(40, least=1), load_default=list, validate=Length(max=60))
    sectors = fields.List(Text(40, least=1), load_default=list, validate=Length(max=60))
    units = fields.List(Text(20, least=1), load_default=list, validate=Length(max=60))
    growth_classes = fields.List(
        fields.String(validate=OneOf(GROWTH)), load_default=list, validate=Length(max=4)
    )
    enterprise_ids = fields.List(Id(), load_default=list, validate=Length(max=5000))


def _questions() -> fields.Field[Any]:
    most = Length(min=1, max=MOST_QUESTIONS)
    return fields.List(fields.Nested(SurveyQuestion), required=True, validate=most)


class SurveyContent(Base):
    """A survey as a whole: of a department, of a unit, or of the district where neither is named."""

    title = Text(100, least=1, required=True)
    text = Text(2000, load_default="")
    until = LocalDay(required=True)
    department_id = Id(load_default=None, allow_none=True)
    unit = Text(20, least=1, load_default=None, allow_none=True)
    chosen = fields.Nested(SurveyChosen, required=True)
    questions = _questions()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{said}, and the client_id of a new one."""
        own = {"client_id": data.pop("client_id")} if "client_id" in data else {}
        return {**own, "said": Said(**data)}


class SurveyIn(SurveyContent):
    """A new survey, as a draft."""

    client_id = ClientId(required=True)


class SurveyFormIn(Base):
    """Another version of the form, and why."""

    client_id = ClientId(required=True)
    questions = _questions()
    reason = Text(REASON, least=1, required=True)


class SurveyAddIn(Base):
    """Further firms, and why."""

    enterprise_ids = fields.List(Id(), required=True, validate=Length(min=1, max=1000))
    reason = Text(REASON, least=1, required=True)


class SurveyExtendIn(Base):
    """Another last day, and why."""

    until = LocalDay(required=True)
    reason = Text(REASON, least=1, required=True)


class SurveyCloseIn(Base):
    """Why it ends before its day."""

    reason = Text(REASON, load_default="")


class SurveysQuery(PageQuery):
    """Which surveys."""

    state = fields.String(load_default=None, validate=OneOf(STATES))


class SurveyOnlyIfView(View):
    """Asked only if an earlier question was answered with one of these."""

    key = fields.String(required=True)
    values = fields.List(fields.String(), required=True)


class SurveyQuestionView(View):
    """A question."""

    key = fields.String(required=True)
    text = fields.String(required=True)
    type = fields.String(required=True)
    type_name = fields.String(required=True)
    required = fields.Boolean(required=True)
    unit = fields.String(required=True)
    choices = fields.List(fields.String(), required=True)
    only_if = fields.Nested(SurveyOnlyIfView, allow_none=True)
    opens_issue = fields.Nested(OpensView, allow_none=True)
    feeds = fields.String(allow_none=True)


class SurveyFormView(View):
    """A version of the form; the last one is in use."""

    version = fields.Integer(required=True)
    questions = fields.List(fields.Nested(SurveyQuestionView), required=True)
    reason = fields.String(required=True)
    by = fields.String(required=True)
    at = Moment(required=True)


class SurveyChosenView(View):
    """Which firms were chosen."""

    tags = fields.List(fields.String(), required=True)
    sectors = fields.List(fields.String(), required=True)
    units = fields.List(fields.String(), required=True)
    growth_classes = fields.List(fields.String(), required=True)
    enterprise_ids = fields.List(fields.String(), required=True)


class SurveyAdditionView(View):
    """Firms that were added after the opening."""

    count = fields.Integer(required=True)
    reason = fields.String(required=True)
    by = fields.String(required=True)
    at = Moment(required=True)


class SurveyStepView(View):
    """What was done."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    text = fields.String(required=True)


class SurveyView(View):
    """A survey; `form_version` is the version of the form in use."""

    id = Id(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    until = fields.String(required=True)
    department_id = Id(allow_none=True)
    department_name = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    form_version = fields.Integer(required=True)
    opened_at = Moment(allow_none=True)
    closed_at = Moment(allow_none=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class SurveyWholeView(SurveyView):
    """A survey with its forms. `firms` are those in the set; of a draft those that would be asked now.

    Who is only asked by it has neither the choice of firms nor the history.
    """

    forms = fields.List(fields.Nested(SurveyFormView), required=True)
    chosen = fields.Nested(SurveyChosenView, allow_none=True)
    firms = fields.Integer(allow_none=True)
    additions = fields.List(fields.Nested(SurveyAdditionView), required=True)
    history = fields.List(fields.Nested(SurveyStepView), required=True)
    may_write = fields.Boolean(required=True)


FORM_VERSION = Range(1, 10_000)
