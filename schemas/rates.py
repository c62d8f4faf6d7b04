"""Rates of projects over the wire. Money is 万元 as text with two places, never a float."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from app.projects.asking import BASES, TRUE
from app.projects.documents import LEVELS
from app.projects.rates.formulas import RATES, STEPS
from app.projects.rates.measures import MEASURES
from app.projects.rates.queries import BY, CURRENT, PLANS
from schemas.base import Id, OneOf, PageQuery, Pattern, Range, Text, View, page_of
from schemas.stages import settled_field

MONTH = r"20\d\d-(0[1-9]|1[0-2])"
_PERCENT = "In %, one place; null of nothing."


def _month(name: str) -> fields.String:
    return fields.String(data_key=name, validate=Pattern(MONTH), metadata={"pattern": f"^{MONTH}$"})


class Shaped(fields.Nested):
    """What is made just as its schema says: passed on as it is, since there are thousands of them."""

    def _serialize(  # type: ignore[override]
        self, value: Any, attr: str | None, obj: Any, **kwargs: Any
    ) -> Any:
        return value


class NarrowedQuery(PageQuery):
    """Which projects, told apart by what, as of which day.

    `from` and `to` are months of cohorts, both included; from January to the month of `as_of` by
    themselves. `basis`: a past `as_of` as it truly was by what is known now, or as it was known at its end.
    As known, and of projects that no sums are kept for, the answer is made from the entries of each.
    """

    first = _month("from")
    last = _month("to")
    by = fields.String(load_default="district", validate=OneOf(tuple(BY)))
    as_of = fields.Date()
    basis = fields.String(load_default=TRUE, validate=OneOf(BASES))
    unit = Text(40)
    industry = Text(60)
    level = fields.String(validate=OneOf(LEVELS))
    leader_id = Id()
    commissioner_id = Id()


class RatesQuery(NarrowedQuery):
    """`year` is that of the completion, that of `to` by itself; `plan` the plan it is shown against.

    With `projects` the projects behind the `rate` come too, a page of them; with `matured` those that have
    had the whole window. Narrow by unit, industry and so on to those behind one line.
    """

    year = fields.Integer(validate=Range(2000, 2100))
    plan = fields.String(load_default=CURRENT, validate=OneOf(PLANS))
    projects = fields.Boolean(load_default=False)
    rate = fields.String(load_default=RATES[0], validate=OneOf(RATES))
    matured = fields.Boolean(load_default=False)


class FirmsQuery(PageQuery):
    """Which firms' land: of projects in a unit, of an industry."""

    as_of = fields.Date()
    basis = fields.String(load_default=TRUE, validate=OneOf(BASES))
    unit = Text(40)
    industry = Text(60)


def _percent() -> fields.Float:
    return fields.Float(required=True, allow_none=True, metadata={"description": _PERCENT})


class MoneyShareView(View):
    """By planned investment."""

    numerator = fields.String(required=True)
    denominator = fields.String(required=True)
    percent = _percent()


class SteppedView(View):
    """A rate of steps, by count, and by planned investment; `small`: of too few to say much."""

    numerator = fields.Integer(required=True)
    denominator = fields.Integer(required=True)
    percent = _percent()
    money = fields.Nested(MoneyShareView, required=True)
    small = fields.Boolean(required=True)


class StepView(View):
    """Over all of the cohort, and over what of it has had the whole window."""

    open = fields.Nested(SteppedView, required=True)
    matured = fields.Nested(SteppedView, required=True)


class AgainstView(View):
    """Against one plan; `gap` in percentage points, ahead of time above 0."""

    plan = fields.String(required=True)
    percent = _percent()
    gap = fields.Float(required=True, allow_none=True)


class CompletionView(AgainstView):
    """Investment of the year against the plan that was asked for, beside both, after so many whole months."""

    year = fields.Integer(required=True)
    months = fields.Integer(required=True)
    projects = fields.Integer(required=True)
    actual = fields.String(required=True)
    first = fields.Nested(AgainstView, required=True)
    current = fields.Nested(AgainstView, required=True)
    small = fields.Boolean(required=True)


