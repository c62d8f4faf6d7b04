"""A commissioner's day, and the figures of visits."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.reports import months, rounds, visit_figures
from app.reports.rounds import Stop
from app.reports.visit_figures import Figures
from schemas.rounds import RoundQuery, RoundView, VisitFiguresQuery, VisitFiguresView

blueprint = Blueprint("rounds", __name__, description="每日走访安排与走访统计")


@blueprint.route("/me/rounds")
class MyRound(MethodView):
    @blueprint.operation(query=RoundQuery, shows=RoundView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Whom to visit on a day, with the reasons, in the order of a sensible way."""
        found = rounds.round_of(auth.me(), **query, now=clock.now())
        return {
            "date": found.day,
            "items": [_stop(n, each) for n, each in enumerate(found.stops, start=1)],
            "served": found.served,
            "visited": found.visited,
            "length_m": _metres(found.length_m),
        }


def _stop(n: int, stop: Stop) -> dict[str, Any]:
    place = stop.place
    same = ("kind", "id", "name", "unit", "for_whom", "overdue", "awaiting", "red", "yellow")
    point = place.point
    return {
        **{name: getattr(place, name) for name in same},
        **{name: getattr(stop, name) for name in ("rank", "startup", "days_since")},
        "n": n,
        "enterprise_id": place.enterprise,
        "site": {"latitude": point[0], "longitude": point[1]} if point else None,
        "open_issues": place.open,
        "last_visit_at": place.last_visit_at,
        "quota": place.quota.wanted,
        "visits_this_month": place.quota.made,
        "quota_missing": place.quota.missing,
        "distance_m": _metres(stop.distance_m),
        "leg_m": _metres(stop.leg_m),
        "reasons": views.reasons(stop.reasons),
    }


def _metres(length: float | None) -> float | None:
    """To the decimetre: nobody is located better."""
    return None if length is None else round(length, 1)


@blueprint.route("/visits/figures")
class VisitFigures(MethodView):
    @blueprint.operation(query=VisitFiguresQuery, shows=VisitFiguresView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What commissioners did in a month: visits, quotas, issues found, photos that hold as evidence."""
        now = clock.now()
        month = query.pop("month", None) or months.month_of(now)
        found = visit_figures.figures(auth.me(), month, now, **query)
        return {"month": month, "items": [_figures(each) for each in found]}


def _figures(one: Figures) -> dict[str, Any]:
    met = sum(quota.met for _, quota in one.quotas)
    return {
        "person_id": one.person,
        "person": one.name,
        "visits": one.visits,
        "firms": one.firms,
        "issues": one.issues,
        "photos_verified": _share(one.verified, one.photos),
        "quotas_met": _share(met, len(one.quotas)),
        "quotas": [
            {
                "enterprise_id": firm["_id"],
                "enterprise": firm["name"],
                "unit": firm.get("unit"),
                "quota": quota.wanted,
                "visits": quota.made,
                "missing": quota.missing,
            }
            for firm, quota in one.quotas
        ],
    }


def _share(part: int, of: int) -> dict[str, Any]:
    return {"numerator": part, "denominator": of, "rate": part / of if of else None}
