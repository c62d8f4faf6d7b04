"""Appeals against scores, awards, and the cards of appraisal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask.views import MethodView

from app.api import auth, scoreboard_views, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.scoreboards import appeals, appraisal, awards
from schemas.awards import (
    AppealAnswerIn,
    AppealIn,
    AppealList,
    AppealView,
    AppraisalQuery,
    AppraisalView,
    AwardIn,
    AwardLineView,
    AwardsQuery,
    AwardView,
)
from schemas.base import page_of
from schemas.scoreboards import ScoreTextIn

blueprint = Blueprint("awards", __name__, description="申诉、表彰、考评卡")


@blueprint.route("/scoreboards/<string:board>/periods/<string:period>/appeals")
class Appeals(MethodView):
    @blueprint.operation(shows=AppealList, also=(404,))
    def get(self, board: str, period: str) -> dict[str, Any]:
        """The appeals of a period that one may see."""
        rows = appeals.listed(auth.me(), board, period)
        return {"items": [_appeal(row) for row in rows]}

    @blueprint.operation(body=AppealIn, shows=AppealView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], board: str, period: str) -> tuple[dict[str, Any], int]:
        """Appeal against an own frozen score, or an item of it."""
        row, new = appeals.file(auth.me(), board, period, now=clock.now(), **body)
        return _appeal(row), 201 if new else 200


@blueprint.route("/score-appeals/<oid:key>")
class OneAppeal(MethodView):
    @blueprint.operation(shows=AppealView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An appeal with its answer and what was corrected."""
        return _appeal(appeals.see(auth.me(), key))


@blueprint.route("/score-appeals/<oid:key>/answer")
class AnswerAppeal(MethodView):
    @blueprint.operation(body=AppealAnswerIn, shows=AppealView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Uphold it, with the value that was right, or reject it."""
        who, said = auth.me(), body.pop("value")
        value = None if said is None else Decimal(said)
        views.perform(lambda: appeals.answer(who, key, value=value, now=clock.now(), **body))
        return _appeal(appeals.see(who, key))


@blueprint.route("/scoreboards/<string:board>/periods/<string:period>/awards")
class ProposeAward(MethodView):
    @blueprint.operation(body=AwardIn, shows=AwardView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], board: str, period: str) -> tuple[dict[str, Any], int]:
        """Propose an award for whom the frozen period ranks."""
        row, new = awards.propose(auth.me(), board, period, now=clock.now(), **body)
        return _award(row), 201 if new else 200


@blueprint.route("/awards")
class Awards(MethodView):
    @blueprint.operation(query=AwardsQuery, shows=page_of(AwardLineView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Awards through the years, the latest first."""
        found, total = awards.listed(auth.me(), **query)
        return views.page([_award_line(row) for row in found], total, query)


@blueprint.route("/awards/<oid:key>")
class OneAward(MethodView):
    @blueprint.operation(shows=AwardView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An award with its history."""
        return _award(awards.see(auth.me(), key))


@blueprint.route("/awards/<oid:key>/grant")
class GrantAward(MethodView):
    @blueprint.operation(body=ScoreTextIn, shows=AwardView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Decide that it is given."""
        return _step(key, awards.GRANT, body)


@blueprint.route("/awards/<oid:key>/refuse")
class RefuseAward(MethodView):
    @blueprint.operation(body=ScoreTextIn, shows=AwardView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Decide that it is not given."""
        return _step(key, awards.REFUSE, body)


@blueprint.route("/awards/<oid:key>/withdraw")
class WithdrawAward(MethodView):
    @blueprint.operation(body=ScoreTextIn, shows=AwardView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take it back; that it was given stays to be seen."""
        return _step(key, awards.WITHDRAW, body)


@blueprint.route("/appraisals/<string:appraised>/<string:subject>")
class Appraisals(MethodView):
    @blueprint.operation(query=AppraisalQuery, shows=AppraisalView, also=(404, 409))
    def get(self, query: dict[str, Any], appraised: str, subject: str) -> dict[str, Any]:
        """The card of a unit, department, clerk or commissioner, beside the median of their group."""
        if appraised not in appraisal.KINDS:
            raise NotFound("not_found")
        found = appraisal.card(auth.me(), appraised, subject, query["period"], clock.now())
        return scoreboard_views.card(found)


def _appeal(row: Row) -> dict[str, Any]:
    shown = scoreboard_views.appeal(row, appeals.corrections(row))
    return {**shown, "may_answer": appeals.may_decide(auth.me(), row)}


def _award(row: Row) -> dict[str, Any]:
    steps = [scoreboard_views.step(each, "award") for each in awards.history_of(row)]
    return {**_award_line(row), "history": steps}


def _award_line(row: Row) -> dict[str, Any]:
    return {**scoreboard_views.award(row), "actions": awards.steps(auth.me(), row)}


def _step(key: str, action: str, body: dict[str, Any]) -> dict[str, Any]:
    who = auth.me()
    views.perform(lambda: awards.step(who, key, action, now=clock.now(), **body))
    return _award(awards.see(who, key))
