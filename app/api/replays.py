"""Trying a rulebook on the issues of the past."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId
from flask.views import MethodView

from app.api import auth, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.issues.documents import Issue
from app.learning import replays
from app.learning.comparing import VERDICTS, Tally, tally
from app.learning.replays import Asked, Replay
from schemas.base import PageQuery, page_of
from schemas.replays import ReplayIn, ReplayLine, ReplayView

blueprint = Blueprint("replays", __name__, url_prefix="/routing", description="规则回放")


def _line(found: Replay) -> dict[str, Any]:
    return {
        **{name: found[name] for name in found},
        "rulebook": found.number,
        "by": found.by_name,
    }


def _whole(found: Replay) -> dict[str, Any]:
    result = _result(tally(found.result), found.content) if found.result else None
    return {**_line(found), "result": result}


def _result(found: Tally, content: Mapping[str, Any]) -> dict[str, Any]:
    counts = found.counts
    return {
        **{name: counts[name] for name in ("issues", "terms", *VERDICTS)},
        "changed": counts["issues"] - counts["same"],
        "before": _side(counts, "before"),
        "after": _side(counts, "after"),
        **{
            name: {"new": counts[f"{name}_new"], "gone": counts[f"{name}_gone"]}
            for name in ("urgent", "restricted")
        },
        "by_category": _compared(found.by_category, ("category",)),
        "by_pair": _compared(found.by_pair, ("before", "after")),
        "rules": _rules(found, content),
        "broken": [
            {"rule": rule, "why": views.reasons([why])[0]} for rule, why in found.broken.items()
        ],
        "examples": _still_open(found.examples),
    }


def _side(counts: Mapping[str, int], side: str) -> dict[str, Any]:
    placed, right = counts[f"placed_{side}"], counts[f"right_{side}"]
    return {
        "to_dispatcher": counts[f"to_dispatcher_{side}"],
        "placed": placed,
        "right": right,
        "rate": round(right / placed, 4) if placed else None,
    }


def _compared(found: Mapping[Any, int], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Counts by key and verdict as one line for each key, those with the most first."""
    lines: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    for (*key, verdict), n in found.items():
        lines[tuple(key)][verdict] += n
    rows = [
        {
            **dict(zip(names, key, strict=True)),
            **{verdict: each[verdict] for verdict in VERDICTS},
            "n": each.total(),
        }
        for key, each in lines.items()
    ]
    return sorted(rows, key=lambda row: (-row["n"], *(row[name] or "" for name in names)))


def _rules(found: Tally, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rules of the draft in their order, those that never fit too; then rules that it lacks."""
    named = [rule.get("name") for rule in content.get("rules", ()) if isinstance(rule, Mapping)]
    own = [name.strip() for name in named if isinstance(name, str) and name.strip()]
    others = sorted({rule for side, rule in found.fits if rule not in own})
    return [
        {"rule": rule, "before": found.fits["before", rule], "after": found.fits["after", rule]}
        for rule in dict.fromkeys([*own, *others])
    ]


def _still_open(examples: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Without issues that were restricted since."""
    found = list(examples)
    query = {"_id": {"$in": [ObjectId(each["id"]) for each in found]}, "restricted": {"$ne": None}}
    closed = {str(row["_id"]) for row in Issue.rows().find(query, {"_id": 1})}
    return [each for each in found if each["id"] not in closed]


@blueprint.route("/replay")
class StartReplay(MethodView):
    @blueprint.operation(body=ReplayIn, shows=ReplayView, status=202, also=(200,))
    def post(self, body: tuple[str, Asked]) -> tuple[dict[str, Any], int]:
        """Try a rulebook on past issues. Workers do it; `GET /routing/replays/{id}` tells how far."""
        client_id, asked = body
        found, new = replays.start(auth.me(), client_id, asked, clock.now())
        return _whole(found), 202 if new else 200


@blueprint.route("/replays")
class Replays(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(ReplayLine))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """All replays, the newest first."""
        found, total = replays.listed(auth.me(), **query)
        return views.page([_line(each) for each in found], total, query)


@blueprint.route("/replays/<oid:key>")
class OneReplay(MethodView):
    @blueprint.operation(shows=ReplayView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A replay: how far it is, then what would change and in which direction."""
        return _whole(replays.see(auth.me(), key))


@blueprint.route("/replays/<oid:key>/cancel")
class CancelReplay(MethodView):
    @blueprint.operation(shows=ReplayView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Let no more of it be done."""
        views.perform(lambda: replays.cancel(auth.me(), key, clock.now()))
        return _whole(replays.see(auth.me(), key))
