"""Departments: looking, what is decided about them, and their answer templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask.views import MethodView

from app.api import auth, views
from app.api.conditions import require_match
from app.api.operation import Blueprint
from app.departments import actions, registry, templates
from app.departments.documents import AnswerTemplate, Coming, Department
from app.foundation import clock
from schemas.base import Empty, page_of
from schemas.departments import (
    AnswerTemplateContent,
    AnswerTemplateIn,
    AnswerTemplateQuery,
    AnswerTemplateView,
    DepartmentClose,
    DepartmentQuery,
    DepartmentRecall,
    DepartmentRename,
    DepartmentReview,
    DepartmentView,
)

blueprint = Blueprint("departments", __name__, description="部门与答复模板")


def _shown(departments: list[Department]) -> list[dict[str, Any]]:
    named = [each.successor for each in departments]
    named += [coming.successor for each in departments for coming in each.coming]
    names = registry.names(filter(None, named))
    return [
        {
            **{name: each[name] for name in each},
            **_successor(each, names),
            "coming": [
                {**{name: coming[name] for name in coming}, **_successor(coming, names)}
                for coming in each.coming
            ],
        }
        for each in departments
    ]


def _successor(of: Department | Coming, names: Mapping[ObjectId, str]) -> dict[str, Any]:
    key = of.successor
    return {"successor_id": key, "successor": names.get(key) if key else None}


def _one(key: str) -> dict[str, Any]:
    return _shown([Department.get(key)])[0]


@blueprint.route("/departments")
class Departments(MethodView):
    @blueprint.operation(query=DepartmentQuery, shows=page_of(DepartmentView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """All bodies that can hold a ticket, with what is coming for them."""
        found, total = registry.listed(**query)
        return views.page(_shown(found), total, query)


@blueprint.route("/departments/<oid:key>")
class OneDepartment(MethodView):
    @blueprint.operation(shows=DepartmentView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A department, one that has ended too."""
        return _one(key)


@blueprint.route("/departments/<oid:key>/review")
class Review(MethodView):
    @blueprint.operation(body=DepartmentReview, shows=DepartmentView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say whether the head sees answers before they go out."""
        views.perform(lambda: actions.require_review(auth.me(), key, now=clock.now(), **body))
        return _one(key)


@blueprint.route("/departments/<oid:key>/rename")
class Rename(MethodView):
    @blueprint.operation(body=DepartmentRename, shows=DepartmentView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Give it another name from a day on."""
        views.perform(lambda: actions.rename(auth.me(), key, now=clock.now(), **body))
        return _one(key)


@blueprint.route("/departments/<oid:key>/close")
class Close(MethodView):
    @blueprint.operation(body=DepartmentClose, shows=DepartmentView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """End it from a day on: its people, templates and open tickets go to the successor."""
        views.perform(lambda: actions.close(auth.me(), key, now=clock.now(), **body))
        return _one(key)


@blueprint.route("/departments/<oid:key>/recall")
class Recall(MethodView):
    @blueprint.operation(body=DepartmentRecall, shows=DepartmentView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Call off what is coming for it."""
        views.perform(lambda: actions.recall(auth.me(), key, now=clock.now(), **body))
        return _one(key)


def _templates(found: list[AnswerTemplate]) -> list[dict[str, Any]]:
    names = registry.names({each.department for each in found})
    return [
        {
            **{name: each[name] for name in each},
            "department_id": each.department,
            "department": names.get(each.department, ""),
            "by": each.by_name,
        }
        for each in found
    ]


def _template(template: AnswerTemplate) -> dict[str, Any]:
    return _templates([template])[0]


@blueprint.route("/answer-templates")
class AnswerTemplates(MethodView):
    @blueprint.operation(query=AnswerTemplateQuery, shows=page_of(AnswerTemplateView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The templates of one's departments; those of the category come first."""
        found, total = templates.listed(auth.me(), **query)
        return views.page(_templates(found), total, query)

    @blueprint.operation(body=AnswerTemplateIn, shows=AnswerTemplateView, status=201, also=(200,))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Make a template of one's department."""
        template, new = templates.create(auth.me(), now=clock.now(), **body)
        return _template(template), 201 if new else 200


@blueprint.route("/answer-templates/<oid:key>")
class OneTemplate(MethodView):
    @blueprint.operation(shows=AnswerTemplateView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A template."""
        return _template(templates.see(auth.me(), key))

    @blueprint.operation(
        body=AnswerTemplateContent, shows=AnswerTemplateView, whole=True, also=(404,)
    )
    def put(self, body: templates.Content, key: str) -> dict[str, Any]:
        """Change it as a whole. The same change again answers 200 whatever its If-Match."""
        who = auth.me()
        template = templates.see(who, key)
        if not templates.is_replay(template, body):
            require_match(AnswerTemplateView, _template(template))
            template = templates.change(who, key, body, template.version, clock.now())
        return _template(template)


@blueprint.route("/answer-templates/<oid:key>/retire")
class RetireTemplate(MethodView):
    @blueprint.operation(body=Empty, shows=AnswerTemplateView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take it out of use."""
        views.perform(lambda: templates.retire(auth.me(), key, clock.now()))
        return _template(templates.see(auth.me(), key))
