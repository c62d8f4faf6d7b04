"""Registers as files: templates, exports, imports; and what other platforms push."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import quote

from bson import ObjectId
from flask import Response, current_app, request
from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.exports import FILE, WRITERS
from app.api.operation import Blueprint
from app.api.receiving import ReceivingRequest
from app.api.sheets import XLSX_TYPE, as_csv
from app.exchange import catalog, exporting, importing, pushing, words
from app.exchange.documents import Import
from app.exchange.exporting import Wanted
from app.exchange.importing import Said
from app.exchange.pushing import Pushed
from app.exchange.reading import MOST_BYTES
from app.exchange.templates import template
from app.foundation import clock, days
from app.foundation.district import local
from app.foundation.messages import say
from app.gateways.store import Incoming, Store
from app.people.access import may, require
from app.registers.register import CHANGED, NEW, SAME, Problem, Register
from schemas.base import PageQuery, page_of
from schemas.exchange import (
    ExportQuery,
    ImportUpload,
    PushIn,
    PushView,
    RegisterView,
    RowsImportView,
    TemplateQuery,
)

blueprint = Blueprint("exchange", __name__, description="台账导入导出")
MOST_PUSHED = 4 * 1024 * 1024
"""Bytes of a push."""


def _store() -> Store:
    return current_app.extensions["store"]  # type: ignore[no-any-return]


def prepare_upload() -> None:
    """Before anything of a file is read: is this somebody who may, and where do the bytes go."""
    if request.method != "POST" or request.endpoint not in ("exchange.Imports", "exchange.Push"):
        return
    require(auth.authenticate(), "exchange.import")
    if request.endpoint == "exchange.Push":
        request.max_content_length = MOST_PUSHED
    else:
        # A little more than is taken, so that our own words say what is too much.
        cast(ReceivingRequest, request).receive_into(_store(), 2 * MOST_BYTES)


@blueprint.route("/registers")
class Registers(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(RegisterView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The registers one may see, with their fields."""
        who = auth.me()
        found = [each for each in catalog.REGISTERS.values() if may(who, each.see)]
        start = (query["page"] - 1) * query["page_size"]
        some = found[start : start + query["page_size"]]
        return views.page([_register(each) for each in some], len(found), query)


@blueprint.route("/registers/<name>/template")
class Template(MethodView):
    @blueprint.doc(responses=FILE)
    @blueprint.operation(query=TemplateQuery, raw=True, also=(404,))
    def get(self, query: dict[str, Any], name: str) -> Response:
        """A file to fill in: headings, and in XLSX what the columns mean and the choices they take."""
        who, spoken = auth.me(), language()
        register = catalog.seen_by(who, name)
        fields = catalog.columns_for(who, register)
        title = say("import.template.title", spoken, register=words.title_of(register, spoken))
        if query["format"] == "xlsx":
            today = days.today(clock.now()).isoformat()
            made = template(register, fields, catalog.masters(register), spoken, today)
            return _file([made], XLSX_TYPE, f"{name}-template", title, "xlsx")
        heading = [words.heading_of(field, spoken) for field in fields]
        return _file(as_csv(heading, []), WRITERS["csv"][1], f"{name}-template", title, "csv")


@blueprint.route("/registers/<name>/export")
class Export(MethodView):
    @blueprint.doc(responses=FILE)
    @blueprint.operation(query=ExportQuery, raw=True, also=(404,))
    def get(self, query: dict[str, Any], name: str) -> Response:
        """The rows one may see, up to 50,000, as a file that can be imported again as it is."""
        who, now, spoken = auth.me(), clock.now(), language()
        register, form, project = catalog.seen_by(who, name), query["format"], query["project_id"]
        wanted = Wanted(query["unit"], ObjectId(project) if project else None, query["since"])
        found = exporting.export(who, register, wanted, form, now)
        writer, kind = WRITERS[form]
        content = writer(found.headings(spoken), found.lines(spoken))
        at = f"{local(now):%Y%m%d-%H%M}"
        title = f"{words.title_of(register, spoken)}-{at}"
        return _file(content, kind, f"{name}-{at}", title, form)


