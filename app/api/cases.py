"""Cases: positive and negative examples of departments, units and officials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.messages import say
from app.oversight import cases_actions, cases_evidence, cases_queries, cases_showing
from app.oversight.cases_actions import Proposal
from app.oversight.cases_queries import CaseFilters
from app.oversight.cases_subjects import minimised
from schemas.base import page_of
from schemas.cases import (
    CaseAppealAnswerIn,
    CaseCirculateIn,
    CaseFiguresQuery,
    CaseFiguresView,
    CaseIn,
    CasePublishIn,
    CaseReplyIn,
    CasesQuery,
    CaseView,
    CaseWholeView,
    CaseWordsIn,
)

Row = Mapping[str, Any]

blueprint = Blueprint("cases", __name__, description="正反面典型")


@blueprint.route("/cases")
class Cases(MethodView):
    @blueprint.operation(query=CasesQuery, shows=page_of(CaseView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The cases one may see, the newest first."""
        size = {name: query.pop(name) for name in ("page", "page_size")}
        found, total = cases_queries.listed(auth.me(), CaseFilters(**query), **size)
        return views.page([_line(each) for each in found], total, size)

    @blueprint.operation(body=CaseIn, shows=CaseWholeView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Propose a case of a department, a unit or an official; never of an enterprise."""
        client_id = body.pop("client_id")
        made, new = cases_actions.propose(auth.me(), client_id, Proposal(**body), clock.now())
        return _whole(str(made)), 201 if new else 200


@blueprint.route("/cases/figures")
class CaseFigures(MethodView):
    @blueprint.operation(query=CaseFiguresQuery, shows=CaseFiguresView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """How many circulated cases departments or units have; each line opens to its cases."""
        by = query.pop("by")
        found = cases_queries.figures(auth.me(), by, CaseFilters(**query))
        names = ("key", "name", "positive", "negative", "withdrawn")
        return {
            "items": [
                {**{name: getattr(each, name) for name in names}, "case_ids": list(each.ids)}
                for each in found
            ]
        }


@blueprint.route("/cases/<oid:key>")
class OneCase(MethodView):
    @blueprint.operation(shows=CaseWholeView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A case, as far as it is for the viewer's eyes."""
        return _whole(key)


@blueprint.route("/cases/<oid:key>/serve")
class ServeCase(MethodView):
    @blueprint.operation(body=CaseWordsIn, shows=CaseWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Serve it on whom it is about; nothing goes on before they replied or had their time."""
        return _done(key, cases_actions.serve, body)


@blueprint.route("/cases/<oid:key>/reply")
class ReplyToCase(MethodView):
    @blueprint.operation(body=CaseReplyIn, shows=CaseWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Reply to it: whom it was served on."""
        return _done(key, cases_actions.reply, body)


@blueprint.route("/cases/<oid:key>/approve")
class ApproveCase(MethodView):
    @blueprint.operation(body=CaseWordsIn, shows=CaseWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Decide that it is an example: another person than who proposed it."""
        return _done(key, cases_actions.approve, body)


@blueprint.route("/cases/<oid:key>/drop")
class DropCase(MethodView):
    @blueprint.operation(body=CaseWordsIn, shows=CaseWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Decide that it is none."""
        return _done(key, cases_actions.drop, body)


@blueprint.route("/cases/<oid:key>/circulate")
class CirculateCase(MethodView):
    @blueprint.operation(body=CaseCirculateIn, shows=CaseWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Show it inside the house."""
        return _done(key, cases_showing.circulate, body)


@blueprint.route("/cases/<oid:key>/publish")
class PublishCase(MethodView):
    @blueprint.operation(body=CasePublishIn, shows=CaseWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Record the competent authority's approval to publish it outside."""
        return _done(key, cases_showing.publish, body)


@blueprint.route("/cases/<oid:key>/appeal")
class AppealAgainstCase(MethodView):
    @blueprint.operation(body=CaseWordsIn, shows=CaseWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Appeal against it: whom it was served on."""
        return _done(key, cases_showing.appeal, body)


@blueprint.route("/cases/<oid:key>/answer-appeal")
class AnswerAppeal(MethodView):
    @blueprint.operation(body=CaseAppealAnswerIn, shows=CaseWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Answer the appeal; upheld, it takes the case back."""
        return _done(key, cases_showing.answer_appeal, body)


@blueprint.route("/cases/<oid:key>/withdraw")
class WithdrawCase(MethodView):
    @blueprint.operation(body=CaseWordsIn, shows=CaseWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take it back; those who had it keep seeing it, as withdrawn."""
        return _done(key, cases_showing.withdraw, body)


def _done(key: str, act: Callable[..., None], body: dict[str, Any]) -> dict[str, Any]:
    views.perform(lambda: act(auth.me(), key, now=clock.now(), **body))
    return _whole(key)


def _line(case: Row) -> dict[str, Any]:
    spoken = language()
    return {
        **case,
        "id": str(case["_id"]),
        "kind_name": say(f"case.kind.{case['kind']}", spoken),
        "subject_id": case["subject"],
        "subject": case["subject_name"],
        "department_id": case["department"],
        "state_name": say(f"case.state.{case['state']}", spoken),
        "actions": cases_queries.steps(auth.me(), dict(case)),
    }


def _whole(key: str) -> dict[str, Any]:
    who = auth.me()
    case = cases_queries.see(who, key)
    inside = cases_queries.inside(who, case)
    history = cases_queries.history_of(case) if inside else []
    return {
        **_line(case),
        "evidence": cases_evidence.shown(who, case["evidence"], inside=inside),
        "decision": _said(case["decision"]),
        "withdrawal": _said(case["withdrawal"]),
        "public": _public(case),
        **(_inside(case) if inside else _OUTSIDE),
        "history": [_step(row) for row in history],
    }


_OUTSIDE: Mapping[str, Any] = {
    **dict.fromkeys(("by", "reply_by", "appeal_by", "served", "circulation", "publication")),
    "replies": [],
    "appeals": [],
}


def _inside(case: Row) -> dict[str, Any]:
    circulation, publication = _said(case["circulation"]), _said(case["publication"])
    return {
        "by": case["by_name"],
        "reply_by": case["reply_by"],
        "appeal_by": case["appeal_by"],
        "served": _said(case["served"]),
        "replies": [_said(each) for each in case["replies"]],
        "circulation": circulation,
        "publication": publication,
        "appeals": [
            {**(_said(each) or {}), "answer": _said(each["answer"])} for each in case["appeals"]
        ],
    }


def _public(case: Row) -> dict[str, Any] | None:
    """What may leave the house; nothing once it is withdrawn."""
    publication = case["publication"]
    if publication is None or case["withdrawal"] is not None:
        return None
    return {
        "kind_name": say(f"case.kind.{case['kind']}", language()),
        "subject": minimised(dict(case)),
        "title": publication["title"],
        "text": publication["public_text"],
    }


def _said(said: Row | None) -> dict[str, Any] | None:
    if said is None:
        return None
    photos, departments = said.get("photos", []), said.get("departments", [])
    return {**said, "by": said["by_name"], "photo_ids": photos, "department_ids": departments}


def _step(row: Row) -> dict[str, Any]:
    return {
        **row,
        "title": say(f"history.case.{row['action']}", language()),
        "by": row["by_name"],
        "before": row["from"],
        "after": row["to"],
    }
