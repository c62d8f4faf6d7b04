"""Contests: templates and their versions, rankings of periods, exclusions, entered figures."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, scoreboard_views, views
from app.api.conditions import require_match
from app.api.operation import Blueprint
from app.foundation import clock, days
from app.foundation.db import Row
from app.people.access import require
from app.scoreboards import (
    exclusions,
    freezing,
    periods,
    ranking,
    register,
    simulating,
    versions,
)
from app.scoreboards.sources.entered import ScoreFigure
from schemas.scoreboards import (
    ScoreboardIn,
    ScoreboardList,
    ScoreboardView,
    ScoreboardWhole,
    ScoreReasonIn,
    ScoreSimulationIn,
    ScoreTextIn,
)
from schemas.scores import (
    ScoreExclusionIn,
    ScoreExclusionView,
    ScoreFigureIn,
    ScoreFiguresList,
    ScoreFiguresQuery,
    ScoreFigureView,
    ScoreMetricsList,
    ScorePeriodList,
    ScorePeriodView,
    ScoreSimulationView,
    ScoreWholeView,
)

blueprint = Blueprint("scoreboards", __name__, description="竞赛、评比、考评")


@blueprint.route("/scoreboards")
class Scoreboards(MethodView):
    @blueprint.operation(shows=ScoreboardList)
    def get(self) -> dict[str, Any]:
        """All contests, each by the version in use."""
        return {"items": [scoreboard_views.line(row) for row in versions.listed(auth.me())]}

    @blueprint.operation(body=ScoreboardIn, shows=ScoreboardView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Begin a draft: of a new contest, or the next version of one."""
        row, new = versions.draft(auth.me(), now=clock.now(), **body)
        return _version(row), 201 if new else 200


@blueprint.route("/scoreboards/metrics")
class Metrics(MethodView):
    @blueprint.operation(shows=ScoreMetricsList)
    def get(self) -> dict[str, Any]:
        """The metrics that contests may score."""
        require(auth.me(), versions.SEE)
        return scoreboard_views.metrics()


@blueprint.route("/scoreboards/<string:board>")
class OneScoreboard(MethodView):
    @blueprint.operation(shows=ScoreboardList, also=(404,))
    def get(self, board: str) -> dict[str, Any]:
        """All versions of a contest, the newest first."""
        rows = versions.all_of(auth.me(), board)
        return {"items": [scoreboard_views.line(row) for row in rows]}


@blueprint.route("/scoreboards/<string:board>/versions/<int:number>")
class OneVersion(MethodView):
    @blueprint.operation(shows=ScoreboardView, also=(404,))
    def get(self, board: str, number: int) -> dict[str, Any]:
        """A version: what it scores, and what was done with it."""
        return _version(versions.see(auth.me(), board, number))

    @blueprint.operation(body=ScoreboardWhole, shows=ScoreboardView, whole=True, also=(404,))
    def put(self, body: dict[str, Any], board: str, number: int) -> dict[str, Any]:
        """Change a draft as a whole."""
        who = auth.me()
        require(who, versions.CHANGE)
        row = versions.see(who, board, number)
        require_match(ScoreboardView, _version(row))
        content, seen = body["content"], row["version"]
        return _version(versions.change(who, board, number, content, seen, clock.now()))


@blueprint.route("/scoreboards/<string:board>/versions/<int:number>/publish")
class PublishVersion(MethodView):
    @blueprint.operation(body=ScoreReasonIn, shows=ScoreboardView, action=True, also=(404,))
    def post(self, body: dict[str, Any], board: str, number: int) -> dict[str, Any]:
        """Use a draft from now on. It can never be changed again."""
        who = auth.me()
        views.perform(lambda: versions.publish(who, board, number, body["reason"], clock.now()))
        return _version(versions.see(who, board, number))


@blueprint.route("/scoreboards/<string:board>/simulate")
class Simulate(MethodView):
    @blueprint.operation(body=ScoreSimulationIn, shows=ScoreSimulationView, also=(404,))
    def post(self, body: dict[str, Any], board: str) -> dict[str, Any]:
        """Both rankings side by side: by the template in use, and by this one. Writes nothing."""
        found = simulating.simulate(auth.me(), board, body["period"], body["content"], clock.now())
        return scoreboard_views.simulated(found)


