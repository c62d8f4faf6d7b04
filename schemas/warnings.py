"""Warnings, documented delays and falsified data over the wire."""

from __future__ import annotations

from datetime import date

from marshmallow import ValidationError, fields

from app.projects.delays import CAUSES
from app.projects.warnings.documents import STATES
from app.projects.warnings.facts import KINDS, LEVELS
from schemas.base import Base, ClientId, Id, Moment, OneOf, PageQuery, Text, View, page_of

FIRST_YEAR, LAST_YEAR = 2000, 2100


def of_our_times(day: date) -> None:
    """Raises ValidationError for a year that must be a slip of the finger."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(["request.invalid_value"])


class WarningsQuery(PageQuery):
    """Which warnings; without a state those that are not cleared."""

    kind = fields.String(validate=OneOf(KINDS))
    level = fields.String(validate=OneOf(LEVELS))
    unit = Text(20, least=1)
    state = fields.String(validate=OneOf(STATES))
    project_id = Id()


class WarningsOfProjectQuery(PageQuery):
    """Which warnings of a project; without a state all."""

    state = fields.String(validate=OneOf(STATES))


class WarningPlanIn(Base):
    """What is done about a warning, by which day."""

    text = Text(2000, least=1, required=True)
    by_on = fields.Date(required=True, validate=of_our_times)


class WarningEvidenceView(View):
    """A fact that a warning rests on, since when, and what it makes of it."""

    level = fields.String(required=True)
    since = fields.String(required=True)
    code = fields.String(required=True)
    text = fields.String(required=True)
    params = fields.Dict(required=True)


class WarningPlanView(View):
    """What was said when it was acknowledged."""

    text = fields.String(required=True)
    by_on = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)


class WarningLineView(View):
    """A warning of a project, or of a unit as a whole. `excluded_days` were taken off the clocks it is by."""

    id = Id(required=True)
    kind = fields.String(required=True)
    kind_name = fields.String(required=True)
    level = fields.String(required=True)
    level_name = fields.String(required=True)
    project_id = fields.String(allow_none=True)
    project = fields.String(allow_none=True)
    project_code = fields.String(allow_none=True)
    unit = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    since = fields.String(required=True)
    evidence = fields.List(fields.Nested(WarningEvidenceView), required=True)
    excluded_days = fields.Integer(required=True)
    plan = fields.Nested(WarningPlanView, allow_none=True)
    opened_at = Moment(required=True)
    red_at = Moment(allow_none=True)
    cleared_at = Moment(allow_none=True)
    actions = fields.List(fields.String(), required=True)


class WarningStepView(View):
    """What became of a warning, and by whom."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)
    text = fields.String(required=True)
    evidence = fields.List(fields.Nested(WarningEvidenceView), required=True)


class WarningView(WarningLineView):
    """A warning with its history."""

    history = fields.List(fields.Nested(WarningStepView), required=True)


class WarningsOfProject(page_of(WarningLineView)):  # type: ignore[misc]
    """The warnings of a project, and the days of delay by government that are taken off its clocks."""

    excluded_days = fields.Integer(required=True)


class DelayIn(Base):
    """A documented delay: from the day `since` to the end of the day `until`, null while it lasts."""

    client_id = ClientId(required=True)
    since = fields.Date(required=True, validate=of_our_times)
    until = fields.Date(load_default=None, allow_none=True, validate=of_our_times)
    cause = fields.String(required=True, validate=OneOf(CAUSES))
    text = Text(2000, least=1, required=True)
    basis = Text(500, load_default="")


class DelayEndIn(Base):
    """The last day of a delay."""

    until = fields.Date(required=True, validate=of_our_times)


class WithdrawIn(Base):
    """Why it is taken back."""

    reason = Text(500, least=1, required=True)


class TakenBackView(View):
    """Who took it back, when and why."""

    by = fields.String(required=True)
    at = Moment(required=True)
    reason = fields.String(required=True)


class DelayView(View):
    """A documented delay. `days` are those so far; `excluded`: government's, taken off the clocks."""

    id = Id(required=True)
    project_id = Id(required=True)
    since = fields.String(required=True)
    until = fields.String(allow_none=True)
    days = fields.Integer(required=True)
    cause = fields.String(required=True)
    cause_name = fields.String(required=True)
    excluded = fields.Boolean(required=True)
    text = fields.String(required=True)
    basis = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    withdrawn = fields.Nested(TakenBackView, allow_none=True)


class FalsificationIn(Base):
    """Data were found to be falsified on a day; the document that says so."""

    client_id = ClientId(required=True)
    on = fields.Date(required=True, validate=of_our_times)
    text = Text(2000, least=1, required=True)
    basis = Text(500, least=1, required=True)


class FalsificationView(View):
    """Falsified data."""

    id = Id(required=True)
    project_id = Id(required=True)
    on = fields.String(required=True)
    text = fields.String(required=True)
    basis = fields.String(required=True)
    by = fields.String(required=True)
    at = Moment(required=True)
    withdrawn = fields.Nested(TakenBackView, allow_none=True)
