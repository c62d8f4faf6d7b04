"""Visits: begun, changed, ended, looked at; their receipts; what is near; the checklists."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask.views import MethodView

from app.api import auth, views
from app.api.conditions import require_match
from app.api.evidence import signer
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.district import pack
from app.foundation.geo import Position
from app.issues.looking import portrait as issues
from app.people.access import require
from app.photos.hiding import hidden_from, sees
from app.visits import actions, awaiting, queries
from app.visits.access import see_visit, sees_track
from app.visits.answers import suggested
from app.visits.documents import Visit
from app.visits.receipt import receipt
from app.visits.track import away_m, on_site
from schemas.base import page_of
from schemas.checklists import ChecklistQuery, ChecklistView
from schemas.visits import (
    NearList,
    NearQuery,
    ReceiptView,
    VisitDraft,
    VisitEnd,
    VisitOpen,
    VisitPhotos,
    VisitQuery,
    VisitSummary,
    VisitView,
)

blueprint = Blueprint("visits", __name__, description="走访")


def summaries(visits: list[Visit]) -> list[dict[str, Any]]:
    """Visits in a list."""
    return [_line(*each) for each in zip(visits, awaiting.stocks(visits), strict=True)]


def _line(visit: Visit, stock: awaiting.Stock) -> dict[str, Any]:
    lasted = visit.ended_at - visit.started_at if visit.ended_at else None
    who = auth.me()
    return {
        **{name: visit[name] for name in visit},
        "owner_id": visit.owner,
        "enterprise_id": visit.enterprise,
        "project_id": visit.project,
        "duration_s": round(lasted.total_seconds()) if lasted is not None else None,
        "photo_ids": [
            row["_id"] for row in stock.rows if sees(who, row["owner"], row.get("hidden"))
        ],
        "missing": {"count": stock.missing, "client_ids": stock.client_ids},
    }


def whole(visit: Visit) -> dict[str, Any]:
    """A visit with all that the viewer may see of it."""
    return {
        **_line(visit, awaiting.stock(visit)),
        "check_in": _check(visit, visit.started_at, visit.position),
        "check_out": _check(visit, visit.ended_at, visit.end_position) if visit.ended_at else None,
        "track": visit.track if sees_track(auth.me(), visit) else None,
        "issue_ids": issues.of_visit(auth.me(), visit.id),
        "suggested_issues": [
            {
                "item": each.item,
                "category": each.category,
                "category_name": pack().category(each.category).name,
                "text": each.text,
            }
            for each in suggested(visit.checklist)
        ],
    }


def _check(visit: Visit, at: Any, position: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "at": at,
        "position": position,
        "accuracy_m": position["raw"].get("accuracy_m") if position else None,
        "distance_to_site_m": away_m(position, visit.site),
        "on_site": on_site(position, visit.site),
    }


def _seen(key: str) -> dict[str, Any]:
    return whole(see_visit(auth.me(), key))


@blueprint.route("/visits")
class Visits(MethodView):
    @blueprint.operation(query=VisitQuery, shows=page_of(VisitSummary))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The visits one may see, newest first."""
        require(auth.me(), "visit.see")
        found, total = queries.visits(auth.me(), **query)
        return views.page(summaries(found), total, query)

    @blueprint.operation(body=VisitOpen, shows=VisitView, status=201, also=(200,))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Begin a visit, or log one that is over."""
        visit, new = actions.log_visit(auth.me(), actions.VisitFacts(**body), clock.now())
        return whole(visit), 201 if new else 200


@blueprint.route("/visits/<oid:key>")
class OneVisit(MethodView):
    @blueprint.operation(shows=VisitView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A visit, with what is missing of it."""
        return _seen(key)

    @blueprint.operation(body=VisitDraft, shows=VisitView, whole=True, also=(404,))
    def put(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Change one's draft as a whole. The same change again answers 200 whatever its If-Match."""
        who, facts = auth.me(), actions.DraftFacts(**body)
        visit = actions.open_visit(who, key)
        if not actions.is_replay(visit, facts):
            require_match(VisitView, whole(visit))
            visit = actions.change_visit(who, key, facts, visit.version, clock.now())
        return whole(visit)


@blueprint.route("/visits/<oid:key>/photos")
class MorePhotos(MethodView):
    @blueprint.operation(body=VisitPhotos, shows=VisitView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Add photos to one's visit, also after its end."""
        views.perform(lambda: actions.add_photos(auth.me(), key, now=clock.now(), **body))
        return _seen(key)


@blueprint.route("/visits/<oid:key>/end")
class EndVisit(MethodView):
    @blueprint.operation(body=VisitEnd, shows=VisitView, action=True, also=(404,))
    def post(self, body: actions.Ending, key: str) -> dict[str, Any]:
        """End one's visit: from now on it stays as it is."""
        views.perform(lambda: actions.end_visit(auth.me(), key, body, clock.now()))
        return _seen(key)


@blueprint.route("/visits/<oid:key>/receipt")
class Receipt(MethodView):
    @blueprint.operation(shows=ReceiptView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """What of the visit's photos is stored for good, signed with one of `/evidence/keys`."""
        who = auth.me()
        visit = see_visit(who, key)
        hidden = hidden_from(who, [row["_id"] for row in awaiting.stock(visit).originals])
        return receipt(visit, current_app.extensions["store"], signer(), clock.now(), hidden)


@blueprint.route("/visits/suggestions")
class Suggestions(MethodView):
    @blueprint.operation(query=NearQuery, shows=NearList)
    def get(self, query: dict[str, Position]) -> dict[str, Any]:
        """Projects and enterprises around, with what is open there and when anybody last visited."""
        found = queries.near(auth.me(), query["position"])
        still_open = issues.open_at([each.id for each in found])
        items = [
            {
                **{name: getattr(each, name) for name in each.__slots__},
                "enterprise_id": each.enterprise,
                "open_issues": still_open.get(each.id, 0),
            }
            for each in found
        ]
        return {"items": items, "total": len(items)}


@blueprint.route("/checklists")
class Checklists(MethodView):
    @blueprint.operation(query=ChecklistQuery, shows=page_of(ChecklistView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The district's checklists: the newest version of each, or all versions."""
        found = [
            each
            for each in pack().checklists
            if query["versions"] == "all" or pack().checklist(each.code) == each
        ]
        start = (query["page"] - 1) * query["page_size"]
        return views.page(found[start : start + query["page_size"]], len(found), query)
