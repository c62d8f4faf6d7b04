"""The list of opportunities, and who is interested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.views import MethodView

from app.api import auth, offer_views, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.db import Row
from app.foundation.messages import say
from app.offers.opportunities import actions, interests, queries
from app.offers.opportunities.actions import Said
from schemas.base import page_of
from schemas.opportunities import (
    InterestFollowIn,
    InterestIn,
    InterestsQuery,
    InterestView,
    OpportunitiesQuery,
    OpportunityFiguresView,
    OpportunityIn,
    OpportunityPublishIn,
    OpportunityReasonIn,
    OpportunityView,
    OpportunityWordsIn,
)

blueprint = Blueprint("opportunities", __name__, description="机会清单")


@blueprint.route("/opportunities")
class Opportunities(MethodView):
    @blueprint.operation(query=OpportunitiesQuery, shows=page_of(OpportunityView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The opportunities one may see, the newest first."""
        found, total = queries.listed(auth.me(), clock.now(), **query)
        return views.page(offer_views.opportunity_list(found), total, query)

    @blueprint.operation(body=OpportunityIn, shows=OpportunityView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Propose an opportunity; the district or the unit publishes it."""
        client_id = body.pop("client_id")
        key, new = actions.propose(auth.me(), Said(**body), client_id, clock.now())
        return _shown(str(key)), 201 if new else 200


@blueprint.route("/opportunities/figures")
class OpportunityFigures(MethodView):
    @blueprint.operation(shows=OpportunityFiguresView)
    def get(self) -> dict[str, Any]:
        """By kind: opportunities, and what became of the interest in them."""
        lines = [
            {
                **{name: getattr(each, name) for name in each.__slots__},
                "kind_name": say(f"opportunity.kind.{each.kind}", language()),
            }
            for each in queries.figures(auth.me())
        ]
        return {"items": lines}


@blueprint.route("/opportunities/<oid:key>")
class OneOpportunity(MethodView):
    @blueprint.operation(shows=OpportunityView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An opportunity."""
        return _shown(key)


@blueprint.route("/opportunities/<oid:key>/publish")
class PublishOpportunity(MethodView):
    @blueprint.operation(body=OpportunityPublishIn, shows=OpportunityView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Show it to all firms."""
        return _done(key, actions.publish, body)


@blueprint.route("/opportunities/<oid:key>/close")
class CloseOpportunity(MethodView):
    @blueprint.operation(body=OpportunityWordsIn, shows=OpportunityView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """It is settled, once nobody's interest is open any more."""
        return _done(key, actions.close, body)


@blueprint.route("/opportunities/<oid:key>/withdraw")
class WithdrawOpportunity(MethodView):
    @blueprint.operation(body=OpportunityReasonIn, shows=OpportunityView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take it off the list."""
        return _done(key, actions.withdraw, body)


@blueprint.route("/opportunities/<oid:key>/interests")
class InterestsIn(MethodView):
    @blueprint.operation(body=InterestIn, shows=InterestView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """A firm is interested; staff brings both together."""
        made, new = interests.express(auth.me(), key, now=clock.now(), **body)
        return _interest(str(made)), 201 if new else 200


@blueprint.route("/interests")
class Interests(MethodView):
    @blueprint.operation(query=InterestsQuery, shows=page_of(InterestView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The interests one may know of, the newest first."""
        found, total = queries.interests(auth.me(), **query)
        return views.page(offer_views.interest_list(found), total, query)


@blueprint.route("/interests/<oid:key>")
class OneInterest(MethodView):
    @blueprint.operation(shows=InterestView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An interest."""
        return _interest(key)


@blueprint.route("/interests/<oid:key>/follow-up")
class FollowInterest(MethodView):
    @blueprint.operation(body=InterestFollowIn, shows=InterestView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Note what was heard, and when it is looked at next."""
        return _interest_done(key, interests.follow, body)


@blueprint.route("/interests/<oid:key>/release")
class ReleaseInterest(MethodView):
    @blueprint.operation(body=OpportunityWordsIn, shows=InterestView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Let whose opportunity it is know who is interested."""
        return _interest_done(key, interests.release, body)


@blueprint.route("/interests/<oid:key>/match")
class MatchInterest(MethodView):
    @blueprint.operation(body=OpportunityReasonIn, shows=InterestView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """They came together."""
        return _interest_done(key, interests.match, body)


@blueprint.route("/interests/<oid:key>/no-match")
class NoMatch(MethodView):
    @blueprint.operation(body=OpportunityReasonIn, shows=InterestView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Nothing comes of it."""
        return _interest_done(key, interests.no_match, body)


@blueprint.route("/interests/<oid:key>/take-back")
class TakeBackInterest(MethodView):
    @blueprint.operation(body=OpportunityWordsIn, shows=InterestView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """The firm is not interested any more."""
        return _interest_done(key, interests.take_back, body)


def _done(key: str, act: Callable[..., None], body: dict[str, Any]) -> dict[str, Any]:
    views.perform(lambda: act(auth.me(), key, now=clock.now(), **body))
    return _shown(key)


def _shown(key: str) -> Row:
    return offer_views.opportunity_list([queries.see(auth.me(), key)])[0]


def _interest_done(key: str, act: Callable[..., None], body: dict[str, Any]) -> dict[str, Any]:
    views.perform(lambda: act(auth.me(), key, now=clock.now(), **body))
    return _interest(key)


def _interest(key: str) -> Row:
    return offer_views.interest_list([queries.see_interest(auth.me(), key)[0]])[0]
