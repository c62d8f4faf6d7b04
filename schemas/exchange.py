"""Registers in and out: files, what other platforms push and pull, masters of fields, dictionaries."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.exchange.catalog import REGISTERS
from app.exchange.documents import STATES
from app.exchange.pushing import MOST_ROWS
from app.exchange.reading import FORMS
from app.foundation.reasons import Reason
from schemas.base import (
    Base,
    ClientId,
    Id,
    Length,
    Moment,
    OneOf,
    PageQuery,
    Pattern,
    Range,
    ReasonView,
    Text,
    View,
)
from schemas.ledger import DAY

CODE = r"^[A-Za-z0-9_.-]{1,60}$"
FORM = OneOf(FORMS)


class FieldChoice(View):
    """A code and what people call it."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class FieldView(View):
    """A field of a register. Another platform that is `mastered_by` alone may write it."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    required = fields.Boolean(required=True)
    key = fields.Boolean(required=True)
    choices = fields.List(fields.Nested(FieldChoice), required=True)
    mastered_by = fields.String(allow_none=True)


class RegisterView(View):
    """A register, and whether one may write it."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    fields_ = fields.List(
        fields.Nested(FieldView), required=True, data_key="fields", attribute="fields"
    )
    writable = fields.Boolean(required=True)


class TemplateQuery(Base):
    """As which kind of file."""

    format = fields.String(load_default="xlsx", validate=FORM)


class ExportQuery(TemplateQuery):
    """Which rows: of a unit, of a project, written since a moment."""

    unit = Text(40, least=1, load_default=None)
    project_id = Id(load_default=None)
    since = Moment(load_default=None)


class ImportUpload(Base):
    """One multipart form: the file, and what is to be done with it.

    `dry_run` only tells. What is `historic` sets nothing in motion, and may lack evidence. `reason` says
    why earlier rows were wrong.
    """

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    client_id = ClientId(required=True)
    dry_run = fields.Boolean(load_default=False)
    historic = fields.Boolean(load_default=False)
    reason = Text(300, load_default="")

    @validates_schema(skip_on_field_errors=True)
    def is_a_file(self, data: dict[str, Any], **_: Any) -> None:
        """A text field of that name is no file."""
        if not hasattr(data["file"], "stream"):
            raise ValidationError({"file": [Reason("request.not_a_file")]})


class RowCountsView(View):
    """How many rows are new, changed, and the same as before."""

    new = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    same = fields.Integer(required=True)


class ProblemView(View):
    """What is wrong, in words, and where: the line, the field, its column's heading and its cell."""

    line = fields.Integer(required=True)
    field = fields.String(allow_none=True)
    heading = fields.String(allow_none=True)
    cell = fields.String(allow_none=True)
    code = fields.String(required=True)
    text = fields.String(required=True)


class RowsImportView(View):
    """An import: how far it is (`progress`, 0 to 100), and what came of it.

    With any problem nothing is written. `problems` are the first 500 of `problem_count`; `why` is what no
    line is to blame for; `summary` says it all in a sentence.
    """

    id = Id(required=True)
    register = fields.String(required=True)
    form = fields.String(required=True)
    file_name = fields.String(required=True)
    client_id = fields.String(required=True)
    state = fields.String(required=True, validate=OneOf(STATES))
    state_name = fields.String(required=True)
    summary = fields.String(required=True)
    dry_run = fields.Boolean(required=True)
    historic = fields.Boolean(required=True)
    progress = fields.Integer(required=True)
    rows = fields.Integer(required=True)
    counts = fields.Nested(RowCountsView, required=True)
    problems = fields.List(fields.Nested(ProblemView), required=True)
    problem_count = fields.Integer(required=True)
    why = fields.Nested(ReasonView, allow_none=True)
    created_at = Moment(required=True)
    ended_at = Moment(allow_none=True)


_ROW: dict[str, Any] = {
    "description": "Values by the names of the register's fields; what is left out stays as it is."
}


class PushIn(Base):
    """Rows of another platform, all of them or none."""

    client_id = ClientId(required=True)
    rows = fields.List(
        fields.Dict(keys=fields.String(), metadata=_ROW),
        required=True,
        validate=Length(1, MOST_ROWS),
    )
    dry_run = fields.Boolean(load_default=False)
    historic = fields.Boolean(load_default=False)
    reason = Text(300, load_default="")


