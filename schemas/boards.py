"""Boards over the wire. Money is 万元 as text with two places, never a float."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.boards.figures import BOARDS
from schemas.base import Base, Id, Moment, OneOf, PageQuery, Text, View
from schemas.rates import Shaped


class BoardQuery(Base):
    """Whose board: one's own where nobody is named."""

    unit = Text(40)
    department_id = Id()
    person_id = Id()


class BoardFigureQuery(PageQuery):
    """Which records: those that a figure counted on a board, of one `value`, or from day to day.

    `as_of` is what the board said; without it, as it was counted last. Both days are included.
    """

    board = fields.String(required=True, validate=OneOf(BOARDS))
    unit = Text(40)
    department_id = Id()
    person_id = Id()
    as_of = Moment()
    value = Text(60)
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """Raises ValidationError for an end before the beginning."""
        if "first" in data and "last" in data and data["first"] > data["last"]:
            raise ValidationError({"to": ["request.invalid_value"]})


class BoardCountView(View):
    """How many, and the call that lists exactly these; `from` and `to` are days, both included."""

    value = fields.Integer(required=True)
    opens = fields.String(required=True)
    first = fields.String(data_key="from", allow_none=True)
    last = fields.String(data_key="to", allow_none=True)


class BoardFigureView(View):
    """A figure; `target` is what it is to reach, where there is such a thing."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    value = fields.Integer(required=True)
    target = fields.Integer(required=True, allow_none=True)
    opens = fields.String(required=True)


class BoardPartView(View):
    """One value of a figure that is told apart; empty is none known."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    value = fields.Integer(required=True)
    opens = fields.String(required=True)


class BoardGroupView(View):
    """A figure told apart by a value."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    items = fields.List(fields.Nested(BoardPartView), required=True)


class BoardSideView(View):
    """One side of a rate. `sum` (万元) where the rate is one of money, else null."""

    code = fields.String(required=True)
    value = fields.Integer(required=True)
    sum = fields.String(required=True, allow_none=True)
    opens = fields.String(required=True)


class BoardRateView(View):
    """A rate in %, one place; null of nothing."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    percent = fields.Float(required=True, allow_none=True)
    numerator = fields.Nested(BoardSideView, required=True)
    denominator = fields.Nested(BoardSideView, required=True)


class BoardSeriesView(View):
    """A figure over time: days, weeks (from Monday) and months, the present one to the day.

    `change_percent` is this year to the day against the same days of last year; null against nothing.
    """

    code = fields.String(required=True)
    name = fields.String(required=True)
    month = fields.Nested(BoardCountView, required=True)
    year = fields.Nested(BoardCountView, required=True)
    last_year = fields.Nested(BoardCountView, required=True)
    change_percent = fields.Float(required=True, allow_none=True)
    days = fields.List(Shaped(BoardCountView), required=True)
    weeks = fields.List(Shaped(BoardCountView), required=True)
    months = fields.List(Shaped(BoardCountView), required=True)


class BoardRoundView(View):
    """What is left of today's round: so many stops."""

    stops = fields.Integer(required=True)
    opens = fields.String(required=True)


class BoardView(View):
    """What a role looks at first, all of the moment `as_of`, on the local day `day`.

    `key` is the unit's code, or the id of the department or person; null for the district. `pending`
    changes are not in it yet. `round` is a commissioner's own.
    """

    board = fields.String(required=True)
    key = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    as_of = Moment(required=True)
    day = fields.Date(required=True)
    pending = fields.Integer(required=True)
    figures = fields.List(Shaped(BoardFigureView), required=True)
    groups = fields.List(Shaped(BoardGroupView), required=True)
    rates = fields.List(Shaped(BoardRateView), required=True)
    series = fields.List(Shaped(BoardSeriesView), required=True)
    round = fields.Nested(BoardRoundView, required=True, allow_none=True)
    notes = fields.List(fields.String(), required=True)


class BoardRecordView(View):
    """A record behind a figure. All but `kind` is null where the viewer may know of it no more.

    `due` is a moment or a local day. `spent` and `plan` are 万元 of this year, where the figure adds them up.
    """

    kind = fields.String(required=True)
    id = fields.String(required=True, allow_none=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    due = fields.String(required=True, allow_none=True)
    issue_id = fields.String(required=True, allow_none=True)
    project_id = fields.String(required=True, allow_none=True)
    spent = fields.String(required=True, allow_none=True)
    plan = fields.String(required=True, allow_none=True)


class BoardRecordsView(View):
    """The records that a figure counted at `as_of`; `total` is the figure."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    as_of = Moment(required=True)
    items = fields.List(fields.Nested(BoardRecordView), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)


class BoardDefinitionView(View):
    """What a figure or rate counts; a rate is of two figures."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    text = fields.String(required=True)
    boards = fields.List(fields.String(), required=True)
    numerator = fields.String(required=True, allow_none=True)
    denominator = fields.String(required=True, allow_none=True)


class BoardDefinitionsView(View):
    """All of them, and what holds for all."""

    items = fields.List(fields.Nested(BoardDefinitionView), required=True)
    notes = fields.List(fields.String(), required=True)
