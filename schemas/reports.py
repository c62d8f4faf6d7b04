"""Figures of departments and clerks over the wire."""

from __future__ import annotations

from marshmallow import fields

from app.reports.queries import MOST_DAYS
from app.reports.rates import RATES
from schemas.base import Base, Id, Moment, Pattern, View

MONTH = r"20\d\d-(0[1-9]|1[0-2])"


class SpanQuery(Base):
    """A month, or days from one to another, both included; the present month if neither is given."""

    month = fields.String(validate=Pattern(MONTH), metadata={"pattern": f"^{MONTH}$"})
    first = fields.Date(data_key="from")
    last = fields.Date(
        data_key="to", metadata={"description": f"With `from`, {MOST_DAYS} days at most."}
    )
    ids = fields.Boolean(
        load_default=False, metadata={"description": "Also the tickets behind each number."}
    )


class ClerksQuery(SpanQuery):
    """Whose figures."""

    department_id = Id()


def _ids() -> fields.List[str]:
    described = "Of tickets, one for each round, answer or word; only with ids=true."
    return fields.List(Id(), required=True, allow_none=True, metadata={"description": described})


class RateView(View):
    """What was, out of what could have been; no rate of nothing."""

    numerator = fields.Integer(required=True)
    denominator = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True)
    numerator_ids = _ids()
    denominator_ids = _ids()


class BehalfView(View):
    """How many words one person took down by one channel."""

    recorder = fields.String(required=True)
    channel = fields.String(required=True)
    count = fields.Integer(required=True)


class CoverageView(View):
    """How the answers were taken that came to an end: beside this stands every rate of words.

    `asked` are words of the enterprise, words on its behalf, silence and not reached together; `final` are
    issues closed for good without a solution.
    """

    asked = fields.Integer(required=True)
    by_enterprise = fields.Integer(required=True)
    on_behalf = fields.Integer(required=True)
    on_behalf_by = fields.List(fields.Nested(BehalfView), required=True)
    silence = fields.Integer(required=True)
    unreachable = fields.Integer(required=True)
    final = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True)
    asked_ids = _ids()


class HoursView(View):
    """The median of office hours from dispatch to answer, of so many tickets."""

    hours = fields.Float(required=True, allow_none=True)
    count = fields.Integer(required=True)
    ids = _ids()


class CorrectionView(View):
    """A number that is counted otherwise today than when the month was frozen."""

    field = fields.String(required=True)
    then = fields.Float(required=True, allow_none=True)
    now = fields.Float(required=True, allow_none=True)


FiguresView = View.from_dict(
    {
        **{name: fields.Nested(RateView, required=True) for name in RATES},
        "coverage": fields.Nested(CoverageView, required=True),
        "hours_to_answer": fields.Nested(HoursView, required=True),
        "corrections": fields.List(fields.Nested(CorrectionView), required=True),
    },
    name="FiguresView",
)


class DepartmentFigures(FiguresView):  # type: ignore[valid-type, misc]
    """The figures of a department."""

    department_id = Id(required=True)
    department = fields.String(required=True)


class ClerkFigures(DepartmentFigures):
    """The figures of a clerk or head in a department."""

    person_id = Id(required=True)
    person = fields.String(required=True)


class ReportView(View):
    """A period. `frozen_at`: the figures are of that moment, and `corrections` tell what differs now."""

    month = fields.String(required=True, allow_none=True)
    start = Moment(required=True)
    end = Moment(required=True)
    frozen_at = Moment(required=True, allow_none=True)


class DepartmentsReport(ReportView):
    """Departments by name; `total` is the whole district's, for those who see all of it."""

    items = fields.List(fields.Nested(DepartmentFigures), required=True)
    total = fields.Nested(FiguresView, required=True, allow_none=True)


class ClerksReport(ReportView):
    """Clerks and heads by department and name."""

    items = fields.List(fields.Nested(ClerkFigures), required=True)
