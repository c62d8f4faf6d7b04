"""Pre-reviews of projects."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.messages import say
from app.projects.reviews import actions, queries
from config.review_terms import Criterion, Named
from schemas.base import PageQuery, page_of
from schemas.reviews import (
    PreReviewIn,
    PreReviewView,
    RedLineAnswers,
    ReviewDecision,
    ReviewScore,
    ReviewsQuery,
    ReviewTermsView,
    WholeReviewView,
)

Page = page_of(PreReviewView)
blueprint = Blueprint("reviews", __name__, description="项目预评审")


def _name(each: Named | Criterion) -> str:
    return each.name if language() == "zh" else each.name_en


def _shown(review: Row, project: Row) -> Row:
    row = queries.shown(auth.me(), review, project)
    answers: dict[str, Row] = row["red_lines"]
    return {
        **row,
        "state_name": say(f"review.state.{row['state']}", language()),
        "red_lines": [
            {"code": each.code, "name": _name(each), **_answer(answers.get(each.code))}
            for each in pack().reviews.red_lines
        ],
        "obstacles": views.reasons(row["obstacles"]),
    }


def _answer(said: Row | None) -> Row:
    return {"hit": said["hit"], "note": said["note"]} if said else {"hit": None, "note": ""}


def _whole(key: str) -> Row:
    review, project = queries.see_review(auth.me(), key)
    steps = queries.history_of(auth.me(), review, project)
    return {
        **_shown(review, project),
        "history": [
            {
                **step,
                "action_name": say(f"review.did.{step['action']}", language()),
                "marks": (step["data"].get("after") or {}).get("marks"),
            }
            for step in steps
        ],
    }


@blueprint.route("/projects/<oid:key>/reviews")
class ReviewsOfProject(MethodView):
    @blueprint.operation(query=PageQuery, shows=Page, also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """The rounds of a project's review that one may see, the newest first."""
        found, total = queries.of_project(auth.me(), key, **query)
        return views.page([_shown(*each) for each in found], total, query)

    @blueprint.operation(body=PreReviewIn, shows=WholeReviewView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Open the next round."""
        made, new = actions.open_round(auth.me(), key, body["client_id"], body["said"], clock.now())
        return _whole(str(made.id)), 201 if new else 200


@blueprint.route("/reviews")
class Reviews(MethodView):
    @blueprint.operation(query=ReviewsQuery, shows=Page)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The reviews one may see, the newest first."""
        found, total = queries.reviews(auth.me(), **query)
        return views.page([_shown(*each) for each in found], total, query)


@blueprint.route("/reviews/terms")
class Terms(MethodView):
    @blueprint.operation(shows=ReviewTermsView)
    def get(self) -> dict[str, Any]:
        """Criteria, red lines, what it takes to pass, and what the gates are called."""
        terms = pack().reviews
        return {
            "basis": terms.basis,
            "needed": terms.needed,
            "least": terms.least,
            "reviewers": terms.reviewers,
            "holds_months": terms.holds_months,
            "criteria": [
                {"code": each.code, "name": _name(each), "weight": each.weight}
                for each in terms.criteria
            ],
            "red_lines": _named(terms.red_lines),
            "wordings": [
                {"code": each.code, "gates": _named(each.gates)} for each in terms.wordings
            ],
        }


def _named(those: tuple[Named, ...]) -> list[dict[str, str]]:
    return [{"code": each.code, "name": _name(each)} for each in those]


@blueprint.route("/reviews/<oid:key>")
class OneReview(MethodView):
    @blueprint.operation(shows=WholeReviewView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A review with its history."""
        return _whole(key)


@blueprint.route("/reviews/<oid:key>/score")
class Score(MethodView):
    @blueprint.operation(body=ReviewScore, shows=WholeReviewView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Give one's marks, or give them anew; earlier ones stay in the history."""
        marks, comment = body["marks"], body["comment"]
        views.perform(lambda: actions.score(auth.me(), key, marks, comment, clock.now()))
        return _whole(key)


@blueprint.route("/reviews/<oid:key>/red-lines")
class RedLines(MethodView):
    @blueprint.operation(body=RedLineAnswers, shows=WholeReviewView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Answer red lines: with one that is hit, the project cannot be passed."""
        views.perform(lambda: actions.answer(auth.me(), key, body["answers"], clock.now()))
        return _whole(key)


@blueprint.route("/reviews/<oid:key>/decide")
class Decide(MethodView):
    @blueprint.operation(body=ReviewDecision, shows=WholeReviewView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Pass it, send it back to be revised, or reject it."""
        said, reason = body["decision"], body["reason"]
        views.perform(lambda: actions.decide(auth.me(), key, said, reason, clock.now()))
        return _whole(key)
