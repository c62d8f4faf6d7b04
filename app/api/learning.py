"""Models that were trained, for a person to decide on; and how routing does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.learning_views import category_name, health_of
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.messages import say
from app.learning.health import Asked, health
from app.rulebooks import publishing_models
from app.rulebooks.models import version_name
from schemas.base import PageQuery
from schemas.learning import HealthQuery, HealthView, ModelsPage, ModelWhole, WhyIn

blueprint = Blueprint("learning", __name__, url_prefix="/routing", description="派单模型与质量")


def _line(row: Mapping[str, Any], in_use: int) -> dict[str, Any]:
    return {
        **row,
        **row["report"],
        "name": version_name(row["number"]),
        "state_name": say(f"model.state.{row['state']}", language()),
        "in_use": row["number"] == in_use,
    }


def _whole(number: int) -> dict[str, Any]:
    row = publishing_models.see(auth.me(), number)
    line = _line(row, publishing_models.in_use())
    measures = {name: _measure(row["report"][name]) for name in ("new", "old")}
    sources = [
        {"source": code, "name": say(f"learning.source.{code}", language()), "count": count}
        for code, count in row["report"]["sources"].items()
    ]
    return {**line, **measures, "sources": sources}


def _page(query: dict[str, Any]) -> dict[str, Any]:
    rows, total = publishing_models.listed(auth.me(), **query)
    in_use = publishing_models.in_use()
    found = views.page([_line(row, in_use) for row in rows], total, query)
    return {**found, "in_use": in_use}


def _measure(row: Mapping[str, Any]) -> dict[str, Any]:
    confusion = [
        {
            **each,
            "right_name": category_name(each["right"]),
            "said_name": category_name(each["said"]),
        }
        for each in row["confusion"]
    ]
    return {**row, "confusion": confusion}


@blueprint.route("/health")
class HealthOfRouting(MethodView):
    @blueprint.operation(query=HealthQuery, shows=HealthView)
    def get(self, query: Asked) -> dict[str, Any]:
        """How often the first department was right, what misled, and how much people had to do."""
        return health_of(health(auth.me(), query, clock.now()))


@blueprint.route("/models")
class Models(MethodView):
    @blueprint.operation(query=PageQuery, shows=ModelsPage)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The trained models, the newest first."""
        return _page(query)


@blueprint.route("/models/<int:number>")
class OneModel(MethodView):
    @blueprint.operation(shows=ModelWhole, also=(404,))
    def get(self, number: int) -> dict[str, Any]:
        """A model, how it does beside the one that was in use, and what it takes for what."""
        return _whole(number)


@blueprint.route("/models/<int:number>/publish")
class PublishModel(MethodView):
    @blueprint.operation(body=WhyIn, shows=ModelWhole, action=True, also=(404,))
    def post(self, body: dict[str, Any], number: int) -> dict[str, Any]:
        """Let it read texts from now on (admin). One that cannot be loaded changes nothing."""
        me, now = auth.me(), clock.now()
        views.perform(lambda: publishing_models.publish(me, number, now=now, **body))
        return _whole(number)


@blueprint.route("/models/<int:number>/refuse")
class RefuseModel(MethodView):
    @blueprint.operation(body=WhyIn, shows=ModelWhole, action=True, also=(404,))
    def post(self, body: dict[str, Any], number: int) -> dict[str, Any]:
        """Say that it is not to be used (admin)."""
        me, now = auth.me(), clock.now()
        views.perform(lambda: publishing_models.refuse(me, number, now=now, **body))
        return _whole(number)


@blueprint.route("/models/<int:number>/revert")
class RevertModel(MethodView):
    @blueprint.operation(body=WhyIn, shows=ModelsPage, action=True, also=(404,))
    def post(self, body: dict[str, Any], number: int) -> dict[str, Any]:
        """Go back to an earlier one, or with 0 to the pack's own (admin)."""
        me, now = auth.me(), clock.now()
        views.perform(lambda: publishing_models.revert(me, number, now=now, **body))
        return _page({"page": 1, "page_size": 20})
