"""Figures of departments and clerks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask.views import MethodView

from app.api import auth
from app.api.operation import Blueprint
from app.foundation import clock
from app.reports import queries
from app.reports.queries import Line, Report, Span
from app.reports.rates import RATES, Coverage, Rate, share
from schemas.reports import ClerksQuery, ClerksReport, DepartmentsReport, SpanQuery

blueprint = Blueprint("reports", __name__, url_prefix="/reports", description="报表")


@blueprint.route("/departments")
class Departments(MethodView):
    @blueprint.operation(query=SpanQuery, shows=DepartmentsReport)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Departments: in time, resolved, satisfied, returned, redone, and how long it took."""
        ids = query.pop("ids")
        found = queries.departments(auth.me(), Span(**query), clock.now())
        total = _figures(found.total, ids) if found.total else None
        return {**_report(found, ids), "total": total}


@blueprint.route("/clerks")
class Clerks(MethodView):
    @blueprint.operation(query=ClerksQuery, shows=ClerksReport)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The same of clerks and heads; a clerk sees their own figures alone."""
        ids, department = query.pop("ids"), query.pop("department_id", None)
        found = queries.clerks(auth.me(), Span(**query), department, clock.now())
        return _report(found, ids)


def _report(found: Report, ids: bool) -> dict[str, Any]:
    return {
        "month": found.month,
        "start": found.period.start,
        "end": found.period.end,
        "frozen_at": found.frozen_at,
        "items": [_line(each, ids) for each in found.lines],
    }


def _line(line: Line, ids: bool) -> dict[str, Any]:
    return {
        "department_id": line.department,
        "department": line.department_name or "",
        "person_id": line.person,
        "person": line.person_name or "",
        **_figures(line, ids),
    }


def _figures(line: Line, ids: bool) -> dict[str, Any]:
    found, hours = line.figures, line.figures.hours_to_answer
    return {
        **{name: _rate(getattr(found, name), ids) for name in RATES},
        "coverage": _coverage(found.coverage, ids),
        "hours_to_answer": {
            "hours": hours.hours,
            "count": len(hours.of),
            "ids": hours.of if ids else None,
        },
        "corrections": line.corrections,
    }


def _rate(rate: Rate, ids: bool) -> dict[str, Any]:
    return {
        "numerator": len(rate.numerator),
        "denominator": len(rate.denominator),
        "rate": share(len(rate.numerator), len(rate.denominator)),
        "numerator_ids": rate.numerator if ids else None,
        "denominator_ids": rate.denominator if ids else None,
    }


def _coverage(found: Coverage, ids: bool) -> dict[str, Any]:
    return {
        **asdict(found),
        "asked": len(found.asked),
        "rate": share(found.by_enterprise, len(found.asked)),
        "asked_ids": found.asked if ids else None,
    }
