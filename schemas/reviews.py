"""Pre-reviews of projects over the wire, and what they go by."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.projects.reviews.actions import Opening, RedLine
from app.projects.reviews.states import DECISIONS, STATES
from schemas.base import (
    Base,
    ClientId,
    Id,
    Length,
    Moment,
    OneOf,
    PageQuery,
    Range,
    ReasonView,
    Text,
    View,
)

MOST_REVIEWERS = 20


class PreReviewIn(Base):
    """A new round of a project's review."""

    client_id = ClientId(required=True)
    reviewer_ids = fields.List(Id(), required=True, validate=Length(min=1, max=MOST_REVIEWERS))
    note = Text(2000, load_default="")
    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """What was said as a value, beside the client_id."""
        client_id, reviewers = data.pop("client_id"), data.pop("reviewer_ids")
        return {"client_id": client_id, "said": Opening(reviewers=reviewers, **data)}


class ReviewScore(Base):
    """A reviewer's marks, one for each criterion."""

    marks = fields.Dict(
        keys=Text(40, least=1),
        values=fields.Integer(strict=True, validate=Range(0, 100)),
        required=True,
    )
    comment = Text(2000, load_default="")


class RedLineAnswer(Base):
    """Whether a red line is hit; one that is must say how."""

    hit = fields.Boolean(required=True)
    note = Text(500, load_default="")

    @validates_schema(skip_on_field_errors=True)
    def say_how(self, data: dict[str, Any], **_: Any) -> None:
        """Raises ValidationError for a hit without a note."""
        if data["hit"] and not data["note"].strip():
            raise ValidationError({"note": ["request.required"]})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> RedLine:
        """The answer as a value."""
        return RedLine(**data)


class RedLineAnswers(Base):
    """Answers by the codes of the red lines; those left out stay as they are."""

    answers = fields.Dict(
        keys=Text(40, least=1), values=fields.Nested(RedLineAnswer), required=True
    )


class ReviewDecision(Base):
    """What becomes of the project, and why."""

    decision = fields.String(required=True, validate=OneOf(DECISIONS))
    reason = Text(2000, least=1, required=True)


class ReviewsQuery(PageQuery):
    """Which reviews; `mine` are those that one is a reviewer of."""

    state = fields.String(load_default=None, validate=OneOf(STATES))
    mine = fields.Boolean(load_default=False)


class ReviewerView(View):
    """A reviewer."""

    person_id = Id(attribute="person", required=True)
    name = fields.String(required=True)


class ScoreView(ReviewerView):
    """A reviewer's newest marks; `total` is what they come to, of 100."""

    marks = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    comment = fields.String(required=True)
    total = fields.String(allow_none=True)
    at = Moment(required=True)


class RedLineView(View):
    """A red line; `hit` is null while nobody answered."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    hit = fields.Boolean(allow_none=True)
    note = fields.String(required=True)


class DecisionView(View):
    """The decision's reason, and whose it is."""

    reason = fields.String(required=True)
    name = fields.String(required=True)
    at = Moment(required=True)


class PreReviewView(View):
    """A round of review. `obstacles` say why it cannot be passed yet, `actions` what the viewer may do."""

    id = Id(attribute="_id", required=True)
    project_id = Id(attribute="project", required=True)
    project_code = fields.String(required=True)
    project_name = fields.String(required=True)
    unit = fields.String(required=True)
    round = fields.Integer(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    opened_by = fields.String(attribute="by_name", required=True)
    note = fields.String(required=True)
    reviewers = fields.List(fields.Nested(ReviewerView), required=True)
    photo_ids = fields.List(Id(), attribute="photos", required=True)
    scores = fields.List(fields.Nested(ScoreView), required=True)
    total = fields.String(allow_none=True)
    red_lines = fields.List(fields.Nested(RedLineView), required=True)
    decision = fields.Nested(DecisionView, allow_none=True)
    decided_on = fields.String(allow_none=True)
    valid_until = fields.String(allow_none=True)
    obstacles = fields.List(fields.Nested(ReasonView), required=True)
    actions = fields.List(fields.String(), required=True)
    opened_at = Moment(required=True)
    updated_at = Moment(required=True)


class ReviewStepView(View):
    """Something that was done with a review; of a score its marks."""

    action = fields.String(required=True)
    action_name = fields.String(required=True)
    by = fields.String(attribute="by_name", required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    text = fields.String(required=True)
    marks = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)


class WholeReviewView(PreReviewView):
    """A round of review with its history, for those who may see all marks."""

    history = fields.List(fields.Nested(ReviewStepView), required=True)


class CriterionView(View):
    """What is marked, with its weight in percent."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    weight = fields.Integer(required=True)


class NamedView(View):
    """A code with its words."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class GateWordingView(View):
    """A set of gates that belong together."""

    code = fields.String(required=True)
    gates = fields.List(fields.Nested(NamedView), required=True)


class ReviewTermsView(View):
    """What reviews go by. `wordings` are the names of the gates, the last set in use."""

    basis = fields.String(required=True)
    needed = fields.Boolean(required=True)
    least = fields.Integer(required=True)
    reviewers = fields.Integer(required=True)
    holds_months = fields.Integer(required=True)
    criteria = fields.List(fields.Nested(CriterionView), required=True)
    red_lines = fields.List(fields.Nested(NamedView), required=True)
    wordings = fields.List(fields.Nested(GateWordingView), required=True)
