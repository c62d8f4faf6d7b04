"""What firms reply to surveys, over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load

from app.enterprises.documents import GROWTH
from app.foundation.reasons import Reason
from app.projects.expansion.documents import DIRECTIONS
from app.surveys.answering import Content
from app.surveys.forms import KEY, MOST_QUESTIONS
from app.surveys.queries import Narrowed
from app.surveys.states import REFUSED, REPLY_STATES, UNREACHABLE
from schemas.base import Base, ClientId, Id, Length, Moment, OneOf, PageQuery, Pattern, Text, View
from schemas.checklists import LARGEST
from schemas.surveys import FORM_VERSION, REASON, SurveyQuestionView, SurveyStepView

MOST_CHOSEN = 60
MARK = 40


class SurveyAnswer(Text):
    """What was answered: a text, a number, true and false, several choices; null is no answer."""

    def __init__(self) -> None:
        kinds = {"type": ["string", "number", "boolean", "array"]}
        items = {"items": {"type": "string", "maxLength": 100}, "maxItems": MOST_CHOSEN}
        super().__init__(2000, allow_none=True, metadata={**kinds, **items})

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Any:
        if isinstance(value, int | float):
            if not abs(value) <= LARGEST:  # nor is NaN
                raise ValidationError([Reason("request.invalid_value")])
            return value
        if isinstance(value, list):
            if len(value) > MOST_CHOSEN:
                raise ValidationError([Reason("request.invalid_value")])
            return [super(SurveyAnswer, self)._deserialize(one, attr, data) for one in value]
        return super()._deserialize(value, attr, data, **options)

    def _validate(self, value: Any) -> None:
        if isinstance(value, str):
            super()._validate(value)


def _answers(*, required: bool) -> fields.Field[Any]:
    options: dict[str, Any] = {"required": True} if required else {"load_default": dict}
    keys = fields.String(validate=Pattern(KEY))
    most = Length(max=MOST_QUESTIONS)
    return fields.Dict(keys=keys, values=SurveyAnswer(), validate=most, **options)


class SurveyReplyContent(Base):
    """What was begun, as a whole; `form` is the version of the form that it answers."""

    answers = _answers(required=True)
    form = fields.Integer(strict=True, load_default=None, allow_none=True, validate=FORM_VERSION)
    visit_id = Id(load_default=None, allow_none=True)
    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{content}, and what else belongs to a new one."""
        known = [name for name in ("client_id", "enterprise_id") if name in data]
        own: dict[str, Any] = {name: data.pop(name) for name in known}
        return {**own, "content": Content(**data)}


class SurveyReplyIn(SurveyReplyContent):
    """A firm's reply, begun."""

    client_id = ClientId(required=True)
    enterprise_id = Id(required=True)


class SurveyCorrectIn(Base):
    """All answers as they should have been, and why."""

    answers = _answers(required=True)
    reason = Text(REASON, least=1, required=True)


class SurveyMarkIn(Base):
    """That the firm refused, or that nobody was reached."""

    outcome = fields.String(required=True, validate=OneOf((REFUSED, UNREACHABLE)))
    text = Text(REASON, load_default="")


class SurveyIntentIn(Base):
    """An expansion intent from what was answered."""

    client_id = ClientId(required=True)
    direction = fields.String(required=True, validate=OneOf(DIRECTIONS))
    text = Text(2000, load_default="")


class _Narrowing(Base):
    state = fields.String(load_default=None, validate=OneOf(REPLY_STATES))
    reached = fields.Boolean(load_default=None)
    unit = Text(MARK, least=1, load_default=None)
    industry = Text(MARK, least=1, load_default=None)
    growth_class = fields.String(load_default=None, validate=OneOf((*GROWTH, "none")))
    commissioner = fields.String(load_default=None, validate=Pattern(r"^([0-9a-f]{24}|none)$"))
    question = fields.String(load_default=None, validate=Pattern(KEY))
    answer = Text(100, least=1, load_default=None)
    enterprise_id = Id(load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{which}, and the rest."""
        known = [name for name in ("page", "page_size", "format") if name in data]
        rest: dict[str, Any] = {name: data.pop(name) for name in known}
        return {**rest, "which": Narrowed(**data)}


class SurveyRepliesQuery(PageQuery, _Narrowing):
    """Which replies; those to whom `question` was answered at all, or with `answer`."""


class SurveyExportQuery(_Narrowing):
    """Which replies, as which kind of file."""

    format = fields.String(load_default="xlsx", validate=OneOf(("xlsx", "csv")))


class SurveyReplyView(View):
    """The place of a firm in a survey."""

    id = Id(required=True)
    survey_id = Id(required=True)
    enterprise_id = Id(required=True)
    enterprise = fields.String(required=True)
    unit = fields.String(allow_none=True)
    industry = fields.String(allow_none=True)
    growth_class = fields.String(allow_none=True)
    commissioner_id = Id(allow_none=True)
    commissioner = fields.String(allow_none=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    form = fields.Integer(allow_none=True)
    by = fields.String(allow_none=True)
    added_at = Moment(allow_none=True)
    submitted_at = Moment(allow_none=True)
    corrected_at = Moment(allow_none=True)
    updated_at = Moment(required=True)


class SurveyTryView(View):
    """That somebody asked in vain."""

    outcome = fields.String(required=True)
    text = fields.String(required=True)
    by = fields.String(required=True)
    at = Moment(required=True)


class SurveySuggestionView(View):
    """An issue that an answer speaks for; nothing is opened by itself."""

    question = fields.String(required=True)
    category = fields.String(required=True)
    text = fields.String(required=True)


class SurveyReplyWholeView(SurveyReplyView):
    """A reply with its answers and the questions they are to; `intent` is what they say of an expansion."""

    answers = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)
    questions = fields.List(fields.Nested(SurveyQuestionView), required=True)
    visit_id = Id(allow_none=True)
    photo_ids = fields.List(fields.String(), required=True)
    tries = fields.List(fields.Nested(SurveyTryView), required=True)
    suggestions = fields.List(fields.Nested(SurveySuggestionView), required=True)
    intent = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    intent_ids = fields.List(fields.String(), required=True)
    actions = fields.List(fields.String(), required=True)
    history = fields.List(fields.Nested(SurveyStepView), required=True)


class SurveyMadeIntentView(View):
    """The intent that was made, and the reply."""

    intent_id = Id(required=True)
    reply = fields.Nested(SurveyReplyWholeView, required=True)