@blueprint.route("/registers/<name>/imports")
class Imports(MethodView):
    @blueprint.operation(form=ImportUpload, shows=RowsImportView, status=201, also=(200, 404))
    def post(self, form: dict[str, Any], name: str) -> tuple[dict[str, Any], int]:
        """Take in a file of up to 20,000 rows. A worker checks it and writes all of it, or nothing."""
        file = form.pop("file")
        said = Said(file_name=(file.filename or "")[:200], **form)
        received = cast(Incoming, file.stream)
        made, new = importing.begin(auth.me(), name, said, received, _store(), clock.now())
        return _import(made), 201 if new else 200


@blueprint.route("/imports")
class MyImports(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(RowsImportView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """One's own imports, the newest first."""
        found, total = importing.mine(auth.me(), **query)
        return views.page([_import(each) for each in found], total, query)


@blueprint.route("/imports/<oid:key>")
class OneImport(MethodView):
    @blueprint.operation(shows=RowsImportView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """How far an import is, and what came of it."""
        return _import(importing.see(auth.me(), key))


@blueprint.route("/registers/<name>/push")
class Push(MethodView):
    @blueprint.operation(body=PushIn, shows=PushView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], name: str) -> tuple[dict[str, Any], int]:
        """Write up to 1,000 rows at once, all of them or none.

        422 says by `rows.{n}.{field}`, from 1, what is wrong. A dry run answers 200, and tells as much.
        """
        answer = pushing.push(auth.me(), name, Pushed(**body), clock.now())
        shown = {
            "id": answer.made and answer.made.id,
            "register": name,
            "dry_run": body["dry_run"],
            "counts": answer.counts,
            "lines": answer.lines,
            "problems": [_problem(_row_of(each)) for each in answer.problems],
        }
        return shown, 201 if answer.new and answer.made else 200


def _register(register: Register) -> dict[str, Any]:
    who, spoken = auth.me(), language()
    masters, today = catalog.masters(register), days.today(clock.now()).isoformat()
    return {
        "name": register.name,
        "title": words.title_of(register, spoken),
        "writable": may(who, register.write),
        "fields": [
            {
                "name": field.name,
                "title": words.name_of(field, spoken),
                "kind": words.kind_of(field),
                "required": field.required,
                "key": field.name in register.key,
                "choices": [
                    {"code": code, "name": said}
                    for code, said in words.choices_of(field, spoken, today)
                ],
                "mastered_by": (masters.get(field.name) or masters.get("*") or {}).get("name"),
            }
            for field in catalog.columns_for(who, register)
        ],
    }


def _import(row: Import) -> dict[str, Any]:
    spoken = language()
    counts = {each: row.counts.get(each, 0) for each in (NEW, CHANGED, SAME)}
    return {
        **{name: row[name] for name in row},
        "counts": counts,
        "rows": row.row_count,
        "state_name": say(f"import.state.{row.state}", spoken),
        "summary": _summary(row, counts, spoken),
        "problems": [_problem(each) for each in row.problems],
        "why": views.reasons([row.why])[0] if row.why else None,
    }


def _summary(row: Import, counts: Mapping[str, int], spoken: str) -> str:
    if row.why:
        return say(row.why["code"], spoken, **row.why["params"])
    if row.state not in ("done", "refused"):
        return say(f"import.state.{row.state}", spoken)
    if row.problem_count:
        return say("import.sum.problems", spoken, count=row.problem_count)
    return say("import.sum.dry_run" if row.dry_run else "import.sum.done", spoken, **counts)


def _problem(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "text": say(row["code"], language(), **row["params"])}


def _row_of(problem: Problem) -> dict[str, Any]:
    return {"line": problem.line, "field": problem.field, **problem.reason.as_dict()}


def _file(content: Iterable[bytes], kind: str, plain: str, title: str, form: str) -> Response:
    """A file to keep, called by its title where the reader's program can."""
    named = f"filename=\"{plain}.{form}\"; filename*=UTF-8''{quote(f'{title}.{form}')}"
    headers = {"Content-Disposition": f"attachment; {named}", "Cache-Control": "no-store"}
    return Response(content, content_type=kind, headers=headers)