class PushedLine(View):
    """What became of a row, or would: `new`, `changed`, `same`; null where something is wrong with it."""

    line = fields.Integer(required=True)
    outcome = fields.String(allow_none=True)
    id = fields.String(allow_none=True)


class PushView(View):
    """What became of a push; `id` is null of a dry run."""

    id = fields.String(allow_none=True)
    register = fields.String(required=True)
    dry_run = fields.Boolean(required=True)
    counts = fields.Nested(RowCountsView, required=True)
    lines = fields.List(fields.Nested(PushedLine), required=True)
    problems = fields.List(fields.Nested(ProblemView), required=True)


class ChangesQuery(Base):
    """From where on, and of which registers (codes with commas between them; all without)."""

    cursor = Text(8000, least=1)
    registers = Text(600, least=1)
    limit = fields.Integer(load_default=200, validate=Range(1, 1000))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The names of the registers, each once, in the catalogue's order."""
        asked = data.pop("registers", None)
        names = set(asked.split(",")) if asked is not None else set(REGISTERS)
        if unknown := names - set(REGISTERS):
            choices = ", ".join(REGISTERS)
            why = Reason("request.one_of", {"choices": choices})
            raise ValidationError({"registers": [why for _ in unknown][:1]})
        return {**data, "registers": [name for name in REGISTERS if name in names]}


class EntryView(View):
    """What only entries have: of what it is, whether it says that there was no such thing, and since when."""

    about = fields.String(required=True)
    void = fields.Boolean(required=True)
    supersedes = fields.String(allow_none=True)
    known_at = Moment(required=True)
    superseded_at = Moment(allow_none=True)
    reason = fields.String(required=True)


class ChangeView(View):
    """A row as it is now: its values by the names of its register's fields, what it refers to by key."""

    register = fields.String(required=True)
    id = Id(required=True)
    values_ = fields.Dict(
        keys=fields.String(), required=True, data_key="values", attribute="values"
    )
    entry = fields.Nested(EntryView, allow_none=True)
    version = fields.Integer(allow_none=True)
    source = fields.String(allow_none=True)
    historic = fields.Boolean(required=True)


class ChangesView(View):
    """What changed; with `reset` it begins anew, so that what was kept before is to be replaced."""

    changes = fields.List(fields.Nested(ChangeView), required=True)
    cursor = fields.String(required=True)
    has_more = fields.Boolean(required=True)
    reset = fields.Boolean(required=True)
    server_time = Moment(required=True)


class MasterIn(Base):
    """Which platform, by the person of its service account, is master of a field, or of all (`*`)."""

    client_id = ClientId(required=True)
    register = fields.String(required=True, validate=OneOf(tuple(REGISTERS)))
    field = Text(60, least=1, required=True)
    platform_id = Id(required=True)
    name = Text(60, least=1, required=True)


class MasterView(View):
    """A platform that is master of a field."""

    id = Id(required=True)
    register = fields.String(required=True)
    field = fields.String(required=True)
    platform_id = Id(required=True)
    name = fields.String(required=True)
    since = Moment(required=True)


class DictionaryQuery(PageQuery):
    """Which terms: of a dictionary, valid on a day. The dictionary `dictionary` names them all."""

    dictionary = fields.String(validate=Pattern(CODE))
    on = fields.String(validate=Pattern(DAY))


class TermContent(Base):
    """A term as a whole: its name, valid from a day to before another, and what is known of it besides."""

    name = Text(100, least=1, required=True)
    since = fields.String(load_default=None, allow_none=True, validate=Pattern(DAY))
    until = fields.String(load_default=None, allow_none=True, validate=Pattern(DAY))
    attributes = fields.Dict(
        keys=Text(40, least=1), values=Text(200), load_default=dict, validate=Length(0, 20)
    )


class TermView(View):
    """A term of a dictionary."""

    dictionary = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    since = fields.String(allow_none=True)
    until = fields.String(allow_none=True)
    attributes = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    version = fields.Integer(required=True)
    updated_at = Moment(required=True)
