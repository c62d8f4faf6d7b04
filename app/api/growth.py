"""The growth gate: who came into production within two years, and what helps them next."""

from __future__ import annotations

from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.people.access import require
from app.projects.growth import tracker
from app.projects.growth.tracker import Growing
from schemas.base import page_of
from schemas.growth import GrowthQuery, GrowthView

blueprint = Blueprint("growth", __name__, description="成长关")


@blueprint.route("/growth")
class Growth(MethodView):
    @blueprint.operation(query=GrowthQuery, shows=page_of(GrowthView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Firms and projects within two years of production, the most pressing first."""
        who = auth.me()
        require(who, "growth.see")
        found, total = tracker.tracked(who, clock.now(), **query)
        return views.page([_shown(each) for each in found], total, query)


def _shown(each: Growing) -> dict[str, Any]:
    spoken = language()
    return {
        **asdict(each),
        "sales_percent": _percent(each.sales_percent),
        "tax_percent": _percent(each.tax_percent),
        "next": [
            {"code": rule.code, "text": rule.text if spoken == "zh" else rule.text_en}
            for rule in each.help
        ],
    }


def _percent(exact: Decimal | None) -> str | None:
    return None if exact is None else str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))
