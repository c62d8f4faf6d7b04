"""Appeals, awards and appraisal over the wire. Numbers are text."""

from __future__ import annotations

from marshmallow import fields

from app.scoreboards.appraisal import KINDS as APPRAISED
from app.scoreboards.documents import APPEAL_STATES, AWARD_STATES, REJECTED, UPHELD
from schemas.base import (
    Base,
    ClientId,
    Id,
    Moment,
    OneOf,
    PageQuery,
    Pattern,
    Text,
    View,
)
from schemas.scoreboards import CODE_FORM, WORDS, ScoreStepView, number_text, period_text
from schemas.scores import ScoreWordView


class AppealIn(Base):
    """What is said against a score, or against one item of it."""

    client_id = ClientId(required=True)
    subject = Text(40, least=1, required=True)
    item = fields.String(load_default=None, allow_none=True, validate=Pattern(CODE_FORM))
    text = Text(WORDS, least=1, required=True)


class AppealAnswerIn(Base):
    """Whether it is upheld, and why; upheld about an item, the `value` it should have been."""

    decision = fields.String(required=True, validate=OneOf((UPHELD, REJECTED)))
    text = Text(WORDS, least=1, required=True)
    value = number_text(load_default=None, allow_none=True)


class AwardIn(Base):
    """An award of the district's kinds, for whom of the period's ranking."""

    client_id = ClientId(required=True)
    kind = fields.String(required=True, validate=Pattern(CODE_FORM))
    subject = Text(40, least=1, required=True)
    text = Text(WORDS, load_default="")


class AwardsQuery(PageQuery):
    """Which awards."""

    kind = fields.String(validate=Pattern(CODE_FORM))
    period = period_text()
    subject = Text(40, least=1)
    state = fields.String(validate=OneOf(AWARD_STATES))


class AppraisalQuery(Base):
    """A month, quarter or year; without one this month."""

    period = period_text(load_default=None)


class ScoreCorrectionView(View):
    """What stands beside a frozen figure."""

    item = fields.String(allow_none=True)
    value = fields.String(allow_none=True)
    by = fields.String(required=True)
    created_at = Moment(required=True)
    text = fields.String(required=True)


class AppealView(View):
    """An appeal, its answer, and what was corrected."""

    id = Id(required=True)
    board = fields.String(required=True)
    period = fields.String(required=True)
    subject = fields.String(required=True)
    name = fields.String(required=True)
    item = fields.String(allow_none=True)
    text = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": list(APPEAL_STATES)})
    by = fields.String(required=True)
    role = fields.String(required=True)
    created_at = Moment(required=True)
    due_by = Moment(required=True)
    decision = fields.Nested(ScoreWordView, allow_none=True)
    corrections = fields.List(fields.Nested(ScoreCorrectionView), required=True)
    may_answer = fields.Boolean(required=True)


class AppealList(View):
    """The appeals of a period."""

    items = fields.List(fields.Nested(AppealView), required=True)


class AwardLineView(View):
    """An award; `rank` and `total` are what it was proposed on."""

    id = Id(required=True)
    kind = fields.String(required=True)
    kind_name = fields.String(required=True)
    board = fields.String(required=True)
    period = fields.String(required=True)
    of = fields.String(required=True)
    subject = fields.String(required=True)
    name = fields.String(required=True)
    rank = fields.Integer(required=True)
    total = fields.String(required=True)
    text = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    by = fields.String(required=True)
    created_at = Moment(required=True)
    decision = fields.Nested(ScoreWordView, allow_none=True)
    withdrawal = fields.Nested(ScoreWordView, allow_none=True)
    actions = fields.List(fields.String(), required=True)


class AwardView(AwardLineView):
    """An award with its history."""

    history = fields.List(fields.Nested(ScoreStepView), required=True)


class AppraisalIndicatorView(View):
    """A number beside the median of its group; null of too few."""

    metric = fields.String(required=True)
    name = fields.String(required=True)
    value = fields.String(allow_none=True)
    numerator = fields.String(allow_none=True)
    denominator = fields.String(allow_none=True)
    sample = fields.Integer(allow_none=True)
    small = fields.Boolean(required=True)
    withheld = fields.Boolean(required=True)
    median = fields.String(allow_none=True)
    group = fields.Integer(required=True)
    numerator_ids = fields.List(fields.String(), required=True)
    denominator_ids = fields.List(fields.String(), required=True)
    links = fields.List(fields.String(), required=True)


class AppraisalPartView(View):
    """The indicators of a subject; of a clerk those in one department."""

    department_id = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    indicators = fields.List(fields.Nested(AppraisalIndicatorView), required=True)


class AppraisalView(View):
    """A card."""

    kind = fields.String(required=True, metadata={"enum": list(APPRAISED)})
    subject = fields.String(required=True)
    name = fields.String(required=True)
    period = fields.String(required=True)
    as_of = fields.String(required=True)
    parts = fields.List(fields.Nested(AppraisalPartView), required=True)
