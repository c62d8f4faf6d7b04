"""Draws and spot checks over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.oversight.checks import ANSWERS, Callback
from app.oversight.draws_documents import (
    BY_DEPARTMENT,
    BY_UNIT,
    CHECK_STATES,
    DRAW_STATES,
    KINDS,
    OUTCOMES,
    STRATA,
)
from schemas.base import (
    Base,
    ClientId,
    Id,
    Length,
    Moment,
    OneOf,
    PageQuery,
    Range,
    Text,
    View,
)
from schemas.warnings import of_our_times

WORDS = 5000


class DrawIn(Base):
    """What is to be drawn: of closed tickets and ended visits of a period, `size` or `percent`."""

    client_id = ClientId(required=True)
    name = Text(100, least=1, required=True)
    kinds = fields.List(
        fields.String(validate=OneOf(KINDS)), required=True, validate=Length(min=1, max=2)
    )
    since = fields.Date(required=True, validate=of_our_times)
    until = fields.Date(required=True, validate=of_our_times)
    unit = Text(20, least=1, load_default=None)
    department_id = Id(load_default=None)
    category = Text(40, least=1, load_default=None)
    size = fields.Integer(strict=True, validate=Range(1, 300), load_default=None)
    percent = fields.Integer(strict=True, validate=Range(1, 100), load_default=None)
    strata = fields.String(validate=OneOf(STRATA), load_default=None)
    inspector_ids = fields.List(Id(), load_default=list, validate=Length(max=50))


class DrawWordsIn(Base):
    """Why."""

    text = Text(WORDS, least=1, required=True)


class DrawsQuery(PageQuery):
    """Which draws."""

    state = fields.String(validate=OneOf(DRAW_STATES))


class DrawView(View):
    """A draw. `seed` is shown once it is drawn; its SHA-256, the `commitment`, from the planning on."""

    id = Id(required=True)
    name = fields.String(required=True)
    kinds = fields.List(fields.String(), required=True)
    since = fields.String(required=True)
    until = fields.String(required=True)
    unit = fields.String(allow_none=True)
    department_id = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    category = fields.String(allow_none=True)
    size = fields.Integer(allow_none=True)
    percent = fields.Integer(allow_none=True)
    strata = fields.String(allow_none=True)
    algorithm = fields.String(required=True)
    commitment = fields.String(required=True)
    seed = fields.String(allow_none=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    as_of = Moment(allow_none=True)
    count = fields.Integer(allow_none=True)
    population_hash = fields.String(allow_none=True)
    by = fields.String(required=True)
    drawn_by = fields.String(allow_none=True)
    created_at = Moment(required=True)
    actions = fields.List(fields.String(), required=True)


class DrawStepView(View):
    """A step of the history of a draw, a check or a finding."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    text = fields.String(required=True)


class DrawWholeView(DrawView):
    """A draw with its history, and in words how it is made: enough to make it again."""

    how = fields.String(required=True)
    history = fields.List(fields.Nested(DrawStepView), required=True)


class DrawVerifiedView(View):
    """Whether the draw comes out the same when it is made again. `drawn` are its items in order."""

    sound = fields.Boolean(required=True)
    seed_fits = fields.Boolean(required=True)
    population_fits = fields.Boolean(required=True)
    lots_fit = fields.Boolean(required=True)
    drawn = fields.List(fields.String(), required=True)


class DrawLineView(View):
    """A line of the population: the item, a blank, its stratum."""

    line = fields.String(required=True)


class CheckCallIn(Base):
    """A call to the enterprise: when, whether anybody was reached, and what they said."""

    at = Moment(required=True)
    reached = fields.Boolean(required=True)
    solved = fields.String(validate=OneOf(ANSWERS), load_default=None, allow_none=True)
    text = Text(2000, load_default="")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Callback:
        """The call as a value."""
        return Callback(**data)


class CheckRecordIn(Base):
    """What the inspector found, and what it rests on."""

    outcome = fields.String(required=True, validate=OneOf(OUTCOMES))
    notes = Text(WORDS, least=1, required=True)
    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))
    callback = fields.Nested(CheckCallIn, load_default=None, allow_none=True)


class CheckAssignIn(Base):
    """Another inspector."""

    inspector_id = Id(required=True)


class ChecksQuery(PageQuery):
    """Which checks; days are those of the recording."""

    draw_id = Id()
    state = fields.String(validate=OneOf(CHECK_STATES))
    outcome = fields.String(validate=OneOf(OUTCOMES))
    unit = Text(20, least=1)
    department_id = Id()
    mine = fields.Boolean()
    since = fields.Date(validate=of_our_times)
    until = fields.Date(validate=of_our_times)


class CheckFiguresQuery(Base):
    """Of which checks, by what."""

    by = fields.String(validate=OneOf((BY_DEPARTMENT, BY_UNIT)), load_default=BY_DEPARTMENT)
    draw_id = Id()
    since = fields.Date(validate=of_our_times)
    until = fields.Date(validate=of_our_times)


class CheckCallView(View):
    """A call to the enterprise; its words are for those who watch."""

    at = Moment(required=True)
    reached = fields.Boolean(required=True)
    solved = fields.String(allow_none=True)
    text = fields.String(required=True)


class CheckLineView(View):
    """A check: what was drawn, whose it is to look, what was found."""

    id = Id(required=True)
    draw_id = fields.String(required=True)
    item = fields.String(required=True)
    item_id = fields.String(required=True)
    issue_id = fields.String(allow_none=True)
    name = fields.String(required=True)
    department_id = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    category = fields.String(allow_none=True)
    rank = fields.String(required=True)
    inspector_id = fields.String(allow_none=True)
    inspector = fields.String(allow_none=True)
    due_at = Moment(required=True)
    overdue = fields.Boolean(required=True)
    state = fields.String(required=True)
    outcome = fields.String(allow_none=True)
    outcome_name = fields.String(allow_none=True)
    notes = fields.String(required=True)
    photo_ids = fields.List(fields.String(), required=True)
    callback = fields.Nested(CheckCallView, allow_none=True)
    recorded_at = Moment(allow_none=True)
    recorded_by = fields.String(allow_none=True)
    actions = fields.List(fields.String(), required=True)


class CheckWholeView(CheckLineView):
    """A check with its history."""

    history = fields.List(fields.Nested(DrawStepView), required=True)


class CheckShareView(View):
    """What checks came to; `share` of the recorded is confirmed, `low` to `high` by 95 %.

    `caution` says in words that they are few.
    """

    key = fields.String(required=True)
    name = fields.String(required=True)
    open = fields.Integer(required=True)
    recorded = fields.Integer(required=True)
    confirmed = fields.Integer(required=True)
    doubtful = fields.Integer(required=True)
    fake = fields.Integer(required=True)
    share = fields.Float(allow_none=True)
    low = fields.Float(allow_none=True)
    high = fields.Float(allow_none=True)
    small = fields.Boolean(required=True)
    caution = fields.String(allow_none=True)
    check_ids = fields.List(fields.String(), required=True)


class CheckFiguresView(View):
    """By department or unit, and all together."""

    items = fields.List(fields.Nested(CheckShareView), required=True)
    total = fields.Nested(CheckShareView, required=True)
