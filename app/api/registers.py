"""Units, categories, enterprises and projects."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.conditions import require_match
from app.api.errors import language
from app.api.operation import Blueprint
from app.enterprises import actions
from app.enterprises import keeping as firms
from app.enterprises import queries as enterprises
from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.foundation.district import pack
from app.people.access import Ties, allowed
from app.projects import at_gates, keeping
from app.projects import queries as projects
from app.projects.documents import Project
from schemas.base import PageQuery, page_of
from schemas.registers import (
    CategoryView,
    EnterpriseComplete,
    EnterpriseContent,
    EnterpriseIn,
    EnterpriseQuery,
    EnterpriseView,
    GatesView,
    ProjectContent,
    ProjectIn,
    ProjectQuery,
    ProjectView,
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
    @blueprint.operation(query=EnterpriseQuery, shows=page_of(EnterpriseView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The enterprises one may see, by name."""
        found, total = enterprises.enterprises(auth.me(), **query)
        return views.page([_enterprise(each) for each in found], total, query)

    @blueprint.operation(body=EnterpriseIn, shows=EnterpriseView, status=201, also=(200,))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Register an enterprise."""
        made, new = firms.create(auth.me(), raw=body.pop("row"), now=clock.now(), **body)
        return _enterprise(made), 201 if new else 200


@blueprint.route("/enterprises/<oid:key>")
class OneEnterprise(MethodView):
    @blueprint.operation(shows=EnterpriseView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An enterprise."""
        return _enterprise(enterprises.see_enterprise(auth.me(), key))

    @blueprint.operation(body=EnterpriseContent, shows=EnterpriseView, whole=True, also=(404,))
    def put(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Change it as a whole; its credit code and who serves it stay."""
        who = auth.me()
        firm = enterprises.see_enterprise(who, key)
        require_match(EnterpriseView, _enterprise(firm))
        raw, contacts = body["row"], body["contacts"]
        return _enterprise(firms.change(who, key, raw, contacts, firm.version, clock.now()))


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
        who, gate = auth.me(), query.pop("gate", None)
        also = at_gates.standing_at(who, gate) if gate else None
        found, total = projects.projects(who, **query, also=also)
        return views.page([project(each) for each in found], total, query)

    @blueprint.operation(body=ProjectIn, shows=ProjectView, status=201, also=(200,))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Enter a project."""
        made, new = keeping.create(auth.me(), raw=body.pop("row"), now=clock.now(), **body)
        return project(made), 201 if new else 200


@blueprint.route("/projects/gates")
class ProjectGates(MethodView):
    @blueprint.operation(shows=GatesView)
    def get(self) -> dict[str, Any]:
        """How many projects stand at each gate, in the words of 2023 and of now."""
        counts = at_gates.counts(auth.me())
        chinese = language() == "zh"
        return {
            "wordings": [
                {
                    "code": each.code,
                    "gates": [
                        {
                            "code": gate.code,
                            "name": gate.name if chinese else gate.name_en,
                            "projects": counts[gate.code],
                        }
                        for gate in each.gates
                    ],
                }
                for each in pack().reviews.wordings
            ]
        }


@blueprint.route("/projects/<oid:key>")
class OneProject(MethodView):
    @blueprint.operation(shows=ProjectView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A project."""
        return project(projects.see_project(auth.me(), key))

    @blueprint.operation(body=ProjectContent, shows=ProjectView, whole=True, also=(404,))
    def put(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Change it as a whole; its code, its stages and who serves it stay."""
        who = auth.me()
        found = projects.see_project(who, key)
        require_match(ProjectView, project(found))
        raw, area = body["row"], body["area"]
        return project(keeping.change(who, key, raw, area, found.version, clock.now()))


def _enterprise(each: Enterprise) -> dict[str, Any]:
    rings = allowed(auth.me(), "site.see_phone", Ties(enterprise=each.id, unit=each.unit))
    contacts = [one if rings else {**one, "phone": None} for one in each.contacts]
    return {
        **{name: each[name] for name in each},
        "site": views.site(each.site),
        "contacts": contacts,
        "commissioner_id": each.commissioner,
    }


def project(each: Project) -> dict[str, Any]:
    """A project as it is shown."""
    return {
        **{name: each[name] for name in each},
        "enterprise_id": each.enterprise,
        "site": views.site(each.site),
        "commissioner_id": each.commissioner,
        "leader_id": each.leader,
    }
