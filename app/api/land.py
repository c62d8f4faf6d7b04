"""Parcels of land, and what firms committed themselves to with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bson import Decimal128, ObjectId
from flask.views import MethodView

from app.api import auth, views
from app.api.conditions import require_match
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.db import Row
from app.foundation.district import local
from app.foundation.messages import say
from app.people.access import require
from app.projects.commitments import actions as commitments
from app.projects.commitments.compare import Compared
from app.projects.commitments.register import REGISTER as COMMITMENTS
from app.projects.land import actions as land
from app.projects.land.register import REGISTER as PARCELS
from app.projects.land.sums import Amount, Sums
from app.registers.showing import shown
from schemas.base import PageQuery, page_of
from schemas.land import (
    CommitmentIn,
    CommitmentsQuery,
    CommitmentsView,
    ParcelContent,
    ParcelIn,
    ParcelsQuery,
    ParcelStepView,
    ParcelSumsView,
    ParcelView,
)

blueprint = Blueprint("land", __name__, description="地块、标准地与承诺")

_UNTOLD = ("client_id", "fingerprint", "created_by", "created_at")
"""What the history of a parcel keeps, and nobody asks for."""


def _parcels(rows: Iterable[Row]) -> list[Row]:
    found = list(rows)
    return [
        {
            **fields,
            "id": row["_id"],
            "state_name": _state(row["state"]),
            "project_id": row.get("project"),
            "area": row.get("area"),
            "created_at": row["created_at"],
            "updated_at": row.get("updated_at"),
        }
        for row, fields in zip(found, shown(PARCELS, found), strict=True)
    ]


def _state(code: str) -> str:
    return say(f"parcel.state.{code}", language())


@blueprint.route("/parcels")
class Parcels(MethodView):
    @blueprint.operation(query=ParcelsQuery, shows=page_of(ParcelView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The parcels one may see, by code."""
        found, total = land.parcels(auth.me(), **query)
        return views.page(_parcels(found), total, query)

    @blueprint.operation(body=ParcelIn, shows=ParcelView, status=201, also=(200,))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Enter a parcel."""
        row, area, client_id = body["row"], body["area"], body["client_id"]
        made, new = land.create(auth.me(), row, area, client_id, clock.now())
        return _parcels([made])[0], 201 if new else 200


@blueprint.route("/parcels/sums")
class ParcelSums(MethodView):
    @blueprint.operation(shows=ParcelSumsView)
    def get(self) -> dict[str, Any]:
        """How much land there is in which state, by unit and in all."""
        require(auth.me(), "parcel.see")
        whole, units = land.sums_for(auth.me())
        return {"whole": _sums(whole), "units": [_sums(each) for each in units]}


def _sums(each: Sums) -> Row:
    states = [
        {"state": code, "state_name": _state(code), **_amount(amount)}
        for code, amount in each.by_state.items()
    ]
    return {"unit": each.unit, **_amount(each.whole), "states": states}


def _amount(each: Amount) -> Row:
    return {"parcels": each.parcels, "mu": str(each.mu)}


@blueprint.route("/parcels/<oid:key>")
class OneParcel(MethodView):
    @blueprint.operation(shows=ParcelView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A parcel."""
        return _parcels([land.see_parcel(auth.me(), key)])[0]

    @blueprint.operation(body=ParcelContent, shows=ParcelView, whole=True, also=(404,))
    def put(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Change it as a whole; its code stays. With a reason it is a correction."""
        who = auth.me()
        parcel = land.see_parcel(who, key)
        require_match(ParcelView, _parcels([parcel])[0])
        changed = land.change(
            who,
            key,
            body["row"],
            body["area"],
            version=parcel["version"],
            reason=body["reason"],
            now=clock.now(),
        )
        return _parcels([changed])[0]


@blueprint.route("/parcels/<oid:key>/history")
class ParcelHistory(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(ParcelStepView), also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """What was changed of it, oldest first."""
        steps = land.history_of(auth.me(), key)
        start = (query["page"] - 1) * query["page_size"]
        some = steps[start : start + query["page_size"]]
        return views.page([_step(each) for each in some], len(steps), query)


def _step(step: Row) -> Row:
    return {**step, **{side: _plain(step["data"].get(side)) for side in ("before", "after")}}


def _plain(fields: Row | None) -> Row:
    """Stored values as JSON has them."""
    kept = {name: each for name, each in (fields or {}).items() if name not in _UNTOLD}
    return {name: _json(each) for name, each in kept.items()}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return local(value).isoformat(timespec="milliseconds")
    return str(value) if isinstance(value, Decimal128 | ObjectId) else value


@blueprint.route("/projects/<oid:key>/commitments")
class Commitments(MethodView):
    @blueprint.operation(query=CommitmentsQuery, shows=CommitmentsView, also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """What a project's firm committed itself to, beside what came of it."""
        return _looked(key, history=query["history"])

    @blueprint.operation(body=CommitmentIn, shows=CommitmentsView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """State it, or state it anew; the earlier entry is superseded and kept."""
        row, client_id, reason = body["row"], body["client_id"], body["reason"]
        _, new = commitments.commit(auth.me(), key, row, client_id, reason, clock.now())
        return _looked(key), 201 if new else 200


def _looked(key: str, *, history: bool = False) -> dict[str, Any]:
    found = commitments.look(auth.me(), key, clock.now(), history=history)
    return {
        "current": _entries([found.current])[0] if found.current else None,
        "comparison": [_compared(each) for each in found.compared],
        "history": _entries(found.entries),
    }


def _entries(rows: list[Row]) -> list[Row]:
    names = ("source", "reason", "known_at", "superseded_at", "void")
    return [
        {
            **fields,
            **{name: row.get(name) for name in names},
            "id": row["_id"],
            "by": row["by_name"],
        }
        for row, fields in zip(rows, shown(COMMITMENTS, rows), strict=True)
    ]


def _compared(each: Compared) -> Row:
    spoken = language()
    return {
        "item": each.item,
        "item_name": say(f"commitment.item.{each.item}", spoken),
        "promised": str(each.promised),
        "actual": None if each.actual is None else str(each.actual),
        "gap": None if each.gap is None else str(each.gap),
        "met": each.met,
        "met_name": say(f"commitment.met.{each.met}", spoken),
        "source": each.source,
    }