@blueprint.route("/scoreboards/<string:board>/periods")
class Periods(MethodView):
    @blueprint.operation(shows=ScorePeriodList, also=(404,))
    def get(self, board: str) -> dict[str, Any]:
        """The periods to which anything was done, the latest first."""
        rows = ranking.periods_of(auth.me(), board)
        every = versions.in_use(board)["content"]["every"]
        current = periods.holding(days.today(clock.now()), every).code
        return {"current": current, "items": rows}


@blueprint.route("/scoreboards/<string:board>/periods/<string:period>")
class OnePeriod(MethodView):
    @blueprint.operation(shows=ScorePeriodView, also=(404, 409))
    def get(self, board: str, period: str) -> dict[str, Any]:
        """The ranking of a period: reckoned now while it is open, as it was frozen afterwards."""
        return _ranking(board, period)


@blueprint.route("/scoreboards/<string:board>/periods/<string:period>/freeze")
class Freeze(MethodView):
    @blueprint.operation(shows=ScorePeriodView, action=True, also=(404,))
    def post(self, body: dict[str, Any], board: str, period: str) -> dict[str, Any]:
        """Freeze a period that is over, before its day."""
        who = auth.me()
        views.perform(lambda: freezing.freeze_now(who, board, period, clock.now()))
        return _ranking(board, period)


@blueprint.route("/scoreboards/<string:board>/periods/<string:period>/scores/<string:subject>")
class OneScore(MethodView):
    @blueprint.operation(shows=ScoreWholeView, also=(404, 409))
    def get(self, board: str, period: str, subject: str) -> dict[str, Any]:
        """A score down to the records: values, what they are made of, and every step in numbers."""
        found, line = ranking.explained(auth.me(), board, period, subject, clock.now())
        return scoreboard_views.score(found, line)


@blueprint.route("/scoreboards/<string:board>/periods/<string:period>/exclusions")
class Exclusions(MethodView):
    @blueprint.operation(
        body=ScoreExclusionIn, shows=ScoreExclusionView, status=201, also=(200, 404)
    )
    def post(self, body: dict[str, Any], board: str, period: str) -> tuple[dict[str, Any], int]:
        """Take a unit, department or commissioner out of an open period, for a reason that is shown."""
        row, new = exclusions.exclude(auth.me(), board, period, now=clock.now(), **body)
        return scoreboard_views.exclusion(row), 201 if new else 200


@blueprint.route("/score-exclusions/<oid:key>/lift")
class LiftExclusion(MethodView):
    @blueprint.operation(body=ScoreTextIn, shows=ScoreExclusionView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Let them in again."""
        who = auth.me()
        views.perform(lambda: exclusions.lift(who, key, now=clock.now(), **body))
        return scoreboard_views.exclusion(exclusions.see(who, key))


@blueprint.route("/scoreboards/<string:board>/figures")
class Figures(MethodView):
    @blueprint.operation(query=ScoreFiguresQuery, shows=ScoreFiguresList)
    def get(self, query: dict[str, Any], board: str) -> dict[str, Any]:
        """What was entered for items that nobody can compute, from where and by whom."""
        rows = register.listed(auth.me(), board, query["period"])
        return {"items": scoreboard_views.figures(rows)}

    @blueprint.operation(body=ScoreFigureIn, shows=ScoreFigureView, status=201, also=(200,))
    def post(self, body: dict[str, Any], board: str) -> tuple[dict[str, Any], int]:
        """Enter such a figure, or correct it with a reason."""
        draft, new = register.state(auth.me(), board, now=clock.now(), **body)
        row = ScoreFigure.rows().find_one({"_id": draft.after["_id"]}) or {}
        return scoreboard_views.figures([row])[0], 201 if new else 200


def _version(row: Row) -> dict[str, Any]:
    return scoreboard_views.version(row, versions.history_of(row["_id"]))


def _ranking(board: str, period: str) -> dict[str, Any]:
    who = auth.me()
    found = ranking.seen(who, board, period, clock.now())
    return scoreboard_views.ranking(found, exclusions.of_period(who, board, period))
