"""Units, categories, enterprises and projects."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.operation import Blueprint
from app.enterprises import actions
from app.enterprises import queries as enterprises
from app.foundation import clock
from app.foundation.district import pack
from app.projects import queries as projects
from schemas.base import PageQuery, page_of
from schemas.registers import (
    CategoryView,
    EnterpriseComplete,
    EnterpriseView,
    ProjectQuery,
    ProjectView,
    RegisterQuery,
    UnitView,
)

blueprint = Blueprint("registers", __name__, description="镇街园区、类别、企业、项目")


def _cut(rows: list[Any], query: dict[str, Any]) -> dict[str, Any]:
    start = (query["page"] - 1) * query["page_size"]
    return views.page(rows[start : start + query["page_size"]], len(rows), query)


@blueprint.route("/units")
class Units(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(UnitView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Towns, sub-districts and parks."""
        return _cut(list(pack().units), query)


@blueprint.route("/categories")
class Categories(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(CategoryView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What an issue can be about."""
        return _cut(list(pack().categories), query)


@blueprint.route("/enterprises")
class Enterprises(MethodView):
    @blueprint.operation(query=RegisterQuery, shows=page_of(EnterpriseView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The enterprises one may see, by name."""
        found, total = enterprises.enterprises(auth.me(), **query)
        return views.page([_enterprise(each) for each in found], total, query)


@blueprint.route("/enterprises/<oid:key>")
class OneEnterprise(MethodView):
    @blueprint.operation(shows=EnterpriseView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An enterprise."""
        return _enterprise(enterprises.see_enterprise(auth.me(), key))


@blueprint.route("/enterprises/<oid:key>/complete")
class CompleteEnterprise(MethodView):
    @blueprint.operation(body=EnterpriseComplete, shows=EnterpriseView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Make a firm that was only named when filing a registered one."""
        given = actions.Registration(**body)
        views.perform(lambda: actions.complete(auth.me(), key, given, clock.now()))
        return _enterprise(enterprises.see_enterprise(auth.me(), key))


@blueprint.route("/projects")
class Projects(MethodView):
    @blueprint.operation(query=ProjectQuery, shows=page_of(ProjectView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The projects one may see, by name."""
        found, total = projects.projects(auth.me(), **query)
        return views.page([_project(each) for each in found], total, query)


@blueprint.route("/projects/<oid:key>")
class OneProject(MethodView):
    @blueprint.operation(shows=ProjectView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A project."""
        return _project(projects.see_project(auth.me(), key))


def _enterprise(each: Any) -> dict[str, Any]:
    return {**each.to_mongo().to_dict(), "id": each.id, "site": views.site(each.site)}


def _project(each: Any) -> dict[str, Any]:
    row = each.to_mongo().to_dict()
    return {
        **row,
        "id": each.id,
        "enterprise_id": each.enterprise,
        "site": views.site(each.site),
    }
