"""Monthly figures, annual plans, locked months, 进规纳统."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.operation import Blueprint
from app.api.stages import entry_meta
from app.enterprises import scale
from app.foundation import clock
from app.projects.asking import Asked
from app.projects.figures import actions, near_scale, queries
from app.projects.figures.documents import FigureEntry, PlanEntry
from app.projects.figures.near_scale import Near
from app.registers.fields import restored
from schemas.base import PageQuery, page_of
from schemas.figures import (
    AnnualPlanIn,
    AnnualPlansList,
    AnnualPlanView,
    FirmFiguresIn,
    FirmFiguresList,
    FirmFiguresView,
    MonthLockIn,
    MonthLockView,
    NearScaleQuery,
    NearScaleView,
    ProjectFiguresIn,
    ProjectFiguresList,
    ProjectFiguresView,
    ScaleEntryView,
    ScaleIn,
    ScaleView,
)
from schemas.stages import AskedQuery, EntryVoid

blueprint = Blueprint("figures", __name__, description="月度数据、年度计划、进规纳统")


@blueprint.route("/projects/<oid:key>/figures")
class ProjectFigures(MethodView):
    @blueprint.operation(query=AskedQuery, shows=ProjectFiguresList, also=(404,))
    def get(self, query: Asked, key: str) -> dict[str, Any]:
        """What its months brought a project, now or as of a day."""
        return _list(queries.project_figures(auth.me(), key, query), query)

    @blueprint.operation(
        body=ProjectFiguresIn, shows=ProjectFiguresView, status=201, also=(200, 404)
    )
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """State what a month brought, or correct it."""
        draft, new = actions.state_project_figures(auth.me(), key, now=clock.now(), **body)
        row = queries.see_entry(FigureEntry, draft.after["_id"])
        return _shown(row), 201 if new else 200


@blueprint.route("/enterprises/<oid:key>/figures")
class EnterpriseFigures(MethodView):
    @blueprint.operation(query=AskedQuery, shows=FirmFiguresList, also=(404,))
    def get(self, query: Asked, key: str) -> dict[str, Any]:
        """What its months brought an enterprise as a whole, now or as of a day."""
        return _list(queries.enterprise_figures(auth.me(), key, query), query)

    @blueprint.operation(body=FirmFiguresIn, shows=FirmFiguresView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """State what a month brought, or correct it."""
        draft, new = actions.state_enterprise_figures(auth.me(), key, now=clock.now(), **body)
        row = queries.see_entry(FigureEntry, draft.after["_id"])
        return _shown(row), 201 if new else 200


@blueprint.route("/projects/<oid:key>/plans")
class Plans(MethodView):
    @blueprint.operation(query=AskedQuery, shows=AnnualPlansList, also=(404,))
    def get(self, query: Asked, key: str) -> dict[str, Any]:
        """The annual plans of a project: the first of each year and the current one."""
        return _list(queries.plans(auth.me(), key, query), query)

    @blueprint.operation(body=AnnualPlanIn, shows=AnnualPlanView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """State what a project is to invest in a year, or change it."""
        draft, new = actions.state_plan(auth.me(), key, now=clock.now(), **body)
        return _shown(queries.see_entry(PlanEntry, draft.after["_id"])), 201 if new else 200


@blueprint.route("/month-locks")
class MonthLocks(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(MonthLockView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The months that are locked, the latest first."""
        found, total = actions.locks(auth.me(), **query)
        return views.page(found, total, query)

    @blueprint.operation(body=MonthLockIn, shows=MonthLockView, status=201, also=(200,))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Lock a month: what is entered of it from now on is a correction, with a reason."""
        lock, new = actions.lock_month(auth.me(), body["month"], clock.now())
        return lock, 201 if new else 200


@blueprint.route("/enterprises/near-scale")
class NearScale(MethodView):
    @blueprint.operation(query=NearScaleQuery, shows=page_of(NearScaleView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Firms close to the threshold of 进规纳统, the nearest first."""
        percent = query.pop("percent")
        share = None if percent is None else Decimal(percent) / 100
        found, total = near_scale.near_threshold(auth.me(), clock.now(), share=share, **query)
        return views.page([_near(each) for each in found], total, query)


@blueprint.route("/enterprises/<oid:key>/scale")
class EnterpriseScale(MethodView):
    @blueprint.operation(shows=ScaleView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """Whether an enterprise is counted above scale, and since when."""
        found = scale.scale_of(auth.me(), key)
        return {
            "enterprise_id": found.enterprise,
            "entered": found.entered,
            "since": found.since,
            "threshold": str(found.threshold),
            "items": [_shown(each) for each in found.rows],
            "history": [_shown(each) for each in found.past],
        }

    @blueprint.operation(body=ScaleIn, shows=ScaleEntryView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """State that it was entered into the statistics above scale, or left them."""
        who = auth.me()
        draft, new = scale.state_scale(who, key, now=clock.now(), **body)
        return _shown(scale.see_entry(who, str(draft.after["_id"]))), 201 if new else 200


@blueprint.route("/scale-entries/<oid:key>/void")
class VoidScale(MethodView):
    @blueprint.operation(body=EntryVoid, shows=ScaleEntryView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take it back: there never was such a thing."""
        views.perform(lambda: scale.void(auth.me(), key, body["reason"], clock.now()))
        return _shown(scale.see_entry(auth.me(), key))


def _list(found: queries.Found, asked: Asked) -> dict[str, Any]:
    return {
        "settled": asked.settled,
        "items": [_shown(each) for each in found.rows],
        "history": [_shown(each) for each in found.past],
    }


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """An entry, its money as text; whose it is under either name."""
    values = {name: restored(value) for name, value in row.items()}
    amounts = {name: str(each) for name, each in values.items() if isinstance(each, Decimal)}
    return {
        **entry_meta({**row, **amounts}),
        "project_id": row.get("project") or row.get("subject"),
        "enterprise_id": row.get("enterprise") or row.get("subject"),
    }


def _near(near: Near) -> dict[str, Any]:
    firm = near.enterprise
    return {
        **firm,
        "enterprise_id": firm["_id"],
        "sector": firm.get("sector", ""),
        "commissioner_id": firm.get("commissioner"),
        "sales": str(near.trailing.sales),
        "threshold": str(near.threshold),
        "percent": float(round(near.share * 100, 1)),
        "months": near.trailing.months,
        "until": near.trailing.until,
    }
