"""Lists as files for spreadsheets: the same filters, and nothing in them that the list would not show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Response
from flask.views import MethodView

from app.api import auth, columns
from app.api.columns import Column
from app.api.errors import language
from app.api.operation import Blueprint
from app.api.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from app.foundation import clock
from app.foundation.db import Row
from app.foundation.district import local
from app.foundation.messages import say
from app.issues.looking import lists
from app.issues.looking.exporting import batches, export
from app.issues.looking.listing import Listed
from app.people.access import require
from app.people.who import Who
from schemas.filters import IssueExport, TicketExport

blueprint = Blueprint("exports", __name__, description="导出")
WRITERS = {"xlsx": (as_xlsx, XLSX_TYPE), "csv": (as_csv, f"{CSV_TYPE}; charset=utf-8")}
_TEXT, _BYTES = {"type": "string"}, {"type": "string", "format": "binary"}
FILE = {
    "200": {
        "description": "The file",
        "content": {XLSX_TYPE: {"schema": _BYTES}, CSV_TYPE: {"schema": _TEXT}},
    }
}


@blueprint.route("/tickets/export")
class TicketsExport(MethodView):
    @blueprint.doc(responses=FILE)
    @blueprint.operation(query=TicketExport, raw=True)
    def get(self, query: dict[str, Any]) -> Response:
        """A box of tickets as a file of up to 50,000 rows; 422 asks to narrow it."""
        who, now, form = auth.me(), clock.now(), query.pop("format")
        require(who, "ticket.see")
        box, said = query["box"], dict(query)
        narrowed = {name: value for name, value in query.items() if name != "box"}
        found = lists.tickets(who, box, lists.TicketFilters(**narrowed), now)
        told = {"list": "tickets", "format": form, "filters": said}
        return _file(who, found, told, columns.TICKET, columns.tickets, now)


@blueprint.route("/issues/export")
class IssuesExport(MethodView):
    @blueprint.doc(responses=FILE)
    @blueprint.operation(query=IssueExport, raw=True)
    def get(self, query: dict[str, Any]) -> Response:
        """The issues one may see as a file of up to 50,000 rows; 422 asks to narrow it."""
        who, now, form = auth.me(), clock.now(), query.pop("format")
        found = lists.issues(who, lists.IssueFilters(**query))
        told = {"list": "issues", "format": form, "filters": query}
        return _file(who, found, told, columns.ISSUE, columns.issues, now)


Describe = Callable[[list[Row], Who], Iterable[Row]]


def _file(
    who: Who,
    found: Listed,
    told: Mapping[str, Any],
    of: Sequence[Column],
    describe: Describe,
    now: datetime,
) -> Response:
    """The file, made while it is sent. What it holds is settled, and written down, before it begins."""
    spoken, ids = language(), export(who, found, told, now)

    def lines() -> Iterator[list[str | int | None]]:
        for some in batches(found, ids):
            for row in describe(some, who):
                yield [column.of(row, spoken, now) for column in of]

    writer, kind = WRITERS[told["format"]]
    heading = [say(f"export.column.{column.name}", spoken) for column in of]
    title = say(f"export.title.{told['list']}", spoken)
    name = f"{title}-{local(now):%Y%m%d-%H%M}.{told['format']}"
    plain = f"{told['list']}-{local(now):%Y%m%d-%H%M}.{told['format']}"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(writer(heading, lines()), content_type=kind, headers=headers)
