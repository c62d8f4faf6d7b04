"""How far a survey has reached and what all answers come to, over the wire. Money is 万元 as text."""

from __future__ import annotations

from marshmallow import fields

from app.surveys.queries import GROUPS
from app.surveys.results import BY
from schemas.base import Base, Moment, OneOf, View


class SurveyReachQuery(Base):
    """By what."""

    by = fields.String(load_default=GROUPS[0], validate=OneOf(GROUPS))


class SurveyResultsQuery(Base):
    """Across what, if anything."""

    by = fields.String(load_default=None, validate=OneOf(BY))


class SurveyOpensTo(View):
    """The filters of `/surveys/{id}/replies` that a figure opens to."""

    state = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    industry = fields.String(allow_none=True)
    growth_class = fields.String(allow_none=True)
    commissioner = fields.String(allow_none=True)
    question = fields.String(allow_none=True)


class SurveyReachLine(View):
    """How many firms of a group are in which state; `reached` of them somebody spoke with."""

    group = fields.String(required=True)
    group_name = fields.String(required=True)
    firms = fields.Integer(required=True)
    reached = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    begun = fields.Integer(required=True)
    submitted = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    unreachable = fields.Integer(required=True)
    opens = fields.Nested(SurveyOpensTo, required=True)


class SurveyReachView(View):
    """How far a survey has reached, of the firms that the viewer may see."""

    as_of = Moment(required=True)
    items = fields.List(fields.Nested(SurveyReachLine), required=True)
    total = fields.Nested(SurveyReachLine, required=True)


class SurveyCountView(View):
    """How many chose it; null where it would tell of single firms."""

    answer = fields.String(required=True)
    answer_name = fields.String(required=True)
    count = fields.Integer(allow_none=True)


class SurveyFiguresView(View):
    """What `answered` firms said; all is null where it is `untold`, as it would tell of single firms."""

    answered = fields.Integer(allow_none=True)
    sum = fields.String(allow_none=True)
    median = fields.String(allow_none=True)
    counts = fields.List(fields.Nested(SurveyCountView), required=True)
    untold = fields.Boolean(required=True)
    opens = fields.Nested(SurveyOpensTo, required=True)


class SurveyGroupView(SurveyFiguresView):
    """The same of one group."""

    group = fields.String(required=True)
    group_name = fields.String(required=True)


class SurveyResultView(SurveyFiguresView):
    """The same of a question, asked alike by these versions of the form."""

    key = fields.String(required=True)
    text = fields.String(required=True)
    type = fields.String(required=True)
    unit = fields.String(required=True)
    forms = fields.List(fields.Integer(), required=True)
    groups = fields.List(fields.Nested(SurveyGroupView), required=True)


class SurveyResultsView(View):
    """Figures of `submitted` replies of `firms`; with `guarded` those of fewer than `least` are untold."""

    as_of = Moment(required=True)
    firms = fields.Integer(required=True)
    submitted = fields.Integer(required=True)
    guarded = fields.Boolean(required=True)
    least = fields.Integer(required=True)
    questions = fields.List(fields.Nested(SurveyResultView), required=True)
