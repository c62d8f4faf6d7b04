"""Pressing on: reminders, joint meetings and what was agreed there, promised dates, answer templates."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, pressing_views, tickets, views
from app.api.issues import blueprint, whole
from app.foundation import clock
from app.issues.pressing import agreeing, meeting, planning, reminding
from app.issues.pressing.meeting import Minutes
from app.issues.work import templates
from schemas.base import PageQuery, page_of
from schemas.issues import IssueView
from schemas.pressing import (
    AgreedView,
    DoneIn,
    FilledTemplateView,
    MeetingIn,
    PlanIn,
    RemindIn,
)


@blueprint.route("/issues/<oid:key>/remind")
class Remind(MethodView):
    @blueprint.operation(body=RemindIn, shows=IssueView, action=True, also=(404, 429))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Nudge whoever has it (the enterprise, its commissioner); once in the district's hours."""
        views.perform(lambda: reminding.remind(auth.me(), key, now=clock.now(), **body))
        return whole(key)


@blueprint.route("/issues/<oid:key>/plan")
class Plan(MethodView):
    @blueprint.operation(body=PlanIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say whether a promised date was kept, once it has come. The enterprise's "no" takes it up again."""
        views.perform(lambda: planning.tell(auth.me(), key, now=clock.now(), **body))
        return whole(key)


@blueprint.route("/issues/<oid:key>/meetings")
class Meetings(MethodView):
    @blueprint.operation(body=MeetingIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: Minutes, key: str) -> dict[str, Any]:
        """Write down a joint meeting. What was agreed becomes duties of its owners."""
        views.perform(lambda: meeting.hold(auth.me(), key, body, clock.now()))
        return whole(key)


@blueprint.route("/meetings/<oid:key>/duties/<int:n>/done")
class AgreedDone(MethodView):
    @blueprint.operation(body=DoneIn, shows=AgreedView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str, n: int) -> dict[str, Any]:
        """Say that it is done (its owner, or a head of theirs)."""
        views.perform(lambda: agreeing.done(auth.me(), key, n, now=clock.now(), **body))
        return pressing_views.agreed(agreeing.row_of(agreeing.see(auth.me(), key, n)))


@blueprint.route("/me/agreed")
class MyAgreed(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(AgreedView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What one has agreed to do and not done yet, due first."""
        rows, total = agreeing.mine(auth.me(), **query)
        return views.page([pressing_views.agreed(row) for row in rows], total, query)


@tickets.blueprint.route("/<oid:key>/answer-templates")
class AnswerTemplates(MethodView):
    @tickets.blueprint.operation(query=PageQuery, shows=page_of(FilledTemplateView), also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """The answer templates of the ticket's department, fitting ones first, filled for it."""
        rows, total = templates.answer_templates(auth.me(), key, clock.now(), **query)
        return views.page(rows, total, query)
