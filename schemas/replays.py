"""Replays over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load

from app.foundation.reasons import Reason
from app.learning.comparing import MOST_EXAMPLES, VERDICTS
from app.learning.replays import MOST_ISSUES, MOST_MONTHS, STATES, Asked
from app.rulebooks.versions import MOST_VERSIONS
from schemas.base import Base, ClientId, Id, Moment, Range, View
from schemas.rulebooks import BrokenRuleView

_COUNT = {"minimum": 0, "maximum": MOST_VERSIONS}


class RulebookRef(fields.Field[Any]):
    """A version's number, or content of the form of `routing.yaml`."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int | Mapping[str, Any]:
        if isinstance(value, Mapping):
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError([Reason("request.invalid_value")])
        Range(0, MOST_VERSIONS)(value)
        return value


class ReplayIn(Base):
    """What to try on the issues of the last `months`, the newest `limit` of them."""

    client_id = ClientId(required=True)
    rulebook = RulebookRef(
        required=True, metadata={"oneOf": [{"type": "integer", **_COUNT}, {"type": "object"}]}
    )
    model = fields.Integer(
        strict=True,
        load_default=None,
        validate=Range(0, MOST_VERSIONS),
        metadata={"description": "The model in use, unless another is named; 0 is the pack's."},
    )
    months = fields.Integer(strict=True, load_default=6, validate=Range(1, MOST_MONTHS))
    limit = fields.Integer(strict=True, load_default=MOST_ISSUES, validate=Range(1, MOST_ISSUES))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[str, Asked]:
        """The client_id, and what was asked as a value."""
        return data.pop("client_id"), Asked(**data)


class ReplayLine(View):
    """A replay: `done` of `total` issues (null until it is planned).

    `rulebook` (null: content of its own) is tried against the version `against`, in use when it was asked.
    """

    id = Id(required=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    rulebook = fields.Integer(required=True, allow_none=True)
    against = fields.Integer(required=True)
    model = fields.Integer(required=True)
    model_against = fields.Integer(required=True)
    since = Moment(required=True)
    until = Moment(required=True)
    total = fields.Integer(allow_none=True)
    done = fields.Integer(required=True)
    by = fields.String(required=True)
    created_at = Moment(required=True)
    ended_at = Moment(allow_none=True)


def _count() -> fields.Integer:
    return fields.Integer(required=True)


def _not_known() -> fields.Integer:
    """A schema's own `unknown` is something else."""
    return fields.Integer(required=True, data_key="unknown", attribute="unknown")


class SideView(View):
    """What one of the two rulebooks makes of them all.

    `right` of the `placed` went to the department that ended the issue, as far as that is known.
    """

    to_dispatcher, placed, right = _count(), _count(), _count()
    rate = fields.Float(required=True, allow_none=True)


class ComparedView(View):
    """How many, and in which direction: `better` are right under the draft alone, `worse` without it."""

    n, same, better, worse, both_wrong = (_count() for _ in range(5))
    not_known = _not_known()


class CategoryComparedView(ComparedView):
    """Of the issues whose final category is this."""

    category = fields.String(required=True, allow_none=True)


class MovedIssuesView(ComparedView):
    """Of the issues that would go to another department; null is the dispatcher's desk."""

    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)


class FitsView(View):
    """How often a rule fits, under the draft and under the rulebook in use."""

    rule = fields.String(required=True)
    before, after = _count(), _count()


class ExampleView(View):
    """An issue that would go elsewhere. Departments and categories are codes; null: the dispatcher's desk."""

    id = Id(required=True)
    number = fields.String(required=True)
    text = fields.String(required=True)
    verdict = fields.String(required=True, metadata={"enum": list(VERDICTS[1:])})
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)
    category_before = fields.String(required=True, allow_none=True)
    category_after = fields.String(required=True, allow_none=True)
    ended = fields.String(required=True, allow_none=True)


class NewAndGoneView(View):
    """How many become so under the draft, and how many no longer are."""

    new, gone = _count(), _count()


class ResultView(View):
    """What would change, and whether for the better by how the issues really ended."""

    issues, changed = _count(), _count()
    same, better, worse, both_wrong = (_count() for _ in range(4))
    not_known = _not_known()
    before = fields.Nested(SideView, required=True)
    after = fields.Nested(SideView, required=True)
    urgent = fields.Nested(NewAndGoneView, required=True)
    restricted = fields.Nested(NewAndGoneView, required=True)
    terms = fields.Integer(
        required=True,
        metadata={"description": "With other times, priority or departments called in by a rule."},
    )
    by_category = fields.List(fields.Nested(CategoryComparedView), required=True)
    by_pair = fields.List(fields.Nested(MovedIssuesView), required=True)
    rules = fields.List(fields.Nested(FitsView), required=True)
    broken = fields.List(fields.Nested(BrokenRuleView), required=True)
    examples = fields.List(
        fields.Nested(ExampleView),
        required=True,
        metadata={"description": f"{MOST_EXAMPLES} at most, those for the worse first."},
    )


class ReplayView(ReplayLine):
    """A replay with its result, null until it is done."""

    result = fields.Nested(ResultView, allow_none=True)
