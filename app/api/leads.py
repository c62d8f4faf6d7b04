"""Leads that firms bring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bson import ObjectId
from flask.views import MethodView

from app.api import auth, offer_views, views
from app.api.conditions import require_match
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.db import Row
from app.offers.leads import actions, queries
from app.offers.leads.documents import Lead
from schemas.base import page_of
from schemas.leads import (
    LeadAssignIn,
    LeadContent,
    LeadFiguresQuery,
    LeadFiguresView,
    LeadIn,
    LeadNextIn,
    LeadReasonIn,
    LeadSignIn,
    LeadsQuery,
    LeadView,
)

blueprint = Blueprint("leads", __name__, description="以商引商")


@blueprint.route("/leads")
class Leads(MethodView):
    @blueprint.operation(query=LeadsQuery, shows=page_of(LeadView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The leads one may see, the latest found first."""
        found, total = queries.listed(auth.me(), **query)
        return views.page(offer_views.lead_list(found), total, query)

    @blueprint.operation(body=LeadIn, shows=LeadView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Enter a lead."""
        client_id = body.pop("client_id")
        key, new = actions.enter(auth.me(), body, client_id, clock.now())
        return described(str(key)), 201 if new else 200


@blueprint.route("/leads/figures")
class LeadFigures(MethodView):
    @blueprint.operation(query=LeadFiguresQuery, shows=LeadFiguresView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Leads by source enterprise or by department."""
        lines = [
            {
                **{name: getattr(each, name) for name in each.__slots__},
                "id": each.key,
                "project_ids": each.projects,
            }
            for each in queries.figures(auth.me(), query["by"])
        ]
        return {"items": lines}


@blueprint.route("/leads/<oid:key>")
class OneLead(MethodView):
    @blueprint.operation(shows=LeadView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A lead."""
        return _shown(key)

    @blueprint.operation(body=LeadContent, shows=LeadView, whole=True, also=(404,))
    def put(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Change a lead as a whole; its code stays, and its owner."""
        who = auth.me()
        row, _ = queries.see(who, key)
        require_match(LeadView, _shown(key))
        actions.change(who, key, body, row["version"], clock.now())
        return _shown(key)


@blueprint.route("/leads/<oid:key>/contact")
class ContactLead(MethodView):
    @blueprint.operation(body=LeadNextIn, shows=LeadView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """The company was spoken to."""
        return _done(key, actions.contact, body)


@blueprint.route("/leads/<oid:key>/talk")
class TalkLead(MethodView):
    @blueprint.operation(body=LeadNextIn, shows=LeadView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """They negotiate."""
        return _done(key, actions.talk, body)


@blueprint.route("/leads/<oid:key>/sign")
class SignLead(MethodView):
    @blueprint.operation(body=LeadSignIn, shows=LeadView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """It became a project."""
        return _done(key, actions.sign, body)


@blueprint.route("/leads/<oid:key>/drop")
class DropLead(MethodView):
    @blueprint.operation(body=LeadReasonIn, shows=LeadView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Nothing comes of it."""
        return _done(key, actions.drop, body)


@blueprint.route("/leads/<oid:key>/assign")
class AssignLead(MethodView):
    @blueprint.operation(body=LeadAssignIn, shows=LeadView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Somebody else of staff sees to it."""
        return _done(key, actions.assign, body)


def _done(key: str, act: Callable[..., None], body: dict[str, Any]) -> dict[str, Any]:
    views.perform(lambda: act(auth.me(), key, now=clock.now(), **body))
    return described(key)


def _shown(key: str) -> Row:
    return offer_views.lead_list([queries.see(auth.me(), key)[0]])[0]


def described(key: str) -> Row:
    """A lead for who has just done something with it, and perhaps given it away."""
    row = Lead.rows().find_one({"_id": ObjectId(key)}) or {}
    return offer_views.lead_list([row])[0]
