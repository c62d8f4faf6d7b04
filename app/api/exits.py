"""Exit cases: the gate by which projects leave, a person at every step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.api.warnings import evidence
from app.foundation import clock
from app.foundation.messages import say
from app.projects.exits import actions, queries
from app.projects.exits.states import RECTIFYING, SERVED
from schemas.base import page_of
from schemas.exits import (
    ExitCaseLineView,
    ExitCasesQuery,
    ExitCaseView,
    ExitClosingIn,
    ExitDeadlineIn,
    ExitDecisionIn,
    ExitMeasureList,
    ExitProposalIn,
    ExitReplyIn,
    ExitWordsIn,
)

Row = Mapping[str, Any]

blueprint = Blueprint("exits", __name__, description="项目退出")


@blueprint.route("/projects/<oid:key>/exit-cases")
class ExitCasesOf(MethodView):
    @blueprint.operation(body=ExitProposalIn, shows=ExitCaseView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Propose that a project leaves. Its open warnings are the evidence."""
        case, new = actions.propose(auth.me(), key, now=clock.now(), **body)
        return _whole(str(case)), 201 if new else 200


@blueprint.route("/exit-cases")
class ExitCases(MethodView):
    @blueprint.operation(query=ExitCasesQuery, shows=page_of(ExitCaseLineView), also=(404,))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The cases one may see, the newest first."""
        found, total = queries.listed(auth.me(), **query)
        return views.page([_line(*each) for each in found], total, query)


@blueprint.route("/exit-cases/measures")
class Measures(MethodView):
    @blueprint.operation(shows=ExitMeasureList)
    def get(self) -> dict[str, Any]:
        """The lawful measures of the district, each with its basis and who decides."""
        return {
            "items": [
                {
                    **{name: getattr(each, name) for name in each.__slots__},
                    "class_name": say(f"exit.class.{each.class_}", language()),
                }
                for each in queries.measures()
            ]
        }


@blueprint.route("/exit-cases/<oid:key>")
class OneExitCase(MethodView):
    @blueprint.operation(shows=ExitCaseView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A case with its history."""
        return _whole(key)


@blueprint.route("/exit-cases/<oid:key>/serve")
class Serve(MethodView):
    @blueprint.operation(body=ExitWordsIn, shows=ExitCaseView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Serve the notice on the enterprise, which may reply from then on."""
        return _done(key, actions.serve, body)


@blueprint.route("/exit-cases/<oid:key>/rectify")
class Rectify(MethodView):
    @blueprint.operation(body=ExitDeadlineIn, shows=ExitCaseView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Order what is to be put right, by which day."""
        return _done(key, actions.rectify, body)


@blueprint.route("/exit-cases/<oid:key>/extend")
class Extend(MethodView):
    @blueprint.operation(body=ExitDeadlineIn, shows=ExitCaseView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Give more time to put it right."""
        return _done(key, actions.extend, body)


@blueprint.route("/exit-cases/<oid:key>/reply")
class Reply(MethodView):
    @blueprint.operation(body=ExitReplyIn, shows=ExitCaseView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Reply: the enterprise's contact, or its commissioner on its behalf."""
        return _done(key, actions.reply, body)


@blueprint.route("/exit-cases/<oid:key>/decide")
class Decide(MethodView):
    @blueprint.operation(body=ExitDecisionIn, shows=ExitCaseView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Decide on a lawful measure, once the enterprise was heard or had its time."""
        return _done(key, actions.decide, body)


@blueprint.route("/exit-cases/<oid:key>/close")
class Close(MethodView):
    @blueprint.operation(body=ExitClosingIn, shows=ExitCaseView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say that it was carried out, or put right; an exit of the project is stated with it."""
        return _done(key, actions.close, body)


@blueprint.route("/exit-cases/<oid:key>/reject")
class Reject(MethodView):
    @blueprint.operation(body=ExitWordsIn, shows=ExitCaseView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """There is no ground for it."""
        return _done(key, actions.reject, body)


@blueprint.route("/exit-cases/<oid:key>/withdraw")
class Withdraw(MethodView):
    @blueprint.operation(body=ExitWordsIn, shows=ExitCaseView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take the proposal back."""
        return _done(key, actions.withdraw, body)


def _done(key: str, act: Callable[..., None], body: dict[str, Any]) -> dict[str, Any]:
    views.perform(lambda: act(auth.me(), key, now=clock.now(), **body))
    return _whole(key)


def _whole(key: str) -> dict[str, Any]:
    who = auth.me()
    case, project = queries.see(who, key)
    return {
        **_line(case, project),
        "evidence": evidence(case["evidence"]),
        "warning_ids": case["warnings"],
        **{n: _said(case[n]) for n in ("notice", "rectification", "decision", "ending")},
        "replies": [{**_signed(each), "photo_ids": each["photos"]} for each in case["replies"]],
        "measures": [
            each.code
            for each in queries.measures()
            if case["state"] in (SERVED, RECTIFYING)
            and queries.may_decide(who, case, project, each)
        ],
        "history": [_step(row) for row in queries.history_of(case)],
    }


def _line(case: Row, project: Row) -> dict[str, Any]:
    spoken = language()
    return {
        **case,
        "id": str(case["_id"]),
        "project_id": str(case["project"]),
        "project": project["name"],
        "project_code": project["code"],
        "unit": project["unit"],
        "state_name": say(f"exit.state.{case['state']}", spoken),
        "by": case["by_name"],
        "by_machine": case["by"] is None,
        "due_on": (case["rectification"] or {}).get("due_on"),
        "outcome_name": _outcome(case, spoken),
        "actions": queries.steps(auth.me(), dict(case), dict(project)),
    }


def _outcome(case: Row, spoken: str) -> str | None:
    if case["outcome"] is None:
        return None
    decision = case["decision"]
    return str(decision["name"]) if decision else say("exit.rectified", spoken)


def _said(said: Row | None) -> dict[str, Any] | None:
    return _signed(said) if said else None


def _signed(said: Row) -> dict[str, Any]:
    return {**said, "by": said["by_name"], "class_": said.get("class")}


def _step(row: Row) -> dict[str, Any]:
    return {
        **row,
        "title": say(f"history.exit_case.{row['action']}", language()),
        "by": row["by_name"],
        "before": row["from"],
        "after": row["to"],
    }
