"""Rankings, scores, exclusions and entered figures over the wire. Numbers are text."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.scoreboards.register import REGISTER
from schemas.base import (
    Base,
    ClientId,
    Id,
    Moment,
    OneOf,
    ReasonView,
    Text,
    View,
)
from schemas.ledger import new_of, view_of
from schemas.scoreboards import WORDS, period_text
from schemas.stages import ENTRY, reason_field, stated


class ScoreExportQuery(Base):
    """As which kind of file."""

    format = fields.String(load_default="xlsx", validate=OneOf(("xlsx", "csv")))


class ScoreExclusionIn(Base):
    """Who is out of the period, and why."""

    client_id = ClientId(required=True)
    subject = Text(40, least=1, required=True)
    reason = Text(WORDS, least=1, required=True)


_REASON = {"reason": reason_field()}


class ScoreFiguresQuery(Base):
    """Of which period; without one of all."""

    period = period_text(load_default=None)


class ScoreFigureIn(new_of(REGISTER, "_ScoreFigureIn", without=("board",), more=_REASON)):  # type: ignore[misc]
    """A figure that nobody can compute. One that was stated before is corrected, with a reason."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{client_id, reason, raw}."""
        return stated(data, "client_id", "reason")


class ScoreFigureView(view_of(REGISTER, "_ScoreFigureView", more=dict(ENTRY))):  # type: ignore[misc]
    """A figure: what was stated, from where, by whom."""

    subject_name = fields.String(required=True)


class ScoreFiguresList(View):
    """What stands entered."""

    items = fields.List(fields.Nested(ScoreFigureView), required=True)


class ScoreMetricView(View):
    """A metric that contests may score. `of_firms`: it counts only over enough firms."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    of = fields.List(fields.String(), required=True)
    percent = fields.Boolean(required=True)
    of_firms = fields.Boolean(required=True)
    options = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class ScoreMetricsList(View):
    """All of them, and how many firms are enough."""

    items = fields.List(fields.Nested(ScoreMetricView), required=True)
    least_firms = fields.Integer(required=True)
    normalisations = fields.List(fields.String(), required=True)


class ScoreCorrectedView(View):
    """What a score comes to with what appeals corrected."""

    total = fields.String(allow_none=True)
    rank = fields.Integer(allow_none=True)


class ScoreLineView(View):
    """A subject's score. `excluded` and whoever is not eligible have no rank, and `why`."""

    subject = fields.String(required=True)
    name = fields.String(required=True)
    total = fields.String(allow_none=True)
    rank = fields.Integer(allow_none=True)
    excluded = fields.Boolean(required=True)
    small = fields.Boolean(required=True)
    why = fields.List(fields.Nested(ReasonView), required=True)
    corrected = fields.Nested(ScoreCorrectedView, allow_none=True)


class ScorePeriodLine(View):
    """A period to which anything was done."""

    board = fields.String(required=True)
    period = fields.String(required=True)
    state = fields.String(required=True)
    frozen_at = Moment(allow_none=True)
    appeals_until = Moment(allow_none=True)


class ScorePeriodList(View):
    """They, the latest first; and the one that runs."""

    current = fields.String(required=True)
    items = fields.List(fields.Nested(ScorePeriodLine), required=True)


class ScoreWordView(View):
    """What somebody said with a step."""

    text = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)


class ScoreExclusionView(View):
    """Who is out, or was until it was `lifted`."""

    id = Id(required=True)
    board = fields.String(required=True)
    period = fields.String(required=True)
    subject = fields.String(required=True)
    reason = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    created_at = Moment(required=True)
    lifted = fields.Nested(ScoreWordView, allow_none=True)


class ScorePeriodView(View):
    """The ranking of a period, live or frozen; `number` is the version of the template it is by."""

    board = fields.String(required=True)
    period = fields.String(required=True)
    title = fields.String(required=True)
    of = fields.String(required=True)
    state = fields.String(required=True)
    number = fields.Integer(required=True)
    as_of = fields.String(required=True)
    frozen_at = Moment(allow_none=True)
    frozen_by = fields.String(allow_none=True)
    appeals_until = Moment(allow_none=True)
    items = fields.List(fields.Nested(ScoreLineView), required=True)
    exclusions = fields.List(fields.Nested(ScoreExclusionView), required=True)


class ScoreValueView(View):
    """An item of a score, from the value to the points; `steps` in words and numbers."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    weight = fields.Integer(required=True)
    source = fields.String(required=True)
    options = fields.Dict(required=True)
    normalisation = fields.String(required=True)
    value = fields.String(allow_none=True)
    numerator = fields.String(allow_none=True)
    denominator = fields.String(allow_none=True)
    sample = fields.Integer(allow_none=True)
    firms = fields.Integer(allow_none=True)
    last_year = fields.String(allow_none=True)
    small = fields.Boolean(required=True)
    counts = fields.Boolean(required=True)
    normalised = fields.String(allow_none=True)
    points = fields.String(allow_none=True)
    steps = fields.List(fields.Nested(ReasonView), required=True)
    numerator_ids = fields.List(fields.String(), required=True)
    denominator_ids = fields.List(fields.String(), required=True)
    links = fields.List(fields.String(), required=True)
    entry_id = fields.String(allow_none=True)


class ScoreWholeView(ScoreLineView):
    """A score down to the records behind it."""

    board = fields.String(required=True)
    period = fields.String(required=True)
    state = fields.String(required=True)
    number = fields.Integer(required=True)
    as_of = fields.String(required=True)
    items = fields.List(fields.Nested(ScoreValueView), required=True)


class ScoreMovedView(View):
    """A subject by the template in use and by the one that is tried."""

    subject = fields.String(required=True)
    name = fields.String(required=True)
    total_before = fields.String(allow_none=True)
    rank_before = fields.Integer(allow_none=True)
    total = fields.String(allow_none=True)
    rank = fields.Integer(allow_none=True)


class ScoreSimulationView(View):
    """Both rankings side by side, in the order of the new one."""

    board = fields.String(required=True)
    period = fields.String(required=True)
    as_of = fields.String(required=True)
    items = fields.List(fields.Nested(ScoreMovedView), required=True)
