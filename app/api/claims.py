"""Claims of firms under policies, from found to paid; public notices, objections, payouts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.views import MethodView

from app.api import auth, claim_views, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.policies.claims import actions, deciding, figures, objecting, paying, queries
from app.policies.claims.actions import Opening, Papers
from app.policies.claims.paying import Paying
from app.policies.claims.queries import Narrowed
from schemas.base import Empty, PageQuery, page_of
from schemas.claims import (
    ClaimAmountIn,
    ClaimFiguresQuery,
    ClaimFiguresView,
    ClaimIn,
    ClaimObjectionIn,
    ClaimObjectionRulingIn,
    ClaimObjectionView,
    ClaimPublicQuery,
    ClaimPublicView,
    ClaimReasonIn,
    ClaimRefusalIn,
    ClaimsQuery,
    ClaimSubmitIn,
    ClaimTermsView,
    ClaimView,
    ClaimWholeView,
    ClaimWordsIn,
    PayoutIn,
    PayoutsQuery,
    PayoutsView,
)

blueprint = Blueprint("claims", __name__, description="政策兑付")


@blueprint.route("/policies/<oid:key>/claims")
class ClaimsOfPolicy(MethodView):
    @blueprint.operation(body=ClaimIn, shows=ClaimWholeView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Open a claim of a firm under a policy; the firm and its commissioner hear of it."""
        client_id = body.pop("client_id")
        opening = Opening(**body)
        made, new = actions.open_claim(auth.me(), key, client_id, opening, clock.now())
        return _whole(str(made)), 201 if new else 200


