"""What firms reply to surveys: lists, files, and one firm's answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from bson import ObjectId
from flask import Response
from flask.views import MethodView

from app.api import auth, survey_views, views
from app.api.conditions import require_match
from app.api.exports import FILE, WRITERS
from app.api.surveys import blueprint
from app.foundation import clock, history
from app.surveys import answering, intents, queries
from app.surveys.access import see, see_reply
from schemas.base import Empty, page_of
from schemas.survey_replies import (
    SurveyCorrectIn,
    SurveyExportQuery,
    SurveyIntentIn,
    SurveyMadeIntentView,
    SurveyMarkIn,
    SurveyRepliesQuery,
    SurveyReplyContent,
    SurveyReplyIn,
    SurveyReplyView,
    SurveyReplyWholeView,
)


@blueprint.route("/surveys/<oid:key>/replies")
class Replies(MethodView):
    @blueprint.operation(query=SurveyRepliesQuery, shows=page_of(SurveyReplyView), also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """The places of the firms in a survey that one may see: their own, those served, overseen."""
        who, which = auth.me(), query.pop("which")
        found, total = queries.replies(who, see(who, key), which, **query)
        return views.page([survey_views.reply_line(each) for each in found], total, query)

    @blueprint.operation(
        body=SurveyReplyIn, shows=SurveyReplyWholeView, status=201, also=(200, 404)
    )
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Begin to answer for a firm: its contact, or who serves it, on a visit or not."""
        made, new = answering.begin(auth.me(), key, now=clock.now(), **body)
        return _whole(str(made)), 201 if new else 200


@blueprint.route("/surveys/<oid:key>/export")
class RepliesExport(MethodView):
    @blueprint.doc(responses=FILE)
    @blueprint.operation(query=SurveyExportQuery, raw=True, also=(404,))
    def get(self, query: dict[str, Any], key: str) -> Response:
        """The replies that one may see, with their answers, as a file."""
        who, form = auth.me(), query["format"]
        survey = see(who, key)
        heading, lines = survey_views.table(who, survey, query["which"])
        data = {"list": f"survey {key}", "format": form, "rows": len(lines)}
        now = clock.now()
        history.append("export", ObjectId(), "export", by=who.acting(), now=now, data=data)
        writer, kind = WRITERS[form]
        plain, name = f"survey-{key}.{form}", quote(f"{survey['title']}.{form}")
        disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}"
        headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
        return Response(writer(heading, lines), content_type=kind, headers=headers)


@blueprint.route("/survey-replies/<oid:key>")
class OneReply(MethodView):
    @blueprint.operation(shows=SurveyReplyWholeView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A firm's reply, with the questions that it is to."""
        return _whole(key)

    @blueprint.operation(
        body=SurveyReplyContent, shows=SurveyReplyWholeView, whole=True, also=(404,)
    )
    def put(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Change what was begun, as a whole; the same again changes nothing."""
        who, content = auth.me(), body["content"]
        row, _ = see_reply(who, key)
        if not answering.said_already(row, content):
            require_match(SurveyReplyWholeView, _whole(key))
        answering.save(who, key, content, row["version"], clock.now())
        return _whole(key)


@blueprint.route("/survey-replies/<oid:key>/submit")
class SubmitReply(MethodView):
    @blueprint.operation(body=Empty, shows=SurveyReplyWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Hand the answers in; the required ones must be there."""
        return _done(key, answering.submit, body)


@blueprint.route("/survey-replies/<oid:key>/correct")
class CorrectReply(MethodView):
    @blueprint.operation(body=SurveyCorrectIn, shows=SurveyReplyWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Answer otherwise after all; history keeps what was said."""
        return _done(key, answering.correct, body)


@blueprint.route("/survey-replies/<oid:key>/mark")
class MarkReply(MethodView):
    @blueprint.operation(body=SurveyMarkIn, shows=SurveyReplyWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """The firm refused, or nobody was reached."""
        return _done(key, answering.mark, body)


@blueprint.route("/survey-replies/<oid:key>/intent")
class IntentOfReply(MethodView):
    @blueprint.operation(
        body=SurveyIntentIn, shows=SurveyMadeIntentView, status=201, also=(200, 404)
    )
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Put an expansion intent into the pool, with what was answered."""
        made, new = intents.make(auth.me(), key, now=clock.now(), **body)
        return {"intent_id": made, "reply": _whole(key)}, 201 if new else 200


def _done(key: str, act: Callable[..., None], body: dict[str, Any]) -> dict[str, Any]:
    views.perform(lambda: act(auth.me(), key, now=clock.now(), **body))
    return _whole(key)


def _whole(key: str) -> dict[str, Any]:
    who = auth.me()
    row, firm = see_reply(who, key)
    return survey_views.reply(who, row, firm)
