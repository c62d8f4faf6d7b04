"""The portrait of a project: one call that shows it whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask.views import MethodView

from app.api import approvals, auth, milestones, photo_views, registers, stages, views, warnings
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import amounts, clock
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.projects.documents import Project
from app.reports.portrait.whole import Portrait, portrait
from schemas.portraits import PortraitView

blueprint = Blueprint("portraits", __name__, description="项目画像")
EXCERPT = 60


@blueprint.route("/projects/<oid:key>/portrait")
class OnePortrait(MethodView):
    @blueprint.operation(shows=PortraitView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A project whole: stages, money, gaps, visits, approvals, warnings, forecast, what to fill in."""
        now = clock.now()
        return _shown(portrait(auth.me(), key, now), now)


def _shown(found: Portrait, now: datetime) -> dict[str, Any]:
    line = found.line
    return {
        "project": registers.project(Project._from_son(found.project)),
        "stages": {
            "stage": line.stage,
            "course": line.course,
            "suspended_since": line.suspended_since,
            "exited_on": line.exited_on,
            "phases": [stages.phase(each) for each in line.phases],
            "warnings": views.reasons(line.warnings),
        },
        "milestones": milestones.shown(found.milestones),
        "money": _money(found.project, found.money) if found.money is not None else None,
        "gaps": [_gap(each) for each in found.gaps],
        "issues": [_issue(each, now) for each in found.issues],
        "visits": [_visit(each) for each in found.visits],
        "before_now": _before_now(found.before_now),
        "approvals": approvals.shown_whole(found.approvals, found.project, found.standing, now),
        "warnings": _warnings(found),
        "people": found.people,
        "instructions": found.instructions,
        "forecast": {
            "on": _text(found.forecast.on),
            "actual": found.forecast.actual,
            "planned": _text(found.forecast.planned),
            "late_days": found.forecast.late_days,
            "reasons": _spoken(found.forecast.reasons),
        },
        "completeness": {
            "percent": found.completeness.percent,
            "missing": views.reasons(
                Reason(f"portrait.missing.{code}") for code in found.completeness.missing
            ),
        },
        "made_at": now,
    }


def _warnings(found: Portrait) -> list[dict[str, Any]] | None:
    if found.warnings is None:
        return None
    return [warnings.line(each, found.project) for each in found.warnings]


def _spoken(reasons: tuple[Reason, ...]) -> list[dict[str, Any]]:
    """With the names of the stages that they speak of."""
    spoken = language()
    named = [
        Reason(
            each.code,
            {
                name: say(f"project.stage.{value}", spoken)
                if name in ("stage", "from", "to")
                else value
                for name, value in each.params.items()
            },
        )
        for each in reasons
    ]
    return views.reasons(named)


def _money(project: Row, money: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("investment", "promised_sales", "promised_tax")
    return {
        **{name: _amount(project.get(name)) for name in shown},
        **{name: _amount(money[name]) for name in ("invested", "paid_in", "sales12", "tax12")},
        "years": list(_years(money["years"] or {})),
        "last_month": money["last_month"],
    }


def _years(years: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for year, row in sorted(years.items()):
        plan = amounts.read(row.get("plan"))
        actual = amounts.total(map(amounts.read, row.get("actual") or ()))
        share = (100 * actual / plan).quantize(Decimal("0.1")) if plan else None
        yield {
            "year": int(year),
            "first": _amount(row.get("first")),
            "plan": _amount(row.get("plan")),
            "actual": str(actual),
            "percent": _text(share),
        }


def _amount(kept: Any) -> str | None:
    return _text(amounts.read(kept))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _gap(row: Row) -> dict[str, Any]:
    named = pack().category(row["category"])
    spoken = named.name if language() == "zh" else named.name_en
    keys = [each["_id"] for each in row["issues"]]
    return {**row, "category_name": spoken, "issue_ids": keys}


def _issue(row: Row, now: datetime) -> dict[str, Any]:
    return {
        **row,
        "id": row["_id"],
        "state_name": say(f"issue.state.{row['state']}", language()),
        "excerpt": (row.get("demand") or row["text"])[:EXCERPT],
        "days": (now - row["created_at"]).days,
        "resolve_by": (row.get("promise") or {}).get("resolve_by"),
    }


def _visit(row: Row) -> dict[str, Any]:
    return {**row, "id": row["_id"], "photos": [_picture(each) for each in row["photos"]]}


def _picture(row: Row) -> dict[str, Any]:
    at = row.get("shot_at") or row["received_at"]
    return {"id": row["_id"], "at": at, "thumb": photo_views.link_of_row(row, "thumb")}


def _before_now(row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        name: {**each, "visit_id": each["visit"], "photo": _picture(each["photo"])}
        for name, each in row.items()
    }
