"""Checklists and their answers over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from app.foundation.reasons import Reason
from schemas.base import Base, Length, OneOf, PageQuery, Pattern, Range, Text, View

# A question's code becomes a field's name in the database, where `$`, `.` and `_` lead elsewhere.
QUESTION = r"^[^\W_][\w-]{0,59}$"
LARGEST = 1e15


class Answer(Text):
    """What was answered: a text, a number, or true and false."""

    def __init__(self) -> None:
        super().__init__(1000, metadata={"type": ["string", "number", "boolean"]})

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Any:
        if isinstance(value, int | float):
            if not abs(value) <= LARGEST:  # nor is NaN
                raise ValidationError([Reason("request.invalid_value")])
            return value
        return super()._deserialize(value, attr, data, **options)

    def _validate(self, value: Any) -> None:
        if isinstance(value, str):
            super()._validate(value)


class ChecklistIn(Base):
    """Answers to a checklist, by the keys of its items; without a version it is the newest one's."""

    template = Text(60, least=1, required=True)
    version = fields.Integer(strict=True, load_default=None, validate=Range(1, 10_000))
    answers = fields.Dict(
        keys=fields.String(validate=Pattern(QUESTION)),
        values=Answer(),
        required=True,
        validate=Length(max=100),
    )


class ChecklistQuery(PageQuery):
    """Which checklists: the newest version of each, or all."""

    versions = fields.String(load_default="current", validate=OneOf(("current", "all")))


class OpensView(View):
    """Answers that suggest an issue."""

    category = fields.String(required=True)
    when = fields.List(fields.String(), required=True)


class ItemView(View):
    """One question."""

    key = fields.String(required=True)
    text = fields.String(required=True)
    type = fields.String(required=True)
    required = fields.Boolean(required=True)
    choices = fields.List(fields.String(), required=True)
    opens_issue = fields.Nested(OpensView, allow_none=True)


class ChecklistView(View):
    """A checklist: one version of a template."""

    code = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    items = fields.List(fields.Nested(ItemView), required=True)
