"""Rankings as files for spreadsheets: nothing in them that the ranking would not show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from bson import ObjectId
from flask import Response
from flask.views import MethodView

from app.api import auth
from app.api.errors import language
from app.api.exports import FILE, WRITERS
from app.api.scoreboards import blueprint
from app.foundation import clock, history
from app.foundation.cells import Cell
from app.foundation.messages import say
from app.people.who import Who
from app.scoreboards import ranking
from app.scoreboards.ranking import Line, Ranking
from schemas.scores import ScoreExportQuery

_HEADINGS = ("rank", "name", "total", "corrected_rank", "corrected_total", "why")


@blueprint.route("/scoreboards/<string:board>/periods/<string:period>/export")
class RankingExport(MethodView):
    @blueprint.doc(responses=FILE)
    @blueprint.operation(query=ScoreExportQuery, raw=True, also=(404, 409))
    def get(self, query: dict[str, Any], board: str, period: str) -> Response:
        """The ranking as one sees it, with the values of the items of whom one may see them."""
        who, now, form = auth.me(), clock.now(), query["format"]
        found = ranking.seen(who, board, period, now)
        data = {"list": f"{board} {period}", "format": form, "rows": len(found.lines)}
        history.append("export", ObjectId(), "export", by=who.acting(), now=now, data=data)
        writer, kind = WRITERS[form]
        name, title = f"{board}-{period}.{form}", f"{found.template.title}-{period}.{form}"
        disposition = f"attachment; filename=\"{name}\"; filename*=UTF-8''{quote(title)}"
        headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
        content = writer(_heading(found), _lines(who, found, language()))
        return Response(content, content_type=kind, headers=headers)


def _heading(found: Ranking) -> list[str]:
    spoken = language()
    words = [say(f"score.column.{name}", spoken) for name in _HEADINGS]
    return [*words, *(f"{each.name}（{each.weight}%）" for each in found.template.items)]


def _lines(who: Who, found: Ranking, spoken: str) -> Iterator[list[Cell]]:
    for each in found.lines:
        score, beside = each.score, each.corrected
        why = "；".join(say(reason.code, spoken, **reason.params) for reason in score.why)
        yield [
            score.rank,
            each.name,
            score.total,
            beside.rank if beside else None,
            beside.total if beside else None,
            why,
            *_values(who, found, each),
        ]


def _values(who: Who, found: Ranking, line: Line) -> list[Cell]:
    if not ranking.may_explain(who, found.template.of, line.score.subject):
        return [None] * len(line.score.items)
    return [each.value.value for each in line.score.items]
