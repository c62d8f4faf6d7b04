"""Finance tools, for whom they are, and their introductions to firms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask.views import MethodView

from app.api import auth, offer_views, views
from app.api.conditions import require_match
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.db import Row
from app.foundation.messages import say
from app.offers.finance import introducing, keeping, offering, queries
from app.offers.finance.introducing import Proposal
from app.offers.finance.offering import Offered
from app.offers.finance.queries import Figures
from schemas.base import page_of
from schemas.finance_tools import (
    FinanceToolContent,
    FinanceToolFiguresQuery,
    FinanceToolFiguresView,
    FinanceToolIn,
    FinanceToolMatchesView,
    FinanceToolsFor,
    FinanceToolsQuery,
    FinanceToolView,
    IntroductionAssignIn,
    IntroductionFollowIn,
    IntroductionIn,
    IntroductionNextIn,
    IntroductionOutcomeIn,
    IntroductionReasonIn,
    IntroductionsQuery,
    IntroductionView,
    IntroductionWholeView,
    IntroductionWordsIn,
)

blueprint = Blueprint("finance_tools", __name__, description="金融工具箱")


@blueprint.route("/finance-tools")
class FinanceTools(MethodView):
    @blueprint.operation(query=FinanceToolsQuery, shows=page_of(FinanceToolView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The finance tools, by code."""
        found, total = keeping.listed(auth.me(), clock.now(), **query)
        return views.page(offer_views.tools(found), total, query)

    @blueprint.operation(body=FinanceToolIn, shows=FinanceToolView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Enter a finance tool."""
        client_id = body.pop("client_id")
        key, new = keeping.create(auth.me(), body, client_id, clock.now())
        return _tool(str(key)), 201 if new else 200


@blueprint.route("/finance-tools/figures")
class FinanceToolFigures(MethodView):
    @blueprint.operation(query=FinanceToolFiguresQuery, shows=FinanceToolFiguresView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What came of introductions, by tool and by source of funds; each opens to its introductions."""
        tools, funding = queries.figures(auth.me(), **query)
        names = offer_views.funding_names()
        return {
            "tools": [_figures(each) for each in tools],
            "funding": [_figures(each, names.get(str(each.key))) for each in funding],
        }


@blueprint.route("/finance-tools/<oid:key>")
class OneFinanceTool(MethodView):
    @blueprint.operation(shows=FinanceToolView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A finance tool."""
        return _tool(key)

    @blueprint.operation(body=FinanceToolContent, shows=FinanceToolView, whole=True, also=(404,))
    def put(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Change a finance tool as a whole; its code stays."""
        who = auth.me()
        tool = keeping.see(who, key)
        require_match(FinanceToolView, _tool(key))
        keeping.change(who, key, body, tool["version"], clock.now())
        return _tool(key)


@blueprint.route("/finance-tools/<oid:key>/introductions")
class IntroductionsOf(MethodView):
    @blueprint.operation(
        body=IntroductionIn, shows=IntroductionWholeView, status=201, also=(200, 404)
    )
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Propose the tool to a firm; a firm's contact asks for it."""
        client_id = body.pop("client_id")
        who, now = auth.me(), clock.now()
        made, new = introducing.propose(who, key, Proposal(**body), client_id, now)
        return _whole(str(made)), 201 if new else 200


@blueprint.route("/issues/<oid:key>/finance-tools")
class ToolsForIssue(MethodView):
    @blueprint.operation(query=FinanceToolsFor, shows=FinanceToolMatchesView, also=(404, 409))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """The tools for an issue that asks for money, each condition with its reason."""
        return _offered(offering.for_issue(auth.me(), key, _amount(query), clock.now()))


@blueprint.route("/enterprises/<oid:key>/finance-tools")
class ToolsForFirm(MethodView):
    @blueprint.operation(query=FinanceToolsFor, shows=FinanceToolMatchesView, also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """The tools for a firm, each condition with its reason."""
        return _offered(offering.for_firm(auth.me(), key, _amount(query), clock.now()))


@blueprint.route("/introductions")
class Introductions(MethodView):
    @blueprint.operation(query=IntroductionsQuery, shows=page_of(IntroductionView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The introductions one may see, the newest first."""
        found, total = queries.listed(auth.me(), **query)
        return views.page(offer_views.introductions(found), total, query)


@blueprint.route("/introductions/<oid:key>")
class OneIntroduction(MethodView):
    @blueprint.operation(shows=IntroductionWholeView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An introduction with its history."""
        return _whole(key)


@blueprint.route("/introductions/<oid:key>/accept")
class Accept(MethodView):
    @blueprint.operation(
        body=IntroductionWordsIn, shows=IntroductionWholeView, action=True, also=(404,)
    )
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """The firm wants it: its contact says so, or its commissioner for it."""
        return _done(key, introducing.accept, body)


@blueprint.route("/introductions/<oid:key>/decline")
class Decline(MethodView):
    @blueprint.operation(
        body=IntroductionReasonIn, shows=IntroductionWholeView, action=True, also=(404,)
    )
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """The firm does not want it."""
        return _done(key, introducing.decline, body)


@blueprint.route("/introductions/<oid:key>/introduce")
class Introduce(MethodView):
    @blueprint.operation(
        body=IntroductionNextIn, shows=IntroductionWholeView, action=True, also=(404,)
    )
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """The provider has the firm's request."""
        return _done(key, introducing.introduce, body)


@blueprint.route("/introductions/<oid:key>/follow-up")
class FollowUp(MethodView):
    @blueprint.operation(
        body=IntroductionFollowIn, shows=IntroductionWholeView, action=True, also=(404,)
    )
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Note what was heard, and when it is looked at next."""
        return _done(key, introducing.follow, body)


@blueprint.route("/introductions/<oid:key>/outcome")
class Outcome(MethodView):
    @blueprint.operation(
        body=IntroductionOutcomeIn, shows=IntroductionWholeView, action=True, also=(404,)
    )
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """What came of it: granted, refused, or no answer."""
        return _done(key, introducing.conclude, body)


@blueprint.route("/introductions/<oid:key>/assign")
class AssignIntroduction(MethodView):
    @blueprint.operation(
        body=IntroductionAssignIn, shows=IntroductionWholeView, action=True, also=(404,)
    )
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Somebody else of staff sees to it."""
        return _done(key, introducing.assign, body)


@blueprint.route("/introductions/<oid:key>/withdraw")
class WithdrawIntroduction(MethodView):
    @blueprint.operation(
        body=IntroductionReasonIn, shows=IntroductionWholeView, action=True, also=(404,)
    )
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Nothing more is done about it."""
        return _done(key, introducing.withdraw, body)


def _tool(key: str) -> Row:
    return offer_views.tools([keeping.see(auth.me(), key)])[0]


def _amount(query: Mapping[str, Any]) -> Decimal | None:
    return None if query["amount"] is None else Decimal(query["amount"])


def _offered(found: Offered) -> Row:
    tools: Iterable[Row] = offer_views.tools([dict(each.tool) for each in found.matches])
    items = [
        {
            "tool": tool,
            "verdict": each.verdict,
            "verdict_name": say(f"finance.verdict.{each.verdict}", language()),
            "own_fund": each.own_fund,
            "conditions": [
                {
                    "kind": condition.kind,
                    "verdict": condition.verdict,
                    "verdict_name": say(f"finance.verdict.{condition.verdict}", language()),
                    "reason": views.reasons([condition.reason])[0],
                }
                for condition in each.conditions
            ],
        }
        for each, tool in zip(found.matches, tools, strict=True)
    ]
    amount = None if found.amount is None else str(found.amount)
    return {"items": items, "amount": amount, "amount_from": found.amount_from}


def _figures(each: Figures, name: str | None = None) -> Row:
    made = {field: getattr(each, field) for field in each.__slots__}
    return {**made, "name": name or each.name, "amount": str(each.amount)}


def _done(key: str, act: Callable[..., None], body: dict[str, Any]) -> dict[str, Any]:
    views.perform(lambda: act(auth.me(), key, now=clock.now(), **body))
    return _described(queries.done(key))


def _whole(key: str) -> Row:
    return _described(queries.see(auth.me(), key))


def _described(found: tuple[Row, Row]) -> Row:
    [line] = offer_views.introductions([found])
    steps = offer_views.history(queries.history_of(auth.me(), found[0]), "introduction")
    return {**line, "history": steps}
