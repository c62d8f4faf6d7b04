"""Surveys of what firms need: drafted, opened, followed, summed up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.views import MethodView

from app.api import auth, survey_views, views
from app.api.conditions import require_match
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.errors import Forbidden
from app.surveys import keeping, queries, results, running
from app.surveys.access import see
from schemas.base import page_of
from schemas.survey_results import (
    SurveyReachQuery,
    SurveyReachView,
    SurveyResultsQuery,
    SurveyResultsView,
)
from schemas.surveys import (
    SurveyAddIn,
    SurveyCloseIn,
    SurveyContent,
    SurveyExtendIn,
    SurveyFormIn,
    SurveyIn,
    SurveysQuery,
    SurveyView,
    SurveyWholeView,
)

blueprint = Blueprint("surveys", __name__, description="需求摸排")


@blueprint.route("/surveys")
class Surveys(MethodView):
    @blueprint.operation(query=SurveysQuery, shows=page_of(SurveyView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The surveys one may know of, the newest first: firms those that they are asked by."""
        found, total = queries.surveys(auth.me(), **query)
        return views.page(survey_views.lines(found), total, query)

    @blueprint.operation(body=SurveyIn, shows=SurveyWholeView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Draft a survey."""
        key, new = keeping.create(auth.me(), body["said"], body["client_id"], clock.now())
        return _whole(str(key)), 201 if new else 200


@blueprint.route("/surveys/<oid:key>")
class OneSurvey(MethodView):
    @blueprint.operation(shows=SurveyWholeView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A survey with all versions of its form."""
        return _whole(key)

    @blueprint.operation(body=SurveyContent, shows=SurveyWholeView, whole=True, also=(404,))
    def put(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Change a draft as a whole."""
        who = auth.me()
        row = see(who, key)
        require_match(SurveyWholeView, survey_views.whole(who, row))
        keeping.change(who, key, body["said"], row["version"], clock.now())
        return _whole(key)


@blueprint.route("/surveys/<oid:key>/open")
class OpenSurvey(MethodView):
    @blueprint.operation(shows=SurveyWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Ask the firms that are chosen now: the set is frozen. They and who serves them are told."""
        return _done(key, running.open_survey, body)


@blueprint.route("/surveys/<oid:key>/add")
class AddToSurvey(MethodView):
    @blueprint.operation(body=SurveyAddIn, shows=SurveyWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Ask further firms too, which is written down."""
        return _done(key, running.add_firms, body)


@blueprint.route("/surveys/<oid:key>/forms")
class SurveyForms(MethodView):
    @blueprint.operation(body=SurveyFormIn, shows=SurveyWholeView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Use another version of the form from now on; what was answered keeps its own."""
        new = running.new_form(auth.me(), key, now=clock.now(), **body)
        return _whole(key), 201 if new else 200


@blueprint.route("/surveys/<oid:key>/extend")
class ExtendSurvey(MethodView):
    @blueprint.operation(body=SurveyExtendIn, shows=SurveyWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Let it last until another day."""
        return _done(key, running.extend, body)


@blueprint.route("/surveys/<oid:key>/close")
class CloseSurvey(MethodView):
    @blueprint.operation(body=SurveyCloseIn, shows=SurveyWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """End it before its day."""
        return _done(key, running.close, body)


@blueprint.route("/surveys/<oid:key>/reach")
class SurveyReach(MethodView):
    @blueprint.operation(query=SurveyReachQuery, shows=SurveyReachView, also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """How far it has reached, of the firms one may see; each line opens to its replies."""
        who, by = auth.me(), query["by"]
        lines, total = queries.reach(who, see(who, key), by)
        return {
            "as_of": clock.now(),
            "items": [survey_views.reach(each, by) for each in lines],
            "total": survey_views.reach(total, None),
        }


@blueprint.route("/surveys/<oid:key>/results")
class SurveyResults(MethodView):
    @blueprint.operation(query=SurveyResultsQuery, shows=SurveyResultsView, also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """Sums, medians and counts of each question, across units, industries or classes of firms."""
        who, by = auth.me(), query["by"]
        found = results.results(who, see(who, key), by)
        if found is None:
            raise Forbidden("forbidden")
        return {"as_of": clock.now(), **survey_views.results(found, by)}


def _done(key: str, act: Callable[..., None], body: dict[str, Any]) -> dict[str, Any]:
    views.perform(lambda: act(auth.me(), key, now=clock.now(), **body))
    return _whole(key)


def _whole(key: str) -> dict[str, Any]:
    who = auth.me()
    return survey_views.whole(who, see(who, key))