@blueprint.route("/claims")
class Claims(MethodView):
    @blueprint.operation(query=ClaimsQuery, shows=page_of(ClaimView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The claims one may see, the newest first."""
        which, size = _narrowed(query)
        found, total = queries.listed(auth.me(), which, clock.now(), **size)
        return views.page([claim_views.line(each) for each in found], total, query)


@blueprint.route("/claims/terms")
class Terms(MethodView):
    @blueprint.operation(shows=ClaimTermsView)
    def get(self) -> dict[str, Any]:
        """What the district says of claims: reasons of refusal, working days of each step."""
        return claim_views.terms()


@blueprint.route("/claims/figures")
class Figures(MethodView):
    @blueprint.operation(query=ClaimFiguresQuery, shows=ClaimFiguresView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """How long each link of the chain takes, by policy or department; each line opens to its claims."""
        by = query.pop("by")
        lines, total = figures.figures(auth.me(), Narrowed(**query), by, clock.now())
        return {
            "items": [claim_views.figure(each, by, query) for each in lines],
            "total": claim_views.figure(total, by, query),
        }


@blueprint.route("/claims/<oid:key>")
class OneClaim(MethodView):
    @blueprint.operation(shows=ClaimWholeView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A claim with its spans, papers, payouts, objections and history."""
        return _whole(key)


@blueprint.route("/claims/<oid:key>/match")
class MatchClaim(MethodView):
    @blueprint.operation(body=Empty, shows=ClaimWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Hold the firm against the conditions; 409 `claim.not_entitled` says which are not met."""
        return _done(key, actions.match, body)


@blueprint.route("/claims/<oid:key>/submit")
class SubmitClaim(MethodView):
    @blueprint.operation(body=ClaimSubmitIn, shows=ClaimWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Submit a claim: the firm's contact, or its commissioner on its behalf, which is written down."""
        said = Papers(**body)
        return _done(key, lambda who, key, now: actions.submit(who, key, said, now), {})


@blueprint.route("/claims/<oid:key>/withdraw")
class WithdrawClaim(MethodView):
    @blueprint.operation(body=ClaimWordsIn, shows=ClaimWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take a claim back."""
        return _done(key, actions.withdraw, body)


@blueprint.route("/claims/<oid:key>/review")
class ReviewClaim(MethodView):
    @blueprint.operation(body=ClaimAmountIn, shows=ClaimWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Find it in order, for so much."""
        return _done(key, deciding.review, body)


@blueprint.route("/claims/<oid:key>/return")
class ReturnClaim(MethodView):
    @blueprint.operation(body=ClaimReasonIn, shows=ClaimWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Give it back to be completed."""
        return _done(key, deciding.return_claim, body)


@blueprint.route("/claims/<oid:key>/refuse")
class RefuseClaim(MethodView):
    @blueprint.operation(body=ClaimRefusalIn, shows=ClaimWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Refuse it, for reasons of the district's list."""
        return _done(key, deciding.refuse, body)


@blueprint.route("/claims/<oid:key>/publicise")
class PubliciseClaim(MethodView):
    @blueprint.operation(body=ClaimWordsIn, shows=ClaimWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Put it up for the public notice."""
        return _done(key, deciding.publicise, body)


@blueprint.route("/claims/<oid:key>/approve")
class ApproveClaim(MethodView):
    @blueprint.operation(body=ClaimAmountIn, shows=ClaimWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Approve it: the head, after the notice, with no objection undecided."""
        return _done(key, deciding.approve, body)


@blueprint.route("/claims/<oid:key>/payouts")
class PayoutsOfClaim(MethodView):
    @blueprint.operation(body=PayoutIn, shows=ClaimWholeView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Record a payment; the one that completes what was approved ends the claim."""
        client_id = body.pop("client_id")
        _, new = paying.pay(auth.me(), key, client_id, Paying(**body), clock.now())
        return _whole(key), 201 if new else 200


@blueprint.route("/payouts/<oid:key>/void")
class VoidPayout(MethodView):
    @blueprint.operation(body=ClaimReasonIn, shows=ClaimWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say that there never was this payment: its claim is to be paid again."""
        views.perform(lambda: paying.void(auth.me(), key, reason=body["text"], now=clock.now()))
        return _whole(str(paying.claim_of(auth.me(), key)))


@blueprint.route("/enterprises/<oid:key>/payouts")
class PayoutsOf(MethodView):
    @blueprint.operation(query=PayoutsQuery, shows=PayoutsView, also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """What a firm was paid, the latest first, with sums by year and policy."""
        return claim_views.payouts(paying.of_enterprise(auth.me(), key, **query), query)


@blueprint.route("/public-notices")
class PublicNotices(MethodView):
    @blueprint.operation(query=ClaimPublicQuery, shows=page_of(ClaimPublicView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What is publicised (公示), for anybody signed in."""
        found, total = queries.notices(clock.now(), **query)
        return views.page([claim_views.public(each) for each in found], total, query)


@blueprint.route("/public-notices/<oid:key>/objections")
class Objections(MethodView):
    @blueprint.operation(
        body=ClaimObjectionIn, shows=ClaimObjectionView, status=201, also=(200, 404)
    )
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Object to what is publicised, during its period."""
        made, new = objecting.object_to(auth.me(), key, now=clock.now(), **body)
        return claim_views.objection_of(str(made)), 201 if new else 200


@blueprint.route("/me/objections")
class MyObjections(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(ClaimObjectionView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """One's own objections, the newest first, and what became of them."""
        found, total = objecting.mine(auth.me(), **query)
        return views.page([claim_views.objection(each) for each in found], total, query)


@blueprint.route("/objections/<oid:key>")
class OneObjection(MethodView):
    @blueprint.operation(shows=ClaimObjectionView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An objection."""
        return claim_views.objection_of(key)


@blueprint.route("/objections/<oid:key>/decide")
class DecideObjection(MethodView):
    @blueprint.operation(
        body=ClaimObjectionRulingIn, shows=ClaimObjectionView, action=True, also=(404,)
    )
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Uphold or dismiss an objection."""
        views.perform(lambda: objecting.decide(auth.me(), key, now=clock.now(), **body))
        return claim_views.objection_of(key)


def _narrowed(query: dict[str, Any]) -> tuple[Narrowed, dict[str, int]]:
    size = {name: query[name] for name in ("page", "page_size")}
    return Narrowed(**{name: each for name, each in query.items() if name not in size}), size


def _done(key: str, act: Callable[..., None], body: dict[str, Any]) -> dict[str, Any]:
    views.perform(lambda: act(auth.me(), key, now=clock.now(), **body))
    return _whole(key)


def _whole(key: str) -> dict[str, Any]:
    return claim_views.whole(queries.whole(auth.me(), key, clock.now()))
