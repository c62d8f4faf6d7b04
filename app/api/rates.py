"""The rates and further metrics of projects, and what each of them means."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from flask.views import MethodView

from app.api import auth, rate_views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.projects.rates import definitions, measuring, members, queries
from app.projects.rates.queries import Asked
from schemas.rates import (
    DefinitionsView,
    FirmsQuery,
    FirmsView,
    MetricsView,
    NarrowedQuery,
    RatesQuery,
    RatesView,
)

blueprint = Blueprint("rates", __name__, description="五率与研判指标")

_ONLY = ("unit", "industry", "level")
_WHOSE = ("leader", "commissioner")


def _asked(query: dict[str, Any]) -> Asked:
    names = ("by", "first", "last", "year", "as_of", "basis")
    only: dict[str, Any] = {name: query[name] for name in _ONLY if name in query}
    only |= {name: ObjectId(query[f"{name}_id"]) for name in _WHOSE if f"{name}_id" in query}
    return Asked(only=only, **{name: query[name] for name in names if name in query})


@blueprint.route("/rates")
class RatesOfProjects(MethodView):
    @blueprint.operation(query=RatesQuery, shows=RatesView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The five rates, and on demand the projects behind one of them."""
        who, asked, now = auth.me(), _asked(query), clock.now()
        shown = rate_views.rates(queries.rates(who, asked, now), query["plan"])
        if not query["projects"]:
            return {**shown, "projects": None}
        page = members.behind(
            who,
            asked,
            query["rate"],
            now,
            matured=query["matured"],
            page=query["page"],
            page_size=query["page_size"],
        )
        return {**shown, "projects": rate_views.behind(page, query, who)}


@blueprint.route("/projects/metrics")
class MetricsOfProjects(MethodView):
    @blueprint.operation(query=NarrowedQuery, shows=MetricsView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Landing within three years, yields, symmetry, days from step to step."""
        return rate_views.metrics(measuring.metrics(auth.me(), _asked(query), clock.now()))


@blueprint.route("/projects/metrics/firms")
class FirmsByLand(MethodView):
    @blueprint.operation(query=FirmsQuery, shows=FirmsView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Firms by tax per mu."""
        found, ranked = measuring.ranking(auth.me(), _asked(query), clock.now())
        return rate_views.firms(found, ranked, query)


@blueprint.route("/metrics/definitions")
class Definitions(MethodView):
    @blueprint.operation(shows=DefinitionsView)
    def get(self) -> dict[str, Any]:
        """What each of the rates and metrics means."""
        return {"items": definitions.definitions(language())}