FiveView = View.from_dict(
    {
        **{rate: fields.Nested(StepView, required=True) for rate in STEPS},
        "completion": fields.Nested(CompletionView, required=True),
    },
    name="FiveView",
)


class GroupView(View):
    """Whose numbers these are; null is not told apart, or is not known of the projects."""

    unit = fields.String(required=True, allow_none=True)
    unit_name = fields.String(required=True, allow_none=True)
    industry = fields.String(required=True, allow_none=True)
    industry_name = fields.String(required=True, allow_none=True)
    level = fields.String(required=True, allow_none=True)
    leader_id = fields.String(required=True, allow_none=True)
    leader = fields.String(required=True, allow_none=True)
    commissioner_id = fields.String(required=True, allow_none=True)
    commissioner = fields.String(required=True, allow_none=True)


class RatesLine(GroupView):
    """The five rates of a group."""

    rates = fields.Nested(FiveView, required=True)


class BehindView(View):
    """A project of a denominator; `counts`: of the numerator too. Amounts are those of the completion."""

    id = Id(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    industry = fields.String(required=True)
    since = fields.String(required=True)
    reached = fields.String(required=True, allow_none=True)
    exited_on = fields.String(required=True, allow_none=True)
    investment = fields.String(required=True, allow_none=True)
    counts = fields.Boolean(required=True)
    matured = fields.Boolean(required=True)
    first = fields.String(required=True, allow_none=True)
    plan = fields.String(required=True, allow_none=True)
    actual = fields.String(required=True, allow_none=True)


class AsOfView(View):
    """Of which day, known how; `pending` projects' latest entries are not in it yet."""

    as_of = fields.String(required=True)
    basis = fields.String(required=True)
    settled = settled_field()
    pending = fields.Integer(required=True)


class RatesView(AsOfView):
    """The rates of each group, and of all that one may see; the projects behind one, if asked for."""

    first = fields.String(required=True, data_key="from")
    last = fields.String(required=True, data_key="to")
    by = fields.String(required=True)
    plan = fields.String(required=True)
    items = fields.List(Shaped(RatesLine), required=True)
    total = Shaped(FiveView, required=True)
    projects = fields.Nested(page_of(BehindView), required=True, allow_none=True)


class RateMeasureView(View):
    """A number: `value` in the unit of its definition, of so many projects; null of nothing."""

    value = fields.String(required=True, allow_none=True)
    numerator = fields.String(required=True, allow_none=True)
    denominator = fields.String(required=True, allow_none=True)
    count = fields.Integer(required=True)
    unranked = fields.Integer(required=True)
    small = fields.Boolean(required=True)


MeasuresView = View.from_dict(
    {name: fields.Nested(RateMeasureView, required=True) for name in MEASURES}, name="MeasuresView"
)


class MeasuresLine(GroupView):
    """The further metrics of a group."""

    metrics = fields.Nested(MeasuresView, required=True)


class MetricsView(AsOfView):
    """The further metrics of each group, and of all that one may see."""

    first = fields.String(required=True, data_key="from")
    last = fields.String(required=True, data_key="to")
    by = fields.String(required=True)
    items = fields.List(Shaped(MeasuresLine), required=True)
    total = Shaped(MeasuresView, required=True)


class FirmView(View):
    """A firm's tax on its land. `rank` is null while it has not been in production for long enough."""

    enterprise_id = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    production_on = fields.String(required=True)
    tax = fields.String(required=True)
    land_mu = fields.String(required=True)
    tax_per_mu = fields.String(required=True)
    rank = fields.Integer(required=True, allow_none=True)


class FirmsView(AsOfView):
    """Firms by tax per mu, the highest first; those without a rank at the end."""

    items = fields.List(fields.Nested(FirmView), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)


class DefinitionView(View):
    """What a number means."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    formula = fields.String(required=True)
    source = fields.String(required=True)
    unit = fields.String(required=True)
    window_months = fields.Integer(required=True, allow_none=True)
    notes = fields.String(required=True)


class DefinitionsView(View):
    """All of them, the five rates first."""

    items = fields.List(fields.Nested(DefinitionView), required=True)
