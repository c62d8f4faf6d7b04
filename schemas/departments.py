"""Departments and their answer templates over the wire."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, post_load

from app.departments.actions import When
from app.departments.templates import GAPS, Content
from app.foundation.reasons import Reason
from schemas.base import Base, ClientId, Id, Moment, PageQuery, Text, View


class ComingChangeView(View):
    """A change that is decided: from `effective_on` another name, or an end with a successor."""

    kind = fields.String(required=True, metadata={"enum": ["rename", "close"]})
    effective_on = fields.String(required=True, metadata={"format": "date"})
    name = fields.String(allow_none=True)
    successor_id = fields.String(allow_none=True)
    successor = fields.String(allow_none=True)


class FormerNameView(View):
    """A name it had."""

    name = fields.String(required=True)
    until = Moment(required=True)


class DepartmentView(View):
    """A department; one that has ended may have a successor."""

    id = Id(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    unit = fields.String(allow_none=True)
    active = fields.Boolean(required=True)
    review_answers = fields.Boolean(required=True)
    ended_at = Moment(allow_none=True)
    successor_id = fields.String(allow_none=True)
    successor = fields.String(allow_none=True)
    renamed = fields.List(fields.Nested(FormerNameView), required=True)
    coming = fields.List(fields.Nested(ComingChangeView), required=True)


class DepartmentQuery(PageQuery):
    """Which departments; with `ended` those that are no more, too."""

    ended = fields.Boolean(load_default=False)


class DepartmentReview(Base):
    """Whether answers wait for the head."""

    required = fields.Boolean(required=True)


def _of_our_times(day: date) -> None:
    if not 2000 <= day.year <= 2100:
        raise ValidationError([Reason("request.time")])


class _Decision(Base):
    effective_on = fields.Date(required=True, validate=_of_our_times)
    reason = Text(500, least=1, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The day and the reason as a value, beside what is decided."""
        when = When(data.pop("effective_on"), data.pop("reason"))
        return {**data, "when": when}


class DepartmentRename(_Decision):
    """Another name from a day on; at once when it is today or past."""

    name = Text(100, least=1, required=True)


class DepartmentClose(_Decision):
    """An end, and who takes over; at once when the day is today or past."""

    successor_id = Id(required=True)


class DepartmentRecall(Base):
    """Why what is coming is called off."""

    reason = Text(500, least=1, required=True)


class AnswerTemplateContent(Base):
    """A template as a whole. The text may have gaps: {number} {enterprise} {department} {date}."""

    title = Text(100, least=1, required=True)
    text = Text(5000, least=1, required=True)
    result = Text(40, least=1, required=True)
    basis = Text(2000, load_default="")
    category = Text(40, least=1, load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """What it says, as a value."""
        return Content(**data)


class AnswerTemplateIn(AnswerTemplateContent):
    """A new template of a department."""

    client_id = ClientId(required=True)
    department_id = Id(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Its content as a value, beside whose it is."""
        mine = {name: data.pop(name) for name in ("client_id", "department_id")}
        return {**mine, "content": Content(**data)}


class AnswerTemplateQuery(PageQuery):
    """Which templates come first."""

    category = Text(40, least=1, load_default=None)


class AnswerTemplateView(View):
    """A template; `active` off is retired."""

    id = Id(required=True)
    client_id = fields.String(required=True)
    department_id = Id(required=True)
    department = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": f"gaps: {', '.join(GAPS)}"})
    result = fields.String(required=True)
    basis = fields.String(required=True)
    category = fields.String(allow_none=True)
    by = fields.String(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    active = fields.Boolean(required=True)
