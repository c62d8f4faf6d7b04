"""Templates of contests over the wire. Numbers are text: a float would round what decides a rank."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from app.scoreboards.catalogue import ENTERED, KINDS, METRICS, OPTIONS
from app.scoreboards.periods import ANY, EVERY
from app.scoreboards.template import (
    DIRECTIONS,
    FLAG,
    MINMAX,
    MISSING,
    MOST_CAP,
    MOST_ITEMS,
    NORMALISATIONS,
    SMALL,
    SPREAD,
    UP,
    WHOLE,
)
from config.scoreboard_terms import CODE
from schemas.base import (
    Base,
    ClientId,
    Length,
    Moment,
    OneOf,
    Pattern,
    Range,
    Text,
    View,
)

WORDS = 2000
CODE_FORM = rf"^{CODE.pattern}$"
_NUMBER = r"^-?\d{1,12}(\.\d{1,4})?$"
_PERIOD = rf"^({ANY})$"


def _whole(low: int, high: int, default: int) -> fields.Integer:
    return fields.Integer(strict=True, load_default=default, validate=Range(low, high))


def number_text(**options: Any) -> fields.String:
    """A number with four places at most."""
    return fields.String(validate=Pattern(_NUMBER), **options)


def period_text(**options: Any) -> fields.String:
    """A month, quarter or year."""
    return fields.String(validate=Pattern(_PERIOD), metadata={"pattern": _PERIOD}, **options)


class ScoreOptionsIn(Base):
    """What can be chosen about a metric; `GET /scoreboards/metrics` says of which."""

    measure = fields.String(validate=OneOf(OPTIONS["measure"]))
    cohort = fields.String(validate=OneOf(OPTIONS["cohort"]))
    plan = fields.String(validate=OneOf(OPTIONS["plan"]))
    window = fields.String(validate=OneOf(OPTIONS["window"]))
    size_class = fields.String(validate=OneOf(OPTIONS["size_class"]))
    level = fields.String(validate=OneOf(OPTIONS["level"]))
    industry = Text(60, least=1)


class ScoreItemIn(Base):
    """One thing that is scored; `weight` is percent of the whole, `least` the smallest sample."""

    code = fields.String(required=True, validate=Pattern(CODE_FORM))
    name = Text(100, least=1, required=True)
    weight = fields.Integer(required=True, strict=True, validate=Range(0, WHOLE))
    source = fields.String(required=True, validate=OneOf((ENTERED, *METRICS)))
    options = fields.Nested(ScoreOptionsIn, load_default=dict)
    normalisation = fields.String(load_default=MINMAX, validate=OneOf(NORMALISATIONS))
    direction = fields.String(load_default=UP, validate=OneOf(DIRECTIONS))
    cap = _whole(1, MOST_CAP, WHOLE)
    target = number_text(load_default=None, allow_none=True)
    least = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=Range(0, 100_000)
    )
    aggregate = fields.Boolean(load_default=False)


class ScoreContent(Base):
    """What a template says."""

    title = Text(100, least=1, required=True)
    of = fields.String(required=True, validate=OneOf(KINDS))
    every = fields.String(required=True, validate=OneOf(EVERY))
    small = fields.String(load_default=FLAG, validate=OneOf(SMALL))
    missing = fields.String(load_default=SPREAD, validate=OneOf(MISSING))
    eligible_weight = _whole(0, WHOLE, 50)
    note = Text(WORDS, load_default="")
    items = fields.List(fields.Nested(ScoreItemIn), required=True, validate=Length(max=MOST_ITEMS))


class ScoreboardIn(Base):
    """A draft: of a new contest, or the next version of one."""

    client_id = ClientId(required=True)
    board = fields.String(required=True, validate=Pattern(CODE_FORM))
    content = fields.Nested(ScoreContent, required=True)


class ScoreboardWhole(Base):
    """A draft as a whole."""

    content = fields.Nested(ScoreContent, required=True)


class ScoreReasonIn(Base):
    """Why."""

    reason = Text(WORDS, least=1, required=True)


class ScoreTextIn(Base):
    """What is said with a step."""

    text = Text(WORDS, least=1, required=True)


class ScoreSimulationIn(Base):
    """Another content, and the period it is tried on."""

    period = period_text(required=True)
    content = fields.Nested(ScoreContent, required=True)


class ScoreboardLine(View):
    """A version of a contest's template."""

    board = fields.String(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    of = fields.String(required=True)
    every = fields.String(required=True)
    state = fields.String(required=True)
    by = fields.String(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    published_at = Moment(allow_none=True)


class ScoreboardList(View):
    """Contests, each by the version in use; and drafts for those who may try them."""

    items = fields.List(fields.Nested(ScoreboardLine), required=True)


class ScoreStepView(View):
    """A step of a history."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    text = fields.String(required=True)


class ScoreboardView(ScoreboardLine):
    """A version whole."""

    content = fields.Dict(required=True)
    history = fields.List(fields.Nested(ScoreStepView), required=True)
